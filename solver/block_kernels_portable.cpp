#define CORTICOIL_KERNELS block_kernels_portable
#include "solver/block_kernels_loops.h"
