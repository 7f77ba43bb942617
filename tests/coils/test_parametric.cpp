#include "coils/casing.h"
#include "coils/coil_library.h"
#include "coils/depth_focality.h"
#include "coils/parametric.h"
#include "coils/primary_field.h"

#include "core/constants.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

WindingOptions small_winding() {
    return {.inner_radius = 0.020,
            .outer_radius = 0.040,
            .n_turns = 4,
            .conductor_height = 0.006,
            .face_to_conductor = 0.004};
}

/// Vector area of a closed wire.
Vector3 area_vector(const WirePath& wire) {
    Vector3 sum = Vector3::Zero();
    const Eigen::Index n = wire.vertices.cols();
    for (Eigen::Index i = 0; i < n; ++i) {
        const Vector3 here = wire.vertices.col(i);
        const Vector3 next = wire.vertices.col((i + 1) % n);
        sum += 0.5 * here.cross(next);
    }
    return sum;
}

/// Magnetic moment of the wires on the side of +x (side = 1) or −x (side = −1).
Vector3 wing_moment(const Coil& coil, double side) {
    Vector3 moment = Vector3::Zero();
    for (const WirePath& wire : coil.wires) {
        if (side * wire.vertices.row(0).mean() > 0) moment += wire.current * area_vector(wire);
    }
    return moment;
}

/// Volume of a closed surface, positive where its triangles point outwards.
double signed_volume(const SurfaceMesh& surface) {
    double volume = 0;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 a = surface.nodes.col(surface.triangles(0, t));
        const Vector3 b = surface.nodes.col(surface.triangles(1, t));
        const Vector3 c = surface.nodes.col(surface.triangles(2, t));
        volume += a.dot(b.cross(c)) / 6;
    }
    return volume;
}

/// Every edge is shared by two triangles that run through it in opposite directions.
bool is_closed(const SurfaceMesh& surface) {
    std::map<std::pair<int, int>, int> directed;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            ++directed[{surface.triangles(corner, t), surface.triangles((corner + 1) % 3, t)}];
        }
    }
    return std::all_of(directed.begin(), directed.end(), [&](const auto& edge) {
        const auto back = directed.find({edge.first.second, edge.first.first});
        return edge.second == 1 && back != directed.end() && back->second == 1;
    });
}

/// How often the surface winds around a point: 0 outside, 1 inside one closed part, 2 inside two. Solid
/// angles after Van Oosterom & Strackee 1983 (IEEE Trans Biomed Eng 30:125).
double winding_number(const SurfaceMesh& surface, const Vector3& point) {
    double angle = 0;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Vector3 a = surface.nodes.col(surface.triangles(0, t)) - point;
        const Vector3 b = surface.nodes.col(surface.triangles(1, t)) - point;
        const Vector3 c = surface.nodes.col(surface.triangles(2, t)) - point;
        angle += 2 * std::atan2(a.dot(b.cross(c)), a.norm() * b.norm() * c.norm() + a.dot(b) * c.norm() +
                                                       b.dot(c) * a.norm() + c.dot(a) * b.norm());
    }
    return angle / (4 * pi);
}

TEST(Parametric, WindingHasTheTurnsRadiiAndCurrentAskedFor) {
    const Coil coil = round_coil("round", small_winding());
    double current = 0;
    double moment = 0;
    for (const WirePath& wire : coil.wires) {
        EXPECT_TRUE(wire.is_closed);
        current += wire.current;
        moment += wire.current * area_vector(wire).z();
        const double radius = std::sqrt(area_vector(wire).norm() / pi);
        EXPECT_GT(radius, 0.020);
        EXPECT_LT(radius, 0.040);
    }
    EXPECT_NEAR(current, 4, 1e-12);
    // Four turns at 22.5, 27.5, 32.5 and 37.5 mm: π · 3725 mm² = 0.0117024 m².
    EXPECT_NEAR(moment, 0.0117024, 1e-7);
}

TEST(Parametric, WingsStandAtTheAngleAndMirrorEachOther) {
    for (const double degrees : {180.0, 150.0, 100.0}) {
        const WingPlacement placement{.wing_centre = 0.045,
                                      .angle_between_wings = degrees * radians_per_degree};
        for (const Coil& coil : {bent_figure_of_eight_coil("bent", small_winding(), placement),
                                 double_cone_coil("cone", small_winding(), placement)}) {
            const Vector3 right = wing_moment(coil, 1);
            const Vector3 left = wing_moment(coil, -1);
            // The mirror at x = 0 turns a moment's x round and, as the currents are opposed, all of it again.
            EXPECT_LT((left - Vector3(right.x(), -right.y(), -right.z())).norm(), 1e-12) << coil.name;
            // Between the wings' planes on the head's side: both normals towards the head.
            const double between = pi - std::acos(Vector3(right.normalized()).dot(-left.normalized()));
            EXPECT_NEAR(between, placement.angle_between_wings, 1e-6) << coil.name;
            // The head lies at +z: wings at an angle rise towards it with their outer sides.
            EXPECT_LE(right.x(), 1e-12) << coil.name;
            ASSERT_TRUE(coil.induced_direction.has_value());
            EXPECT_TRUE(coil.induced_direction->isApprox(Vector3::UnitY(), 1e-6)) << coil.name;
        }
    }
}

TEST(Parametric, ConeHasItsWiderTurnsNearerToTheHeadAndIsFlatInTheMiddle) {
    const WingPlacement placement{.wing_centre = 0.045, .angle_between_wings = 100 * radians_per_degree};
    const Coil coil = double_cone_coil("cone", small_winding(), placement);
    // Where a turn at +x is nearest to the middle plane, it lies at the depth of the conductor's filaments.
    const double middle = -(0.004 + 0.003);
    const double filament = 0.006 / (2 * std::sqrt(3.0));
    for (const WirePath& wire : coil.wires) {
        Eigen::Index nearest = 0;
        wire.vertices.row(0).cwiseAbs().minCoeff(&nearest);
        EXPECT_NEAR(std::abs(wire.vertices(2, nearest) - middle), filament, 1e-4);
    }
    // A flat wing at the same angle is not flat there.
    const Coil flat = bent_figure_of_eight_coil("bent", small_winding(), placement);
    Eigen::Index nearest = 0;
    const WirePath& inner_turn = flat.wires.front();
    inner_turn.vertices.row(0).cwiseAbs().minCoeff(&nearest);
    EXPECT_GT(std::abs(inner_turn.vertices(2, nearest) - middle), 5 * filament);
}

TEST(Parametric, StrandsCarryParallelCurrentsAlongTheHeadAndReturnFarther) {
    const StrandOptions options{.n_strands = 3,
                                .strand_spacing = 0.010,
                                .half_length = 0.050,
                                .head_radius = 0.090,
                                .face_to_conductor = 0.005,
                                .return_height = 0.070};
    const Coil coil = h_type_coil("h", options);
    ASSERT_EQ(coil.wires.size(), 3U);
    for (const WirePath& wire : coil.wires) {
        EXPECT_TRUE(wire.is_closed);
        EXPECT_LT((wire.vertices.row(0).array() - wire.vertices(0, 0)).abs().maxCoeff(), 1e-15) << "plane";
        // Along the head all currents run towards −y, 5 mm behind the sphere along z.
        for (int i = 0; i < options.n_segments; ++i) EXPECT_LT(wire.vertices(1, i + 1), wire.vertices(1, i));
        EXPECT_NEAR((wire.vertices.col(7) + Vector3(0, 0, 0.005) - Vector3(0, 0, 0.090)).norm(), 0.090,
                    1e-12);
        EXPECT_NEAR(wire.vertices.row(2).minCoeff(), -0.070, 1e-12);
    }
    EXPECT_NEAR(coil.wires[2].vertices(0, 0) - coil.wires[0].vertices(0, 0), 0.020, 1e-12);
    // The return strands weaken the field under the centre: farther ones less.
    StrandOptions low = options;
    low.return_height = 0.030;
    const Points point = Vector3(0, 0, 0.02);
    const double far = vector_potential(coil, point).norm();
    EXPECT_GT(far, 1.2 * vector_potential(h_type_coil("low", low), point).norm());
}

TEST(Parametric, LibraryCasingsAreClosedOutwardAndHoldTheWindings) {
    for (const std::string& name : coil_names()) {
        const Coil coil = load_coil(name);
        ASSERT_TRUE(coil.casing.has_value()) << name;
        EXPECT_TRUE(is_closed(*coil.casing)) << name;
        EXPECT_GT(signed_volume(*coil.casing), 0) << name;
        for (const WirePath& wire : coil.wires) {
            for (Eigen::Index i = 0; i < wire.vertices.cols(); i += 3)
                EXPECT_GT(winding_number(*coil.casing, wire.vertices.col(i)), 0.9) << name;
        }
        // The origin is the centre of the head-side face.
        EXPECT_LT(winding_number(*coil.casing, Vector3(0, 0, 0.001)), 0.1) << name;
        // Casings that are turned inside out, open, or moved do not pass.
        SurfaceMesh wrong = *coil.casing;
        wrong.triangles.row(0).swap(wrong.triangles.row(1));
        EXPECT_LT(signed_volume(wrong), 0) << name;
        wrong = *coil.casing;
        wrong.triangles.conservativeResize(3, wrong.n_triangles() - 1);
        EXPECT_FALSE(is_closed(wrong)) << name;
        wrong = *coil.casing;
        wrong.nodes.row(2).array() += 0.200;
        EXPECT_LT(winding_number(wrong, coil.wires.front().vertices.col(0)), 0.1) << name;
    }
}

TEST(Parametric, CasingsOfKnownShapeHaveTheirVolume) {
    // A disc of radius 30 and height 10 mm; a ring of 20 to 30 mm; by polygons of 64 sides: 0.16 % less.
    const SurfaceMesh disc = turned_casing({}, {{0, 0}, {0.030, 0}, {0.030, 0.010}, {0, 0.010}});
    EXPECT_NEAR(signed_volume(disc) / (pi * 0.030 * 0.030 * 0.010), 1, 2e-3);
    const SurfaceMesh ring = turned_casing({}, {{0.020, 0}, {0.030, 0}, {0.030, 0.010}, {0.020, 0.010}});
    EXPECT_NEAR(signed_volume(ring) / (pi * (0.030 * 0.030 - 0.020 * 0.020) * 0.010), 1, 2e-3);
    EXPECT_TRUE(is_closed(disc) && is_closed(ring));
    const SurfaceMesh box = box_casing(
        {.half_width = 0.02, .half_length = 0.03, .back = -0.01, .face = [](double, double) { return 0.0; }});
    EXPECT_NEAR(signed_volume(box), 0.04 * 0.06 * 0.01, 1e-12);
}

TEST(Parametric, ImpossibleShapesAreRefused) {
    EXPECT_THAT(error_of([] {
                    (void)bent_figure_of_eight_coil("bad", small_winding(),
                                                    {.wing_centre = 0.04, .angle_between_wings = 1.0});
                }),
                HasSubstr("above 90°"));
    EXPECT_THAT(error_of([] { (void)figure_of_eight_coil("bad", small_winding(), -0.01); }),
                HasSubstr("positive distance"));
    EXPECT_THAT(error_of([] { (void)h_type_coil("bad", {}); }), HasSubstr("at least one strand"));
    EXPECT_THAT(error_of([] {
                    (void)h_type_coil("bad", {.n_strands = 5,
                                              .strand_spacing = 0.010,
                                              .half_length = 0.090,
                                              .head_radius = 0.090,
                                              .face_to_conductor = 0.005,
                                              .return_height = 0.070});
                }),
                HasSubstr("do not fit"));
}

TEST(Parametric, DoubleConeReachesDeeperThanFlatFiguresOfEight) {
    // Deng et al. 2013 (Brain Stimul 6:1): figures-of-eight reach 0.9 to 3.4 cm from S½ of 5 cm²; deeper ones
    // are less focal. Our 70 mm coil against the measured D70 (Drakaki et al. 2022): d½ 1.42 cm, S½ 15.4 cm²,
    // and the double cone against theirs: peak 2.728 V/m, d½ 1.88 cm, S½ 31.2 cm².
    const DepthFocality eight = depth_focality(load_coil("figure8_70mm"));
    EXPECT_NEAR(eight.peak / 1.414, 1, 0.05);
    EXPECT_NEAR(eight.d_half / 0.0142, 1, 0.05);
    EXPECT_NEAR(eight.s_half / 15.4e-4, 1, 0.05);
    const DepthFocality small = depth_focality(load_coil("figure8_65mm"));
    EXPECT_NEAR(small.peak / 1.109, 1, 0.05);
    EXPECT_NEAR(small.d_half / 0.0129, 1, 0.05);
    EXPECT_NEAR(small.s_half / 12.6e-4, 1, 0.05);
    const DepthFocality cone = depth_focality(load_coil("double_cone"));
    EXPECT_NEAR(cone.peak / 2.728, 1, 0.1);
    EXPECT_NEAR(cone.d_half / 0.0188, 1, 0.1);
    EXPECT_NEAR(cone.s_half / 31.2e-4, 1, 0.1);
    EXPECT_LT(std::abs(cone.lift), 0.0005);
    // The same wings laid flat miss.
    const DepthFocality flat = depth_focality(figure_of_eight_coil("flat",
                                                                   {.inner_radius = 0.048,
                                                                    .outer_radius = 0.0625,
                                                                    .n_turns = 7,
                                                                    .conductor_height = 0.007,
                                                                    .face_to_conductor = 0.003},
                                                                   0.064));
    EXPECT_GT(std::abs(flat.peak / 2.728 - 1), 0.2);
}

} // namespace
} // namespace corticoil::coils
