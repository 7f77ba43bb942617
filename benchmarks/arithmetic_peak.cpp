#include "benchmarks/arithmetic_peak.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace corticoil::benchmarks {

namespace {

constexpr int n_chains = 12; ///< Enough to cover a latency of four or five cycles on two ports.
constexpr long n_steps = 4'000'000;

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) float run_avx2() {
    const __m256 factor = _mm256_set1_ps(0.999999F);
    __m256 chains[n_chains];
    for (int i = 0; i < n_chains; ++i) chains[i] = _mm256_set1_ps(static_cast<float>(i));
    for (long step = 0; step < n_steps; ++step) {
#pragma GCC unroll 12
        for (int i = 0; i < n_chains; ++i) chains[i] = _mm256_fmadd_ps(chains[i], factor, factor);
    }
    for (int i = 1; i < n_chains; ++i) chains[0] = _mm256_add_ps(chains[0], chains[i]);
    return _mm256_cvtss_f32(chains[0]);
}

__attribute__((target("avx512f"))) float run_avx512() {
    const __m512 factor = _mm512_set1_ps(0.999999F);
    __m512 chains[n_chains];
    for (int i = 0; i < n_chains; ++i) chains[i] = _mm512_set1_ps(static_cast<float>(i));
    for (long step = 0; step < n_steps; ++step) {
#pragma GCC unroll 12
        for (int i = 0; i < n_chains; ++i) chains[i] = _mm512_fmadd_ps(chains[i], factor, factor);
    }
    for (int i = 1; i < n_chains; ++i) chains[0] = _mm512_add_ps(chains[0], chains[i]);
    return _mm512_cvtss_f32(chains[0]);
}
#endif

double operations_per_second(float (*run)(), int width) {
    constexpr int n_runs = 5;
    double best = 0;
    for (int i = 0; i < n_runs; ++i) {
        const auto start = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(run());
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        best = std::max(best, 2.0 * width * n_chains * static_cast<double>(n_steps) / elapsed.count());
    }
    return best;
}

} // namespace

std::optional<double> arithmetic_peak(const std::string& instruction_set) {
#if defined(__x86_64__)
    if (instruction_set == "avx2" && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return operations_per_second(run_avx2, 8);
    if (instruction_set == "avx512" && __builtin_cpu_supports("avx512f"))
        return operations_per_second(run_avx512, 16);
#endif
    return std::nullopt;
}

} // namespace corticoil::benchmarks
