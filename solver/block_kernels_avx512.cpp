#define CORTICOIL_KERNELS block_kernels_avx512
#include "solver/block_kernels_loops.h"
