#pragma once

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

namespace corticoil::benchmarks {

/// Turns Google Benchmark's runs into records: per benchmark the fastest repetition, its counters, and what
/// is common to all records of a process.
class RecordReporter : public benchmark::BenchmarkReporter {
  public:
    explicit RecordReporter(nlohmann::json common) : common_(std::move(common)) {}
    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;
    [[nodiscard]] const nlohmann::json& records() const { return records_; }
    [[nodiscard]] bool has_failed() const { return has_failed_; }

  private:
    nlohmann::json common_;
    nlohmann::json records_ = nlohmann::json::array();
    bool has_failed_ = false;
};

/// Records of work that is timed by hand: what is common to all of a process, the machine, and per record its
/// name, seconds and the peak of memory so far. Each is printed when it is added.
class Records {
  public:
    explicit Records(nlohmann::json common);
    void add(const std::string& name, double seconds, int repetitions,
             const nlohmann::json& more = nlohmann::json::object());
    [[nodiscard]] const nlohmann::json& all() const { return all_; }

  private:
    nlohmann::json common_;
    nlohmann::json all_ = nlohmann::json::array();
};

/// The most memory that this process has held [MiB].
[[nodiscard]] double peak_mib();

/// The processor's name.
[[nodiscard]] std::string machine_name();

/// Bytes per second that all threads together read from memory: the fastest of several sums over an array far
/// larger than the caches (as STREAM; McCalpin 1995).
[[nodiscard]] double measure_read_bandwidth();

} // namespace corticoil::benchmarks
