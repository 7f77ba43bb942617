#include "coils/ccd_file.h"
#include "coils/coil_library.h"
#include "coils/parametric.h"
#include "coils/primary_field.h"
#include "coils/sphere_field.h"

#include "support/check_data.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

TEST(CoilLibrary, EveryCoilLoadsWithSourceAndCasing) {
    for (const std::string& name : coil_names()) {
        const Coil coil = load_coil(name);
        EXPECT_EQ(coil.name, name);
        EXPECT_FALSE(coil.source.empty());
        ASSERT_TRUE(coil.casing.has_value());
        EXPECT_FALSE(coil.description.empty());
        // z points into the head: nothing of a flat coil lies before its face.
        const bool is_flat = coil.description.find("flat") != std::string::npos;
        if (is_flat) {
            EXPECT_LE(coil.casing->nodes.row(2).maxCoeff(), 1e-15);
        }
        for (const WirePath& wire : coil.wires) {
            EXPECT_TRUE(wire.is_closed);
            if (is_flat) {
                EXPECT_LT(wire.vertices.row(2).maxCoeff(), 0);
            }
        }
        // Closed casings point outwards: the flux of the position is three times the volume, positive.
        const VectorField areas = area_vectors(*coil.casing);
        double flux = 0;
        for (int t = 0; t < coil.casing->n_triangles(); ++t) {
            flux += areas.col(t).dot(coil.casing->nodes.col(coil.casing->triangles(0, t)));
        }
        EXPECT_GT(flux, 0);
        EXPECT_LT(areas.rowwise().sum().norm(), 1e-12);
    }
}

TEST(CoilLibrary, FigureOfEightDrivesPlusYAndRoundCoilHasNoDirection) {
    const Coil eight = load_coil("FIGURE8_70mm");
    ASSERT_TRUE(eight.induced_direction.has_value());
    EXPECT_TRUE(eight.induced_direction->isApprox(Vector3::UnitY(), 1e-9));
    EXPECT_FALSE(load_coil("round_90mm").induced_direction.has_value());
}

TEST(CoilLibrary, UnknownNameListsTheKnownOnes) {
    EXPECT_THAT(error_of([] { (void)load_coil("figure9"); }), HasSubstr("figure8_70mm, figure8_65mm"));
    EXPECT_THAT(error_of([] { (void)round_coil("bad", WindingOptions{}); }), HasSubstr("0 < inner radius"));
}

TEST(CoilLibrary, FigureOfEightIsCloseToTheMeasuredCoilOnASphere) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/MagStim_D70.ccd");
    // 70 mm cortex, 85 mm scalp, the casings touching it: the measured model's casing lies 1 mm behind its
    // origin.
    constexpr double measured_face = 0.001;
    Points points(3, 16);
    for (int i = 0; i < 16; ++i) points.col(i) = Vector3(0, 0, 0.015 + 0.002 * i);
    const Vector3 sphere_centre(0, 0, 0.085);
    const Coil measured = read_ccd(path);
    const VectorField ours =
        electric_field_in_sphere(equivalent_dipoles(load_coil("figure8_70mm")), 1e6, sphere_centre, points);
    const VectorField theirs =
        electric_field_in_sphere(measured.dipoles, 1e6, sphere_centre - Vector3(0, 0, measured_face),
                                 points - Vector3(0, 0, measured_face).replicate(1, 16));
    const Eigen::ArrayXd ratio = ours.colwise().norm().array() / theirs.colwise().norm().array();
    EXPECT_NEAR(ratio[0], 1, 0.1) << "field at the cortex";
    EXPECT_LT(ratio.maxCoeff() / ratio.minCoeff(), 1.05) << "decay with depth";
}

} // namespace
} // namespace corticoil::coils
