#pragma once

namespace corticoil::solver {

/// Memory that this process can still take without swapping [bytes]: what the system says is available, or
/// what is left of the process's control group, whichever is less; infinite where neither can be read.
[[nodiscard]] double available_memory();

} // namespace corticoil::solver
