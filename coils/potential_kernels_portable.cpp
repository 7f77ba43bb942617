#include "coils/potential_kernels.h"

#include <cmath>

namespace corticoil::coils {

namespace {

/// Four floats, by the compiler's own vectors: every processor that it knows has them or does without.
struct Vector {
    typedef float Lanes __attribute__((vector_size(16))); // NOLINT: `using` loses the attribute.
    static constexpr std::size_t size = 4;
    Lanes v;
    static Vector load(const float* p) { return {Lanes{p[0], p[1], p[2], p[3]}}; }
    static Vector all(float value) { return {Lanes{value, value, value, value}}; }
    void store(float* p) const {
        for (std::size_t i = 0; i < size; ++i) p[i] = v[i];
    }
};
Vector operator+(Vector a, Vector b) {
    return {a.v + b.v};
}
Vector operator-(Vector a, Vector b) {
    return {a.v - b.v};
}
Vector operator*(Vector a, Vector b) {
    return {a.v * b.v};
}
Vector fused(Vector a, Vector b, Vector c) {
    return {a.v * b.v + c.v};
}
Vector larger(Vector a, Vector b) {
    return {a.v > b.v ? a.v : b.v};
}
Vector reciprocal(Vector a) {
    return {1 / a.v};
}
Vector inverse_root(Vector a) {
    const Vector::Lanes roots{std::sqrt(a.v[0]), std::sqrt(a.v[1]), std::sqrt(a.v[2]), std::sqrt(a.v[3])};
    return {1 / roots};
}

} // namespace

#include "coils/potential_kernels_loops.h"
extern const PotentialKernels potential_kernels_portable{add_dipoles, add_dipole_triples, add_wires,
                                                         evaluate_cell, "portable"};
} // namespace corticoil::coils
