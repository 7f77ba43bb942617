#include "app/interrupt.h"

#include "core/error.h"
#include "io/staged_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <thread>

namespace corticoil::app {

namespace {

/// Where the handler writes: a handler sees nothing but what is static.
int wake_up = -1;

/// A handler may not touch the file system; it wakes a thread that may.
void on_signal(int /*signal*/) {
    const int before = errno;
    const char byte = 0;
    [[maybe_unused]] const ssize_t written = write(wake_up, &byte, 1);
    errno = before;
}

} // namespace

void clean_up_on_interrupt() {
    constexpr int exit_interrupted = 130;
    int ends[2];
    if (pipe(ends) != 0)
        throw Error(fmt::format("cannot prepare for interruptions: {}", std::strerror(errno)));
    wake_up = ends[1];
    std::thread([wait_on = ends[0]] {
        char byte = 0;
        while (read(wait_on, &byte, 1) != 1) {
        }
        io::remove_unfinished_outputs();
        constexpr char message[] = "\ninterrupted; unfinished results were removed\n";
        [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
        _exit(exit_interrupted);
    }).detach();
    // Handlers rather than blocked signals: BLAS starts threads before main() that block nothing, and a
    // signal that reaches one of them would end the program at once.
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
    // A reader that goes away makes writing fail, which unwinds and cleans up, instead of ending the program
    // at once.
    std::signal(SIGPIPE, SIG_IGN);
}

} // namespace corticoil::app
