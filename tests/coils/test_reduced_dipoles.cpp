#include "coils/reduced_dipoles.h"

#include "coils/coil_library.h"
#include "coils/sphere_contact.h"
#include "coils/sphere_field.h"
#include "core/error.h"
#include "support/check_data.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::coils {
namespace {

/// The greatest error of E at the cortex of the 85 mm head that the coil touches, over the greatest E: what
/// the fit to A is for.
double error_at_the_cortex(const Coil& coil, const MagneticDipoles& dipoles) {
    constexpr double scalp = 0.085;
    constexpr double cortex = 0.070;
    const Vector3 centre(0, 0, lift_above_sphere(coil, scalp) + scalp);
    Points points = Points::Random(3, 400);
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        points.col(i) *= cortex / points.col(i).norm();
        points(2, i) = -std::abs(points(2, i));
    }
    points.colwise() += centre;
    const VectorField exact = electric_field_in_sphere(coil, 1e6, centre, points);
    const VectorField difference = electric_field_in_sphere(dipoles, 1e6, centre, points) - exact;
    return difference.colwise().norm().maxCoeff() / exact.colwise().norm().maxCoeff();
}

TEST(ReducedDipoles, FlatCoilsNeedFortyForAThousandth) {
    for (const std::string name : {"figure8_70mm", "round_90mm"}) {
        const Coil coil = load_coil(name);
        const ReducedDipoles forty = reduced_dipoles(coil, 40);
        EXPECT_EQ(forty.dipoles.positions.cols(), 40) << name;
        EXPECT_LT(error_at_the_cortex(coil, forty.dipoles), 1e-3) << name;
        EXPECT_LT(forty.relative_error, 1e-3) << name;
        EXPECT_GT(forty.relative_error, 1e-5) << name;
        // More are better, and half of them is not enough.
        EXPECT_LT(reduced_dipoles(coil, 80).relative_error, forty.relative_error / 5) << name;
        EXPECT_GT(error_at_the_cortex(coil, reduced_dipoles(coil, 12).dipoles), 5e-3) << name;
        MagneticDipoles turned = forty.dipoles;
        turned.moments.col(7) *= -1;
        EXPECT_GT(error_at_the_cortex(coil, turned), 1e-2) << name;
    }
}

TEST(ReducedDipoles, ABentMeasuredCoilNeedsMore) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/MagStim_DCC.ccd");
    const Coil coil = load_coil(path.string());
    EXPECT_LT(error_at_the_cortex(coil, reduced_dipoles(coil, 60).dipoles), 1.5e-2);
    EXPECT_LT(error_at_the_cortex(coil, reduced_dipoles(coil, 400).dipoles), 1e-3);
}

/// The smallest height [m] of dipoles over a head of some radius that the coil touches.
double least_height(const Coil& coil, const MagneticDipoles& dipoles, double scalp) {
    const Vector3 centre(0, 0, lift_above_sphere(coil, scalp) + scalp);
    return (dipoles.positions.colwise() - centre).colwise().norm().minCoeff() - scalp;
}

TEST(ReducedDipoles, LieOutsideAHeadThatComesIntoTheWings) {
    const Coil coil = load_coil("double_cone");
    const ReducedDipoles reduced = reduced_dipoles(coil, 150);
    EXPECT_LT(reduced.relative_error, 1.5e-3);
    EXPECT_LT(error_at_the_cortex(coil, reduced.dipoles), 3e-3);
    for (const double scalp : {0.085, 0.110}) EXPECT_GT(least_height(coil, reduced.dipoles, scalp), 0.005);
    // The discs that the wires span lie in the head.
    EXPECT_LT(least_height(coil, equivalent_dipoles(coil), 0.085), -0.003);
}

TEST(ReducedDipoles, DoNotCancelEachOther) {
    for (const std::string name : {"figure8_bent", "double_cone", "h_type_leg", "h_type_prefrontal"}) {
        const Coil coil = load_coil(name);
        const ReducedDipoles reduced = reduced_dipoles(coil, 150);
        EXPECT_LT(reduced.relative_error, 1.5e-3) << name;
        EXPECT_LT(reduced.dipoles.moments.colwise().norm().sum(),
                  5 * equivalent_dipoles(coil).moments.colwise().norm().sum())
            << name;
    }
}

TEST(ReducedDipoles, AreTheSameEveryTimeAndNoMoreThanTheCoilHas) {
    const Coil coil = load_coil("round_90mm");
    EXPECT_TRUE((reduced_dipoles(coil, 30).dipoles.moments.array() ==
                 reduced_dipoles(coil, 30).dipoles.moments.array())
                    .all());
    Coil two;
    two.dipoles.positions = Points::Zero(3, 2);
    two.dipoles.positions(2, 0) = -0.01;
    two.dipoles.positions(2, 1) = -0.02;
    two.dipoles.moments = VectorField::Ones(3, 2);
    const ReducedDipoles reduced = reduced_dipoles(two, 50);
    EXPECT_EQ(reduced.dipoles.positions.cols(), 2);
    EXPECT_LT(reduced.relative_error, 1e-6);
    EXPECT_THROW((void)reduced_dipoles(coil, 0), Error);
}

} // namespace
} // namespace corticoil::coils
