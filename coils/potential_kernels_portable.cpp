#include "coils/potential_kernels.h"

#include <cmath>

namespace corticoil::coils {

namespace {

struct Vector {
    static constexpr std::size_t size = 4;
    float v[size];
    static Vector load(const float* p) { return {{p[0], p[1], p[2], p[3]}}; }
    static Vector all(float value) { return {{value, value, value, value}}; }
    void store(float* p) const {
        for (std::size_t i = 0; i < size; ++i) p[i] = v[i];
    }
};

template <typename Operation>
Vector each(const Vector& a, const Vector& b, Operation operation) {
    Vector result;
    for (std::size_t i = 0; i < Vector::size; ++i) result.v[i] = operation(a.v[i], b.v[i]);
    return result;
}
Vector operator+(const Vector& a, const Vector& b) {
    return each(a, b, [](float x, float y) { return x + y; });
}
Vector operator-(const Vector& a, const Vector& b) {
    return each(a, b, [](float x, float y) { return x - y; });
}
Vector operator*(const Vector& a, const Vector& b) {
    return each(a, b, [](float x, float y) { return x * y; });
}
Vector fused(const Vector& a, const Vector& b, const Vector& c) {
    return a * b + c;
}
Vector larger(const Vector& a, const Vector& b) {
    return each(a, b, [](float x, float y) { return x > y ? x : y; });
}
Vector inverse_root(const Vector& a) {
    return each(a, a, [](float x, float) { return 1 / std::sqrt(x); });
}
Vector reciprocal(const Vector& a) {
    return each(a, a, [](float x, float) { return 1 / x; });
}

} // namespace

#include "coils/potential_kernels_loops.h"
extern const PotentialKernels potential_kernels_portable{add_dipoles, add_wires, evaluate_cell, "portable"};
} // namespace corticoil::coils
