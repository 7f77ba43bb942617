#include "coils/potential_kernels.h"

#include <cstring>

namespace corticoil::coils {

// One per instruction set, each in a file of its own.
extern const PotentialKernels potential_kernels_portable; // NOLINT
#ifdef CORTICOIL_X86_KERNELS
extern const PotentialKernels potential_kernels_avx2;   // NOLINT
extern const PotentialKernels potential_kernels_avx512; // NOLINT
#endif

const PotentialKernels* potential_kernels(const char* name) {
    if (std::strcmp(name, "portable") == 0) return &potential_kernels_portable;
#ifdef CORTICOIL_X86_KERNELS
    if (std::strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f"))
        return &potential_kernels_avx512;
    if (std::strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return &potential_kernels_avx2;
#endif
    return nullptr;
}

const PotentialKernels& potential_kernels() {
    for (const char* name : {"avx512", "avx2"}) {
        if (const PotentialKernels* kernels = potential_kernels(name)) return *kernels;
    }
    return potential_kernels_portable;
}

} // namespace corticoil::coils
