#include "benchmarks/records.h"

#include <omp.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <limits>
#include <utility>

namespace corticoil::benchmarks {

bool RecordReporter::ReportContext(const Context& /*context*/) {
    return true;
}

void RecordReporter::ReportRuns(const std::vector<Run>& runs) {
    const Run* fastest = nullptr;
    for (const Run& run : runs) {
        if (run.run_type != Run::RT_Iteration) continue;
        if (run.error_occurred) {
            std::cerr << run.run_name.function_name << ": " << run.error_message << "\n";
            has_failed_ = true;
            continue;
        }
        const auto seconds = [](const Run& r) {
            return r.real_accumulated_time / static_cast<double>(r.iterations);
        };
        if (fastest == nullptr || seconds(run) < seconds(*fastest)) fastest = &run;
    }
    if (fastest == nullptr) return;
    nlohmann::json record = common_;
    record["name"] = fastest->run_name.function_name;
    double seconds = fastest->real_accumulated_time / static_cast<double>(fastest->iterations);
    for (const auto& [key, counter] : fastest->counters) {
        const double value = counter.value;
        const bool is_whole = value == std::floor(value) && std::abs(value) < 1e15;
        if (is_whole && key != "relative_residual") {
            record[key] = static_cast<std::int64_t>(value);
        } else {
            record[key] = value;
        }
    }
    // A block's seconds are per right-hand side.
    if (record.contains("block")) seconds /= record["block"].get<double>();
    record["seconds"] = seconds;
    record["repetitions"] = fastest->repetitions;
    std::cerr << record.dump() << "\n";
    records_.push_back(std::move(record));
}

Records::Records(nlohmann::json common) : common_(std::move(common)) {
    common_["machine"] = machine_name();
}

void Records::add(const std::string& name, double seconds, int repetitions, const nlohmann::json& more) {
    nlohmann::json record = common_;
    record.update({{"name", name},
                   {"seconds", seconds},
                   {"repetitions", repetitions},
                   {"peak_mib", std::ceil(peak_mib())}});
    record.update(more);
    std::cerr << record.dump() << "\n";
    all_.push_back(std::move(record));
}

double peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024; // Linux gives KiB.
}

std::string machine_name() {
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

double measure_read_bandwidth() {
    constexpr std::size_t n = std::size_t{1} << 26U; // 512 MiB of doubles.
    constexpr int n_repetitions = 7;
    std::vector<double> numbers(n);
    const auto count = static_cast<std::int64_t>(n);
#pragma omp parallel for schedule(static)
    for (std::int64_t i = 0; i < count; ++i) numbers[static_cast<std::size_t>(i)] = 1;
    double fastest = std::numeric_limits<double>::infinity();
    double sum = 0;
    for (int repetition = 0; repetition < n_repetitions; ++repetition) {
        const double start = omp_get_wtime();
        sum = 0;
#pragma omp parallel for simd schedule(static) reduction(+ : sum)
        for (std::int64_t i = 0; i < count; ++i) sum += numbers[static_cast<std::size_t>(i)];
        fastest = std::min(fastest, omp_get_wtime() - start);
        benchmark::DoNotOptimize(sum);
    }
    return static_cast<double>(n * sizeof(double)) / fastest;
}

} // namespace corticoil::benchmarks
