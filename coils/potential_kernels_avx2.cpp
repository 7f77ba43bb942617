#include "coils/potential_kernels.h"

#include <immintrin.h>

namespace corticoil::coils {

namespace {

struct Vector {
    static constexpr std::size_t size = 8;
    __m256 v;
    static Vector load(const float* p) { return {_mm256_loadu_ps(p)}; }
    static Vector all(float value) { return {_mm256_set1_ps(value)}; }
    void store(float* p) const { _mm256_storeu_ps(p, v); }
};
Vector operator+(Vector a, Vector b) {
    return {_mm256_add_ps(a.v, b.v)};
}
Vector operator-(Vector a, Vector b) {
    return {_mm256_sub_ps(a.v, b.v)};
}
Vector operator*(Vector a, Vector b) {
    return {_mm256_mul_ps(a.v, b.v)};
}
Vector fused(Vector a, Vector b, Vector c) {
    return {_mm256_fmadd_ps(a.v, b.v, c.v)};
}
Vector larger(Vector a, Vector b) {
    return {_mm256_max_ps(a.v, b.v)};
}

/// 12 bits of the estimate become 23 by one step of Newton's: y (3/2 − a y²/2).
Vector inverse_root(Vector a) {
    const Vector y{_mm256_rsqrt_ps(a.v)};
    const Vector half = a * Vector::all(-0.5F) * y;
    return y * fused(half, y, Vector::all(1.5F));
}
Vector reciprocal(Vector a) {
    const Vector y{_mm256_rcp_ps(a.v)};
    return y * Vector{_mm256_fnmadd_ps(a.v, y.v, _mm256_set1_ps(2))};
}

} // namespace

#include "coils/potential_kernels_loops.h"
extern const PotentialKernels potential_kernels_avx2{add_dipoles, add_dipole_triples, add_wires,
                                                     evaluate_cell, "avx2"};
} // namespace corticoil::coils
