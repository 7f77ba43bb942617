#include "coils/potential_kernels.h"

#include <immintrin.h>

namespace corticoil::coils {

namespace {

struct Vector {
    static constexpr std::size_t size = 16;
    __m512 v;
    static Vector load(const float* p) { return {_mm512_loadu_ps(p)}; }
    static Vector all(float value) { return {_mm512_set1_ps(value)}; }
    void store(float* p) const { _mm512_storeu_ps(p, v); }
};
Vector operator+(Vector a, Vector b) {
    return {_mm512_add_ps(a.v, b.v)};
}
Vector operator-(Vector a, Vector b) {
    return {_mm512_sub_ps(a.v, b.v)};
}
Vector operator*(Vector a, Vector b) {
    return {_mm512_mul_ps(a.v, b.v)};
}
Vector fused(Vector a, Vector b, Vector c) {
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
}
Vector larger(Vector a, Vector b) {
    return {_mm512_max_ps(a.v, b.v)};
}

/// 14 bits of the estimate become all of a float's by one step of Newton's.
Vector inverse_root(Vector a) {
    const Vector y{_mm512_rsqrt14_ps(a.v)};
    const Vector half = a * Vector::all(-0.5F) * y;
    return y * fused(half, y, Vector::all(1.5F));
}
Vector reciprocal(Vector a) {
    const Vector y{_mm512_rcp14_ps(a.v)};
    return y * Vector{_mm512_fnmadd_ps(a.v, y.v, _mm512_set1_ps(2))};
}

} // namespace

#include "coils/potential_kernels_loops.h"
extern const PotentialKernels potential_kernels_avx512{add_dipoles, add_dipole_triples, add_wires,
                                                       evaluate_cell, "avx512"};
} // namespace corticoil::coils
