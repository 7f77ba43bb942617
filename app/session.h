#pragma once

#include "core/progress.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace corticoil::app {

/// What every verb shares: common flags, messages, progress and the result.
///
/// Results for people go to stdout; messages, warnings and progress to stderr. With `--json` stdout carries
/// one object
/// {"verb", "version", "result"} and nothing else.
class Session {
  public:
    /// Adds --threads, --quiet, --json, --dry-run and (for its help only) --config to a verb.
    void add_common_flags(CLI::App& verb);

    /// Adds --out DIR.
    void add_out_flag(CLI::App& verb, const std::string& what, const std::string& default_folder = "");

    /// Adds --overwrite, for verbs whose results can be told from other folders.
    void add_overwrite_flag(CLI::App& verb);

    /// Applies --threads. \throws Error for a number below 1.
    void begin(const std::string& verb);

    [[nodiscard]] const std::string& verb() const { return verb_; }
    [[nodiscard]] bool is_dry_run() const { return is_dry_run_; }
    [[nodiscard]] bool is_json() const { return is_json_; }
    [[nodiscard]] bool may_overwrite() const { return may_overwrite_; }
    [[nodiscard]] const std::string& out() const { return out_; }
    [[nodiscard]] int threads() const { return threads_; }

    /// A line about what is going on; not with --quiet.
    void say(const std::string& message);
    /// A warning; also kept for warnings(). Shown even with --quiet.
    void warn(const std::string& message);
    [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

    /// Progress with time left, drawn on a terminal only, for work that takes over two seconds.
    [[nodiscard]] Progress progress(const std::string& what);
    /// Clears the progress line and says how long the work took.
    void end_progress(const std::string& what);

    /// Prints the verb's result: `for_people`, or the object with --json.
    void finish(const nlohmann::json& result, const std::string& for_people);

    /// With --dry-run: prints the resolved configuration.
    void finish_dry_run(const nlohmann::json& configuration);

  private:
    void clear_line();

    std::string verb_;
    std::string out_;
    int threads_ = 0; ///< 0 until begin(): all processors.
    bool is_quiet_ = false;
    bool is_json_ = false;
    bool is_dry_run_ = false;
    bool may_overwrite_ = false;
    bool has_line_ = false;
    std::vector<std::string> warnings_;
    std::chrono::steady_clock::time_point step_start_;
    std::chrono::steady_clock::time_point last_drawn_;
    std::string unused_config_;
};

} // namespace corticoil::app
