#pragma once

/// Marks a function to be compiled for several instruction sets, one of which is chosen at run time.
/// Sanitizers and clang do without. By levels of the architecture: "arch=haswell" is chosen on a Haswell
/// alone.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define CORTICOIL_VECTOR_CLONES                                                                              \
    __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CORTICOIL_VECTOR_CLONES
#endif
