#define CORTICOIL_KERNELS block_kernels_avx2
#include "solver/block_kernels_loops.h"
