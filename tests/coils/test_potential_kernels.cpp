#include "coils/potential_kernels.h"

#include "coils/kernel_tables.h"
#include "coils/primary_field.h"
#include "coils/segments.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace corticoil::coils {
namespace {

constexpr std::array<const char*, 3> instruction_sets{"portable", "avx2", "avx512"};

/// Points by components, not a whole number of vectors.
struct Sample {
    static constexpr std::size_t n = 77;
    Points points;
    std::vector<float> x, y, z, ax, ay, az;

    Sample() : points(Points::Random(3, n) * 0.06), x(n), y(n), z(n), ax(n), ay(n), az(n) {
        points.row(2).array() += 0.09;
        for (std::size_t i = 0; i < n; ++i) {
            x[i] = static_cast<float>(points(0, static_cast<Eigen::Index>(i)));
            y[i] = static_cast<float>(points(1, static_cast<Eigen::Index>(i)));
            z[i] = static_cast<float>(points(2, static_cast<Eigen::Index>(i)));
        }
    }
    [[nodiscard]] KernelPoints kernel_points() const { return {x.data(), y.data(), z.data(), n}; }
    [[nodiscard]] KernelVectors vectors() { return {ax.data(), ay.data(), az.data()}; }
    [[nodiscard]] double error_against(const VectorField& reference) const {
        double largest = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const Vector3 difference =
                Vector3(ax[i], ay[i], az[i]) - reference.col(static_cast<Eigen::Index>(i));
            largest = std::max(largest, difference.norm());
        }
        return largest / reference.colwise().norm().maxCoeff();
    }
};

Coil some_dipoles() {
    Coil coil;
    coil.dipoles.positions = Points::Random(3, 300) * 0.04;
    coil.dipoles.moments = VectorField::Random(3, 300) * 1e-3;
    coil.dipoles.moments.row(2).array() += 1e-3;
    return coil;
}

TEST(PotentialKernels, PortableOnesAreAlwaysThereAndUnknownOnesNever) {
    EXPECT_NE(potential_kernels("portable"), nullptr);
    EXPECT_EQ(potential_kernels("sse9"), nullptr);
    EXPECT_NE(potential_kernels().name, nullptr);
}

TEST(PotentialKernels, DipolesAreExactToSinglePrecision) {
    const Coil coil = some_dipoles();
    const DipoleTable table = dipole_table(coil.dipoles);
    for (const char* name : instruction_sets) {
        const PotentialKernels* kernels = potential_kernels(name);
        if (kernels == nullptr) continue;
        Sample sample;
        const VectorField exact = vector_potential(coil, sample.points);
        kernels->add_dipoles(table, sample.kernel_points(), sample.vectors());
        EXPECT_LT(sample.error_against(exact), 5e-6) << name;
        // They add: once more is twice as much.
        kernels->add_dipoles(table, sample.kernel_points(), sample.vectors());
        EXPECT_LT(sample.error_against(2 * exact), 5e-6) << name;
        EXPECT_GT(sample.error_against(exact), 0.5) << name;
    }
}

TEST(PotentialKernels, WiresAreExactToSinglePrecisionOrSayThatTheyAreNot) {
    Coil coil;
    coil.wires.resize(2);
    coil.wires[0].vertices = Points::Random(3, 40) * 0.03;
    coil.wires[1].vertices = Points::Random(3, 7) * 0.03;
    coil.wires[1].is_closed = false;
    coil.wires[1].current = -0.5;
    const Segments segments(coil.wires, 0.006);
    const VertexTable table = vertex_table(segments);
    for (const char* name : instruction_sets) {
        const PotentialKernels* kernels = potential_kernels(name);
        if (kernels == nullptr) continue;
        Sample sample;
        // One point on a wire: the series cannot serve it.
        sample.x[3] = static_cast<float>(segments.x[1]);
        sample.y[3] = static_cast<float>(segments.y[1]);
        sample.z[3] = static_cast<float>(segments.z[1]);
        std::vector<float> ratio(Sample::n);
        kernels->add_wires(table, sample.kernel_points(), sample.vectors(), ratio.data());
        EXPECT_GT(ratio[3], largest_length_ratio) << name;
        VectorField exact = vector_potential(coil, sample.points);
        exact.col(3) = Vector3(sample.ax[3], sample.ay[3], sample.az[3]);
        for (std::size_t i = 0; i < Sample::n; ++i) {
            if (i == 3) continue;
            EXPECT_LE(ratio[i], largest_length_ratio) << name << ' ' << i;
        }
        exact.col(3).setZero();
        sample.ax[3] = sample.ay[3] = sample.az[3] = 0;
        EXPECT_LT(sample.error_against(exact), 5e-6) << name;
    }
}

TEST(PotentialKernels, CellsAreTheirPolynomials) {
    std::vector<float> coefficients(3 * cell_coefficients);
    for (std::size_t i = 0; i < coefficients.size(); ++i)
        coefficients[i] = static_cast<float>(std::cos(1.7 * static_cast<double>(i)));
    for (const char* name : instruction_sets) {
        const PotentialKernels* kernels = potential_kernels(name);
        if (kernels == nullptr) continue;
        Sample sample;
        kernels->evaluate_cell(coefficients.data(), sample.kernel_points(), sample.vectors());
        VectorField expected = VectorField::Zero(3, Sample::n);
        for (Eigen::Index s = 0; s < expected.cols(); ++s) {
            for (int i = 0; i < cell_nodes; ++i) {
                for (int j = 0; j < cell_nodes; ++j) {
                    for (int k = 0; k < cell_nodes; ++k) {
                        const double power = std::pow(sample.points(0, s), i) *
                                             std::pow(sample.points(1, s), j) *
                                             std::pow(sample.points(2, s), k);
                        const auto first =
                            static_cast<std::size_t>(((i * cell_nodes + j) * cell_nodes + k) * 3);
                        expected.col(s) += power * Vector3(coefficients[first], coefficients[first + 1],
                                                           coefficients[first + 2]);
                    }
                }
            }
        }
        EXPECT_LT(sample.error_against(expected), 1e-6) << name;
    }
}

} // namespace
} // namespace corticoil::coils
