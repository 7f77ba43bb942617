#include "coils/potential_interpolant.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "coils/sphere_contact.h"
#include "support/check_data.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <omp.h>

#include <algorithm>
#include <string>
#include <vector>

namespace corticoil::coils {
namespace {

/// A head of 95 mm that keeps 2 mm between itself and the casing.
Points points_in_a_head(const Coil& coil, Eigen::Index n) {
    constexpr double radius = 0.095;
    constexpr double gap = 0.002;
    const Vector3 centre(0, 0, lift_above_sphere(coil, radius + gap) + radius + gap);
    Points points(3, n);
    // The same points every time, half of them near the surface.
    for (Eigen::Index i = 0; i < n; ++i) {
        const Vector3 direction = Vector3::Random().normalized();
        const double share = 0.5 + 0.5 * Eigen::internal::random<double>(-1, 1);
        points.col(i) = centre + direction * radius * (i % 2 == 0 ? std::cbrt(share) : 1 - 0.02 * share);
    }
    return points;
}

struct Errors {
    double of_largest;
    double of_local;
};
Errors errors_of(const VectorField& field, const VectorField& exact) {
    const Eigen::VectorXd difference = (field - exact).colwise().norm().transpose();
    const Eigen::VectorXd magnitude = exact.colwise().norm().transpose();
    return {difference.maxCoeff() / magnitude.maxCoeff(), difference.cwiseQuotient(magnitude).maxCoeff()};
}

void expect_stated_errors(const Coil& coil) {
    const Points points = points_in_a_head(coil, 1500);
    const PotentialInterpolant interpolant(coil);
    const VectorField exact = vector_potential(coil, points);
    const Errors errors = errors_of(interpolant.vector_potential(points), exact);
    EXPECT_LT(errors.of_largest, PotentialInterpolant::error_of_largest) << coil.name;
    EXPECT_LT(errors.of_local, PotentialInterpolant::error_of_local) << coil.name;
    EXPECT_GT(interpolant.n_cells(), 10U) << coil.name;
    // A head that lies a tenth of a millimetre elsewhere must not pass.
    const Points moved = points.colwise() + Vector3(1e-4, 0, 0);
    EXPECT_GT(errors_of(interpolant.vector_potential(moved), exact).of_largest,
              10 * PotentialInterpolant::error_of_largest)
        << coil.name;
}

TEST(PotentialInterpolant, KeepsItsErrorsForEveryCoilOfTheLibrary) {
    for (const LibraryCoil& entry : library_coils()) expect_stated_errors(load_coil(entry.name));
}

TEST(PotentialInterpolant, KeepsItsErrorsForMeasuredCoils) {
    CORTICOIL_CHECK_DATA_OR_SKIP(flat, "coils/MagStim_D70.ccd");
    CORTICOIL_CHECK_DATA_OR_SKIP(bent, "coils/MagStim_DCC.ccd");
    CORTICOIL_CHECK_DATA_OR_SKIP(round, "coils/MagVenture_C-100.ccd");
    for (const std::filesystem::path& path : {flat, bent, round})
        expect_stated_errors(load_coil(path.string()));
}

TEST(PotentialInterpolant, IsExactNextToTheSourcesAndFarAway) {
    const Coil coil = load_coil("figure8_70mm");
    const Vector3 vertex = coil.wires.front().vertices.col(0);
    Points points(3, 3);
    points << vertex + Vector3(1e-4, 2e-4, 1e-4), Vector3(0.8, 0, 0), Vector3(0, -3, 40);
    const VectorField exact = vector_potential(coil, points);
    EXPECT_TRUE((PotentialInterpolant(coil).vector_potential(points).array() == exact.array()).all());
}

TEST(PotentialInterpolant, ValuesDependNeitherOnOtherPointsNorOnThreads) {
    const Coil coil = load_coil("round_90mm");
    const Points points = points_in_a_head(coil, 1000);
    const PotentialInterpolant all(coil);
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const VectorField one_thread = all.vector_potential(points);
    omp_set_num_threads(4);
    const VectorField four_threads = PotentialInterpolant(coil).vector_potential(points);
    omp_set_num_threads(n_threads);
    EXPECT_TRUE((one_thread.array() == four_threads.array()).all());
    const PotentialInterpolant backwards(coil);
    for (Eigen::Index i = 299; i >= 0; --i)
        EXPECT_TRUE((backwards.vector_potential(points.col(i)).array() == one_thread.col(i).array()).all());
    EXPECT_LT(backwards.n_cells(), all.n_cells());
    // And on faces of cells, which two cells share.
    Points face(3, 2);
    face << Vector3(0, 0, 0.125), Vector3(0.0625, 0.03125, 0.125);
    const VectorField together = all.vector_potential(face);
    EXPECT_TRUE((all.vector_potential(face.rightCols(1)).array() == together.rightCols(1).array()).all());
}

TEST(PotentialInterpolant, HasTheCurlOfTheCoilAndNoDivergence) {
    const Coil coil = load_coil("figure8_70mm");
    const PotentialInterpolant interpolant(coil);
    constexpr double step = 1e-3; // Wide enough for single precision.
    for (const Vector3& at : {Vector3(0.003, 0.002, 0.021), Vector3(-0.04, 0.03, 0.03)}) {
        Eigen::Matrix3d jacobian;
        Eigen::Matrix3d exact;
        for (int axis = 0; axis < 3; ++axis) {
            Points pair(3, 2);
            pair << at - step * Vector3::Unit(axis), at + step * Vector3::Unit(axis);
            const auto slope = [&](const VectorField& a) -> Vector3 {
                return (a.col(1) - a.col(0)) / (2 * step);
            };
            jacobian.col(axis) = slope(interpolant.vector_potential(pair));
            exact.col(axis) = slope(vector_potential(coil, pair));
        }
        EXPECT_LT((jacobian - exact).norm() / exact.norm(), 1e-3);
        // Against central differences of the exact A, whose divergence is of second order in the step.
        EXPECT_LT(std::abs(jacobian.trace() - exact.trace()) / exact.norm(), 1e-3);
        EXPECT_LT(std::abs(jacobian.trace()) / exact.norm(), 5e-3);
    }
}

TEST(PotentialInterpolant, KnowsItsCoil) {
    Coil coil = load_coil("figure8_70mm");
    const PotentialInterpolant interpolant(coil);
    EXPECT_TRUE(interpolant.belongs_to(coil));
    coil.name = "other";
    EXPECT_TRUE(interpolant.belongs_to(coil));
    coil.wires.back().current *= -1;
    EXPECT_FALSE(interpolant.belongs_to(coil));
    EXPECT_FALSE(interpolant.belongs_to(load_coil("round_90mm")));
}

} // namespace
} // namespace corticoil::coils
