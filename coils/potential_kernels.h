#pragma once

#include <cstddef>
#include <vector>

/// Kernels in single precision, once per instruction set, over points in vector lanes. No Eigen in here: its
/// inline functions would be compiled for instructions that the machine may lack.
namespace corticoil::coils {

/// Dipoles by components: positions [m] and moments times µ0/4π.
struct DipoleTable {
    std::vector<float> x, y, z, mx, my, mz;
};

/// Dipoles with three moments each: positions [m] and, dipole by dipole, the components of the first moment,
/// the second and the third, times µ0/4π.
struct DipoleTriples {
    const float* x;
    const float* y;
    const float* z;
    const float* moments; ///< n × 9.
    std::size_t n;
};

/// Vertices of wires one after the other: positions [m], the length of the segment to the next vertex [m],
/// and the segment's unit direction times 2 · µ0/4π · current. Length and weight are 0 where a wire ends; one
/// more vertex than that closes the table.
struct VertexTable {
    std::vector<float> x, y, z, length, wx, wy, wz;
};

/// Arrays of one value per point, `n` of them.
struct KernelPoints {
    const float* x;
    const float* y;
    const float* z;
    std::size_t n;
};
struct KernelVectors {
    float* x;
    float* y;
    float* z;
};

/// Degree of a cell's polynomial in each variable, and its number of coefficients per component.
inline constexpr int cell_degree = 7;
inline constexpr int cell_nodes = cell_degree + 1;
inline constexpr int cell_coefficients = cell_nodes * cell_nodes * cell_nodes;

/// Points nearer to a segment than this L/(ra + rb) [L its length, ra and rb the distances from its ends] are
/// not served by the wires' kernel.
inline constexpr float largest_length_ratio = 0.6F;

struct PotentialKernels {
    /// Adds A = Σ m × (r − r0)/|r − r0|³ to `potential`. Relative error about 1e-6 of Σ |terms|.
    void (*add_dipoles)(const DipoleTable&, const KernelPoints&, const KernelVectors& potential);

    /// Adds the same for each of three moments to nine rows of `stride` values: x, y, z of the first …
    void (*add_dipole_triples)(const DipoleTriples&, const KernelPoints&, float* potentials,
                               std::size_t stride);

    /// Adds A = Σ w artanh(L/(ra + rb)) to `potential` and writes each point's largest L/(ra + rb); where
    /// that exceeds `largest_length_ratio` the potential is not to be used.
    void (*add_wires)(const VertexTable&, const KernelPoints&, const KernelVectors& potential,
                      float* largest_ratio);

    /// Values at points of [−1, 1]³ of three polynomials Σ c x^i y^j z^k, `coefficients`[((i·n + j)·n + k)·3
    /// + component] with n = `cell_nodes`.
    void (*evaluate_cell)(const float* coefficients, const KernelPoints&, const KernelVectors& values);

    const char* name; ///< Of the instruction set.
};

/// The kernels for the machine, or for a named set ("portable", "avx2", "avx512") where the machine has it.
[[nodiscard]] const PotentialKernels& potential_kernels();
[[nodiscard]] const PotentialKernels* potential_kernels(const char* name);

} // namespace corticoil::coils
