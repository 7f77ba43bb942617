#include "app/interrupt.h"

#include "io/staged_output.h"

#include <unistd.h>

#include <csignal>
#include <thread>

namespace corticoil::app {

void clean_up_on_interrupt() {
    constexpr int exit_interrupted = 130;
    // A signal handler may not touch the file system; a thread that waits for the signal may.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    // A reader that goes away makes writing fail, which unwinds and cleans up, instead of ending the program
    // at once.
    std::signal(SIGPIPE, SIG_IGN);
    std::thread([signals] {
        int received = 0;
        sigwait(&signals, &received);
        io::remove_unfinished_outputs();
        constexpr char message[] = "\ninterrupted; unfinished results were removed\n";
        [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
        _exit(exit_interrupted);
    }).detach();
}

} // namespace corticoil::app
