#include "solver/block_kernels.h"

#include "core/error.h"

namespace corticoil::solver {

// One table per instruction set, each in a file of its own; widths 1, 4, 8, 16.
extern const BlockKernels block_kernels_portable[4]; // NOLINT
#ifdef CORTICOIL_X86_KERNELS
extern const BlockKernels block_kernels_avx2[4];   // NOLINT
extern const BlockKernels block_kernels_avx512[4]; // NOLINT
#endif

InstructionSet best_instruction_set() {
#ifdef CORTICOIL_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq"))
        return InstructionSet::avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return InstructionSet::avx2;
#endif
    return InstructionSet::portable;
}

const BlockKernels& block_kernels(int width, InstructionSet set) {
    const BlockKernels* table = block_kernels_portable;
#ifdef CORTICOIL_X86_KERNELS
    if (set == InstructionSet::avx2) table = block_kernels_avx2;
    if (set == InstructionSet::avx512) table = block_kernels_avx512;
#endif
    for (int i = 0; i < 4; ++i) {
        if (table[i].width == width) return table[i];
    }
    CORTICOIL_ASSERT(false);
    return table[0];
}

} // namespace corticoil::solver
