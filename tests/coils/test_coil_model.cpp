#include "coils/coil_model.h"

#include "coils/parametric.h"
#include "coils/primary_field.h"
#include "core/constants.h"
#include "sample_coil_model.h"
#include "support/error_of.h"

#include <Eigen/Geometry>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::coils {
namespace {

using test::sample_coil_model;
using testing::HasSubstr;
using Kind = Deformation::Kind;

/// One dipole at (10, 0, 0) mm along x, with a translation of 5 mm along x and a quarter turn about the line
/// x = 20 mm parallel to z.
CoilModel movable(const std::vector<int>& order) {
    CoilModel model;
    model.stimulators.resize(1);
    model.deformation_ranges = {{5, -10, 10}, {90, -180, 180}};
    model.deformations = {{0, Kind::translation_x, Vector3::Zero(), Vector3::UnitZ()},
                          {1, Kind::rotation, Vector3(0.02, 0, 0), Vector3(0.02, 0, 0.5)}};
    model.elements.resize(1);
    model.elements[0].deformations = order;
    model.elements[0].source = MagneticDipoles{Vector3(0.01, 0, 0), Vector3(1, 0, 0)};
    return model;
}

TEST(CoilModel, TranslationAndRotationByHand) {
    const Coil moved = assemble(movable({0}));
    EXPECT_LT((moved.dipoles.positions - Vector3(0.015, 0, 0)).norm(), 1e-15);
    EXPECT_LT((moved.dipoles.moments - Vector3(1, 0, 0)).norm(), 1e-15);
    // A quarter turn takes (−10, 0) from the axis to (0, −10), and x to y; the other sense would give +10.
    const Coil turned = assemble(movable({1}));
    EXPECT_LT((turned.dipoles.positions - Vector3(0.02, -0.01, 0)).norm(), 1e-15);
    EXPECT_LT((turned.dipoles.moments - Vector3(0, 1, 0)).norm(), 1e-15);
}

TEST(CoilModel, DeformationsFollowEachOtherInTheirOrder) {
    // First 5 mm along x: 5 mm from the axis when it turns. First the turn: moved 5 mm along x afterwards.
    const Coil translated_first = assemble(movable({0, 1}));
    EXPECT_LT((translated_first.dipoles.positions - Vector3(0.02, -0.005, 0)).norm(), 1e-15);
    const Coil turned_first = assemble(movable({1, 0}));
    EXPECT_LT((turned_first.dipoles.positions - Vector3(0.025, -0.01, 0)).norm(), 1e-15);
    EXPECT_GT((translated_first.dipoles.positions - turned_first.dipoles.positions).norm(), 0.005);
}

TEST(CoilModel, SettingsReplaceInitialValuesAndScaleCurrents) {
    CoilSettings settings;
    settings.range_values = {{0, -2}};
    settings.relative_currents = {{0, -0.5}};
    const Coil coil = assemble(movable({0}), settings);
    EXPECT_LT((coil.dipoles.positions - Vector3(0.008, 0, 0)).norm(), 1e-15);
    EXPECT_LT((coil.dipoles.moments - Vector3(-0.5, 0, 0)).norm(), 1e-15);
    const auto error = [&](const CoilSettings& wrong) {
        return corticoil::test::error_of([&] { (void)assemble(movable({0}), wrong); });
    };
    EXPECT_THAT(error({{{0, 11}}, {}}), HasSubstr("goes from -10 to 10; 11 is outside"));
    EXPECT_THAT(error({{{0, NAN}}, {}}), HasSubstr("is outside"));
    EXPECT_THAT(error({{{2, 0}}, {}}), HasSubstr("no deformation range 2; it has 0 to 1"));
    EXPECT_THAT(error({{}, {{1, 1}}}), HasSubstr("no stimulator 1"));
    EXPECT_THAT(error({{}, {{0, INFINITY}}}), HasSubstr("finite"));
}

TEST(CoilModel, CasingsMoveWithTheirElementsOnly) {
    CoilModel model = movable({0});
    SurfaceMesh triangle{Points::Identity(3, 3) * 0.01, Triangles(3, 1)};
    triangle.triangles << 0, 1, 2;
    model.casings = {{triangle, Points()}, {triangle, Points()}};
    model.casing = 0;
    model.elements[0].casing = 1;
    const Coil coil = assemble(model);
    ASSERT_TRUE(coil.casing);
    EXPECT_EQ(coil.casing->nodes.leftCols(3), triangle.nodes);
    EXPECT_LT((coil.casing->nodes.rightCols(3) - (triangle.nodes.colwise() + Vector3(0.005, 0, 0))).norm(),
              1e-15);
    EXPECT_EQ(coil.casing->triangles.col(1), Eigen::Vector3i(3, 4, 5));
}

TEST(CoilModel, GridsTurnWithTheirPotential) {
    CoilModel model = movable({1});
    SampledPotential grid;
    grid.size = {2, 2, 2};
    grid.values = Eigen::Vector3f(1e-7F, 0, 0).replicate(1, 8);
    grid.coil_from_voxel.linear() *= 0.2;
    grid.coil_from_voxel.translation() = Vector3(-0.1, -0.1, -0.1);
    model.elements[0].source = grid;
    CoilSettings doubled;
    doubled.relative_currents = {{0, 2}};
    const Coil coil = assemble(model, doubled);
    ASSERT_EQ(coil.grids.size(), 1U);
    EXPECT_LT((coil.grids[0].coil_from_voxel * Vector3::Zero() - Vector3(0.12, -0.12, -0.1)).norm(), 1e-15);
    EXPECT_LT((coil.grids[0].values.col(7) - Eigen::Vector3f(0, 2e-7F, 0)).norm(), 1e-13F);
    ASSERT_TRUE(coil.induced_direction);
    EXPECT_LT((*coil.induced_direction - Vector3(0, -1, 0)).norm(), 1e-6); // E = −∂A/∂t
}

TEST(CoilModel, StimulatorsThatDisagreeGiveNoRateOfCurrent) {
    const CoilModel model = sample_coil_model();
    const Coil mixed = assemble(model);
    EXPECT_FALSE(mixed.didt_at_full_output);
    EXPECT_THAT(mixed.description, HasSubstr("stimulators differ"));
    EXPECT_EQ(mixed.stimulator, "S1 + S2");
    EXPECT_EQ(mixed.waveforms.size(), 2U);
    CoilModel agreeing = model;
    agreeing.stimulators[1].largest_didt = 1.5e8;
    EXPECT_EQ(assemble(agreeing).didt_at_full_output, 1.5e8);
    EXPECT_THAT(assemble(agreeing).description, testing::Not(HasSubstr("differ")));
    // One that no element uses does not count.
    agreeing.stimulators.push_back({"unused", "", 1.0, {}});
    EXPECT_EQ(assemble(agreeing).didt_at_full_output, 1.5e8);
}

TEST(CoilModel, LineElementsJoinWhereTheirEndsMeet) {
    // A triangle, then a single segment elsewhere, and one of no length.
    LineElements lines;
    Points corners(3, 3);
    corners << 0, 0.03, 0, 0, 0, 0.04, 0, 0, 0;
    lines.midpoints.resize(3, 5);
    lines.vectors.resize(3, 5);
    for (int i = 0; i < 3; ++i) {
        lines.midpoints.col(i) = (corners.col(i) + corners.col((i + 1) % 3)) / 2;
        lines.vectors.col(i) = corners.col((i + 1) % 3) - corners.col(i);
    }
    lines.midpoints.col(3) = Vector3(0, 0, 0.05);
    lines.vectors.col(3) = Vector3::Zero();
    lines.midpoints.col(4) = Vector3(0, 0, 0.05);
    lines.vectors.col(4) = Vector3(0.002, 0, 0);
    const std::vector<WirePath> wires = wires_of(lines);
    ASSERT_EQ(wires.size(), 2U);
    EXPECT_TRUE(wires[0].is_closed);
    EXPECT_LT((wires[0].vertices - corners).norm(), 1e-15);
    EXPECT_FALSE(wires[1].is_closed);
    EXPECT_LT((wires[1].vertices.col(0) - Vector3(-0.001, 0, 0.05)).norm(), 1e-15);
    // A gap beyond the tolerance keeps them apart.
    lines.midpoints.col(1) += Vector3(0, 0, 2 * wire_joining_tolerance * 0.03);
    EXPECT_EQ(wires_of(lines).size(), 4U);
}

TEST(CoilModel, WiresOfFullCurrentBecomeLineElementsExactly) {
    Coil coil;
    WirePath wire;
    wire.vertices = Points::Random(3, 7) * 0.05;
    wire.current = -1;
    coil.wires = {wire};
    wire.vertices = Points::Random(3, 4) * 0.05;
    wire.is_closed = false;
    wire.current = 1;
    coil.wires.push_back(wire);
    const Coil again = assemble(model_of(coil));
    ASSERT_EQ(again.wires.size(), 2U);
    EXPECT_EQ(again.wires[0].vertices.cols(), 7);
    EXPECT_TRUE(again.wires[0].is_closed);
    EXPECT_FALSE(again.wires[1].is_closed);
    const Points points = Points::Random(3, 20) * 0.05 + Vector3(0, 0, 0.1).replicate(1, 20);
    const VectorField before = vector_potential(coil, points);
    EXPECT_LT((vector_potential(again, points) - before).norm() / before.norm(), 1e-12);
}

TEST(CoilModel, SharesOfCurrentBecomeShortPieces) {
    WindingOptions winding;
    winding.inner_radius = 0.03;
    winding.outer_radius = 0.04;
    winding.n_turns = 2;
    winding.conductor_height = 0.005;
    Coil coil = round_coil("round", winding);
    for (WirePath& wire : coil.wires) wire.current *= 0.6;
    const CoilModel model = model_of(coil);
    const auto& lines = std::get<LineElements>(model.elements.at(0).source);
    EXPECT_LE(lines.vectors.colwise().norm().maxCoeff(), 0.001);
    const Points points = Points::Random(3, 20) * 0.03 + Vector3(0, 0, 0.05).replicate(1, 20);
    const VectorField before = vector_potential(coil, points);
    const VectorField after = vector_potential(assemble(model), points);
    EXPECT_LT((after - before).norm() / before.norm(), 1e-4); // (1 mm / 20 mm)² / 12 = 2e-4
    // A wrong sense or share must not pass.
    CoilSettings flipped;
    flipped.relative_currents = {{0, -1}};
    EXPECT_GT((vector_potential(assemble(model, flipped), points) - before).norm() / before.norm(), 1.9);
}

TEST(CoilModel, ModelOfKeepsTheRest) {
    Coil coil = assemble(sample_coil_model());
    coil.didt_at_full_output = 1e8;
    const Coil again = assemble(model_of(coil));
    EXPECT_EQ(again.name, coil.name);
    EXPECT_EQ(again.stimulator, coil.stimulator);
    EXPECT_EQ(again.didt_at_full_output, coil.didt_at_full_output);
    EXPECT_EQ(again.dipoles.positions, coil.dipoles.positions);
    EXPECT_EQ(again.dipoles.moments, coil.dipoles.moments);
    ASSERT_EQ(again.grids.size(), 1U);
    EXPECT_EQ(again.grids[0].values, coil.grids[0].values);
    EXPECT_EQ(again.casing->nodes, coil.casing->nodes);
    EXPECT_EQ(again.casing->triangles, coil.casing->triangles);
    EXPECT_EQ(again.waveforms.size(), coil.waveforms.size());
    EXPECT_EQ(again.brand, "Ours");
    EXPECT_EQ(model_of(coil).limits, sample_coil_model().limits);
    EXPECT_EQ(again.sampling_region->resolution, sample_coil_model().resolution);
}

TEST(CoilModel, FaultsAreNamedWithTheirPlace) {
    const auto error = [](auto spoil) {
        CoilModel model = sample_coil_model();
        spoil(model);
        return corticoil::test::error_of([&] { check(model, "a.tcd"); });
    };
    EXPECT_EQ(error([](CoilModel&) {}), "no error");
    EXPECT_EQ(
        error([](CoilModel& m) { m.elements[1].stimulator = 2; }),
        "a.tcd: coilElementList[1].stimulator is 2, but stimulatorList has 2 entries (indices count from 0)");
    EXPECT_THAT(error([](CoilModel& m) { m.elements[0].casing = -1; }),
                HasSubstr("coilElementList[0].elementCasing"));
    EXPECT_THAT(error([](CoilModel& m) { m.casing = 2; }), HasSubstr("coilCasing is 2"));
    EXPECT_THAT(error([](CoilModel& m) { m.elements[0].deformations = {4}; }),
                HasSubstr("deformations[0] is 4, but deformList has 4"));
    EXPECT_THAT(error([](CoilModel& m) {
                    m.elements[0].deformations = {1, 3, 1};
                }),
                HasSubstr("deformations[2] repeats deformation 1"));
    EXPECT_THAT(error([](CoilModel& m) { m.deformations[1].range = 3; }),
                HasSubstr("deformList[1].deformRange"));
    EXPECT_THAT(error([](CoilModel& m) { m.deformations[3].point2 = m.deformations[3].point1; }),
                HasSubstr("no axis"));
    EXPECT_THAT(error([](CoilModel& m) { m.deformation_ranges[0].initial = 11; }),
                HasSubstr("outside its range"));
    EXPECT_THAT(error([](CoilModel& m) { m.deformation_ranges[0].minimum = 11; }),
                HasSubstr("smaller number"));
    EXPECT_THAT(error([](CoilModel& m) { m.casings[0].surface.triangles(1, 2) = 4; }),
                HasSubstr("coilModels[0].faces[2] names point 4"));
    EXPECT_THAT(error([](CoilModel& m) { std::get<0>(m.elements[0].source).moments(0, 3) = NAN; }),
                HasSubstr("coilElementList[0].values[3] holds a number that is not finite"));
    EXPECT_THAT(
        error([](CoilModel& m) { std::get<1>(m.elements[1].source).vectors.conservativeResize(3, 3); }),
        HasSubstr("has 3 rows, but 'points' has 4"));
    EXPECT_THAT(error([](CoilModel& m) {
                    std::get<2>(m.elements[2].source).size = {2, 3, 5};
                }),
                HasSubstr("coilElementList[2].data: 24 samples of A on a grid of 2×3×5"));
    EXPECT_THAT(
        error([](CoilModel& m) { std::get<2>(m.elements[2].source).coil_from_voxel.linear().setZero(); }),
        HasSubstr("coilElementList[2].data: its affine"));
    EXPECT_THAT(error([](CoilModel& m) { m.stimulators[0].waveforms[0].fit.pop_back(); }),
                HasSubstr("stimulatorList[0].waveformList[0].fit has 2 numbers, but 'time' has 3"));
    EXPECT_THAT(error([](CoilModel& m) { m.stimulators[0].largest_didt = 0; }), HasSubstr("maxdIdt is 0"));
    EXPECT_THAT(error([](CoilModel& m) {
                    m.self_intersection_groups[1] = {1, 4};
                }),
                HasSubstr("names part 4"));
    EXPECT_THAT(error([](CoilModel& m) { m.self_intersection_groups[1] = {1, 1}; }), HasSubstr("twice"));
    EXPECT_THAT(error([](CoilModel& m) { m.limits->col(1) = m.limits->col(0); }),
                HasSubstr("limits has a least value that is not below"));
    // Magnitudes that would take memory and time without bound.
    EXPECT_THAT(error([](CoilModel& m) { std::get<1>(m.elements[1].source).vectors(0, 1) = 1e18; }),
                HasSubstr("coilElementList[1].values holds 1e+18, more than 1 "));
    EXPECT_THAT(error([](CoilModel& m) { std::get<0>(m.elements[0].source).positions(2, 0) = 11; }),
                HasSubstr("coilElementList[0].points holds 11, more than 10 "));
    EXPECT_THAT(error([](CoilModel& m) { std::get<0>(m.elements[0].source).moments(2, 0) = -2e6; }),
                HasSubstr("coilElementList[0].values holds 2e+06"));
    EXPECT_THAT(error([](CoilModel& m) { m.casings[0].surface.nodes(1, 1) = 1e97; }),
                HasSubstr("coilModels[0].points holds 1e+97"));
    EXPECT_THAT(error([](CoilModel& m) { m.deformation_ranges[0].maximum = 1e300; }),
                HasSubstr("deformRangeList[0].range reaches beyond"));
    EXPECT_THAT(error([](CoilModel& m) {
                    const CoilElement grid = m.elements[2];
                    m.elements.insert(m.elements.end(), 40, grid);
                }),
                HasSubstr("grids; at most 32"));
    EXPECT_THAT(error([](CoilModel& m) { m.elements.clear(); }), HasSubstr("coilElementList is empty"));
}

TEST(CoilModel, SharedCasingsDoNotOutgrowTheFile) {
    CoilModel model = movable({});
    SurfaceMesh large{Points::Zero(3, 2000), Triangles::Zero(3, 2)};
    model.casings = {{large, Points()}};
    model.elements[0].casing = 0;
    model.elements.resize(400, model.elements[0]);
    EXPECT_EQ(assemble(model).casing->n_nodes(), 800'000);
    model.elements.resize(600, model.elements[0]);
    EXPECT_THAT(corticoil::test::error_of([&] { (void)assemble(model); }), HasSubstr("give coarser casings"));
}

} // namespace
} // namespace corticoil::coils
