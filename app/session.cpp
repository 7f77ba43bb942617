#include "app/session.h"

#include "core/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <omp.h>
#include <unistd.h>

#include <cstdio>

namespace corticoil::app {

namespace {

using Clock = std::chrono::steady_clock;
constexpr double progress_after_seconds = 2;
constexpr double redraw_after_seconds = 0.2;

double seconds_between(Clock::time_point from, Clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

} // namespace

void Session::add_common_flags(CLI::App& verb) {
    verb.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    verb.add_option("--threads", threads_, "Number of threads; 0: all processors")->type_name("N");
    verb.add_flag("--quiet", is_quiet_,
                  "No messages and no progress; warnings, errors and the result remain");
    verb.add_flag("--json", is_json_, "Print the result as one JSON object; messages go to stderr");
    verb.add_flag("--dry-run", is_dry_run_,
                  "Check everything, print the resolved configuration, compute nothing");
    verb.add_option("--config", unused_config_, "Read flags from a TOML file with keys of the same names")
        ->type_name("FILE");
}

void Session::add_out_flag(CLI::App& verb, const std::string& what, const std::string& default_folder) {
    CLI::Option* out = verb.add_option("--out", out_, what)->type_name("DIR");
    if (default_folder.empty()) {
        out->required();
    } else {
        out_ = default_folder;
        out->capture_default_str();
    }
}

void Session::add_overwrite_flag(CLI::App& verb) {
    verb.add_flag("--overwrite", may_overwrite_, "Replace an earlier result of ours");
}

void Session::begin(const std::string& verb) {
    verb_ = verb;
    constexpr int most_threads = 1024;
    if (threads_ < 0 || threads_ > most_threads) {
        throw Error(
            fmt::format("--threads: {} is not a number of threads; give 1 to {}, or 0 for all processors",
                        threads_, most_threads));
    }
    if (threads_ == 0) threads_ = omp_get_num_procs();
    omp_set_num_threads(threads_);
}

void Session::clear_line() {
    if (!has_line_) return;
    std::fputs("\r\033[K", stderr);
    has_line_ = false;
}

void Session::say(const std::string& message) {
    if (is_quiet_) return;
    clear_line();
    fmt::print(stderr, "{}\n", message);
}

void Session::warn(const std::string& message) {
    clear_line();
    fmt::print(stderr, "warning: {}\n", message);
    warnings_.push_back(message);
}

Progress Session::progress(const std::string& what) {
    step_start_ = Clock::now();
    last_drawn_ = step_start_;
    if (is_quiet_ || isatty(STDERR_FILENO) == 0) return {};
    return [this, what](double fraction, std::string_view step) {
        const Clock::time_point now = Clock::now();
        const double elapsed = seconds_between(step_start_, now);
        if (elapsed < progress_after_seconds || seconds_between(last_drawn_, now) < redraw_after_seconds)
            return;
        last_drawn_ = now;
        constexpr double least_fraction_to_extrapolate = 0.02;
        const std::string left = fraction > least_fraction_to_extrapolate
                                     ? fmt::format(", {:.0f} s left", elapsed * (1 - fraction) / fraction)
                                     : "";
        fmt::print(stderr, "\r\033[K{}: {:3.0f} % {}{}", what, 100 * fraction, step, left);
        std::fflush(stderr);
        has_line_ = true;
    };
}

void Session::end_progress(const std::string& what) {
    say(fmt::format("{} ({:.1f} s)", what, seconds_between(step_start_, Clock::now())));
}

void Session::finish(const nlohmann::json& result, const std::string& for_people) {
    clear_line();
    if (is_json_) {
        fmt::print(
            "{}\n",
            nlohmann::json{{"verb", verb_}, {"version", CORTICOIL_VERSION}, {"result", result}}.dump());
    } else {
        fmt::print("{}", for_people);
    }
}

void Session::finish_dry_run(const nlohmann::json& configuration) {
    constexpr int indent = 2;
    finish({{"configuration", configuration}}, configuration.dump(indent) + "\n");
}

} // namespace corticoil::app
