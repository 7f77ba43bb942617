#pragma once

#include <optional>
#include <string>

namespace corticoil::benchmarks {

/// Single-precision operations per second that one core does at most with an instruction set ("avx2",
/// "avx512"), a fused multiply-add counted as two: measured by independent chains of them in registers. None
/// for others, and where the machine has no such instructions.
[[nodiscard]] std::optional<double> arithmetic_peak(const std::string& instruction_set);

} // namespace corticoil::benchmarks
