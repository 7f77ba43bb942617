#pragma once

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <filesystem>

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

/// The most memory that this process has held [MiB].
[[nodiscard]] double peak_mib();

/// The processor's name.
[[nodiscard]] std::string machine_name();

/// Bytes per second that all threads together read from memory: the fastest of several sums over an array far
/// larger than the caches (as STREAM; McCalpin 1995).
[[nodiscard]] double measure_read_bandwidth();

} // namespace corticoil::benchmarks
