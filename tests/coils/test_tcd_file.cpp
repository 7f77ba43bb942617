#include "coils/tcd_file.h"

#include "coils/coil_file.h"
#include "coils/encoded_array.h"
#include "coils/primary_field.h"
#include "core/constants.h"
#include "sample_coil_model.h"
#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace corticoil::coils {
namespace {

using corticoil::test::error_of;
using test::sample_coil_model;
using testing::HasSubstr;

void expect_equal(const SurfaceMesh& a, const SurfaceMesh& b) {
    EXPECT_EQ(a.nodes, b.nodes);
    EXPECT_EQ(a.triangles, b.triangles);
}

void expect_equal(const ElementSource& a, const ElementSource& b) {
    ASSERT_EQ(a.index(), b.index());
    if (const auto* dipoles = std::get_if<MagneticDipoles>(&a)) {
        EXPECT_EQ(dipoles->positions, std::get<MagneticDipoles>(b).positions);
        EXPECT_EQ(dipoles->moments, std::get<MagneticDipoles>(b).moments);
    } else if (const auto* lines = std::get_if<LineElements>(&a)) {
        EXPECT_EQ(lines->midpoints, std::get<LineElements>(b).midpoints);
        EXPECT_EQ(lines->vectors, std::get<LineElements>(b).vectors);
    } else {
        const auto& grid = std::get<SampledPotential>(b);
        EXPECT_EQ(std::get<SampledPotential>(a).size, grid.size);
        EXPECT_EQ(std::get<SampledPotential>(a).coil_from_voxel.matrix(), grid.coil_from_voxel.matrix());
        EXPECT_EQ(std::get<SampledPotential>(a).values, grid.values);
    }
}

void expect_equal(const CoilModel& a, const CoilModel& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.brand, b.brand);
    EXPECT_EQ(a.version, b.version);
    EXPECT_EQ(a.limits, b.limits);
    EXPECT_EQ(a.resolution, b.resolution);
    EXPECT_EQ(a.casing, b.casing);
    EXPECT_EQ(a.self_intersection_groups, b.self_intersection_groups);
    ASSERT_EQ(a.elements.size(), b.elements.size());
    for (std::size_t i = 0; i < a.elements.size(); ++i) {
        EXPECT_EQ(a.elements[i].name, b.elements[i].name);
        EXPECT_EQ(a.elements[i].stimulator, b.elements[i].stimulator);
        EXPECT_EQ(a.elements[i].casing, b.elements[i].casing);
        EXPECT_EQ(a.elements[i].deformations, b.elements[i].deformations);
        expect_equal(a.elements[i].source, b.elements[i].source);
    }
    ASSERT_EQ(a.stimulators.size(), b.stimulators.size());
    for (std::size_t i = 0; i < a.stimulators.size(); ++i) {
        EXPECT_EQ(a.stimulators[i].name, b.stimulators[i].name);
        EXPECT_EQ(a.stimulators[i].brand, b.stimulators[i].brand);
        EXPECT_EQ(a.stimulators[i].largest_didt, b.stimulators[i].largest_didt);
        ASSERT_EQ(a.stimulators[i].waveforms.size(), b.stimulators[i].waveforms.size());
        for (std::size_t w = 0; w < a.stimulators[i].waveforms.size(); ++w) {
            EXPECT_EQ(a.stimulators[i].waveforms[w].name, b.stimulators[i].waveforms[w].name);
            EXPECT_EQ(a.stimulators[i].waveforms[w].time, b.stimulators[i].waveforms[w].time);
            EXPECT_EQ(a.stimulators[i].waveforms[w].signal, b.stimulators[i].waveforms[w].signal);
            EXPECT_EQ(a.stimulators[i].waveforms[w].fit, b.stimulators[i].waveforms[w].fit);
        }
    }
    ASSERT_EQ(a.deformation_ranges.size(), b.deformation_ranges.size());
    for (std::size_t i = 0; i < a.deformation_ranges.size(); ++i) {
        EXPECT_EQ(a.deformation_ranges[i].initial, b.deformation_ranges[i].initial);
        EXPECT_EQ(a.deformation_ranges[i].minimum, b.deformation_ranges[i].minimum);
        EXPECT_EQ(a.deformation_ranges[i].maximum, b.deformation_ranges[i].maximum);
    }
    ASSERT_EQ(a.deformations.size(), b.deformations.size());
    for (std::size_t i = 0; i < a.deformations.size(); ++i) {
        EXPECT_EQ(a.deformations[i].range, b.deformations[i].range);
        EXPECT_EQ(a.deformations[i].kind, b.deformations[i].kind);
        EXPECT_EQ(a.deformations[i].point1, b.deformations[i].point1);
        EXPECT_EQ(a.deformations[i].point2, b.deformations[i].point2);
    }
    ASSERT_EQ(a.casings.size(), b.casings.size());
    for (std::size_t i = 0; i < a.casings.size(); ++i) {
        expect_equal(a.casings[i].surface, b.casings[i].surface);
        EXPECT_EQ(a.casings[i].minimum_distance_points, b.casings[i].minimum_distance_points);
    }
}

TEST(TcdFile, RoundTripIsExactInTextAndBinary) {
    const CoilModel model = sample_coil_model();
    for (const ArrayFormat format : {ArrayFormat::text, ArrayFormat::binary}) {
        expect_equal(model, parse_tcd(tcd_text(model, format), "sample"));
    }
    const corticoil::test::TemporaryFolder folder;
    write_tcd(folder / "sample.tcd", model, ArrayFormat::binary);
    expect_equal(model, read_tcd(folder / "sample.tcd"));
    // Nothing but the file is left, and it reads as a coil.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
    EXPECT_EQ(read_coil_file(folder / "sample.tcd").dipoles.positions.cols(), 4);
    EXPECT_THAT(error_of([&] { write_tcd(folder / "no" / "sample.tcd", model); }),
                HasSubstr("cannot be written"));
}

/// A coil of one dipole, with `element` in place of its arrays and `rest` behind its lists.
std::string small_file(const std::string& element, const std::string& rest = "") {
    return fmt::format(
        R"({{"coilElementList": [{{"stimulator": 0, {}}}], "stimulatorList": [{{"name": "S"}}]{}}})", element,
        rest);
}

const std::string one_dipole = R"("type": 1, "points": [[1, 2, 3]], "values": [[4, 5, 6]])";

std::string error_in(const std::string& text) {
    return error_of([&] { (void)parse_tcd(text, "bad.tcd"); });
}

TEST(TcdFile, NegativeZerosAreWrittenAsTheyReadBack) {
    CoilModel model = sample_coil_model();
    std::get<0>(model.elements[0].source).moments(0, 0) = -0.0;
    std::get<0>(model.elements[0].source).positions(1, 0) = -0.0;
    std::get<2>(model.elements[2].source).values(2, 3) = -0.0F;
    model.deformation_ranges[0].minimum = -0.0;
    model.deformation_ranges[0].initial = std::max(model.deformation_ranges[0].initial, 0.0);
    for (const ArrayFormat format : {ArrayFormat::text, ArrayFormat::binary}) {
        const std::string text = tcd_text(model, format);
        EXPECT_EQ(tcd_text(parse_tcd(text, "again.tcd"), format), text);
    }
}

TEST(TcdFile, LengthsAreMillimetresAndUnknownKeysArePassedOver) {
    const CoilModel model = parse_tcd(
        small_file(one_dipole + R"(, "note": {"points": [1, [2, {"a": []}], null, "x"], "type": 9})",
                   R"(, "remarks": [[], {}, true], "deformList": [], "coilCasing": null)"),
        "a.tcd");
    const auto& dipoles = std::get<MagneticDipoles>(model.elements.at(0).source);
    EXPECT_LT((dipoles.positions - Vector3(0.001, 0.002, 0.003)).norm(), 1e-18);
    EXPECT_EQ(dipoles.moments, Vector3(4, 5, 6));
    EXPECT_FALSE(model.casing);
    const CoilModel lines =
        parse_tcd(small_file(R"("type": 2, "points": [[1, 2, 3]], "values": [[4, 5, 6]])"), "a");
    EXPECT_LT(
        (std::get<LineElements>(lines.elements.at(0).source).vectors - Vector3(0.004, 0.005, 0.006)).norm(),
        1e-17);
}

TEST(TcdFile, GridsRunFastestOverZInTheFile) {
    const CoilModel model =
        parse_tcd(small_file(R"("type": 3, "affine": [[2,0,0,10],[0,3,0,20],[0,0,4,30],[0,0,0,1]],
                      "data": [[[[0.1,0,0],[0.2,0,0],[0.3,0,0]],[[0.4,0,0],[0.5,0,0],[0.6,0,0]]],
                               [[[0.7,0,0],[0.8,0,0],[0.9,0,0]],[[0,0.1,0],[0,0.2,0],[0,0.3,0]]]])"),
                  "a.tcd");
    const auto& grid = std::get<SampledPotential>(model.elements.at(0).source);
    EXPECT_EQ(grid.size, (std::array{2, 2, 3}));
    EXPECT_EQ(grid.values(0, 0), 0.1F);
    EXPECT_EQ(grid.values(0, 1), 0.7F); // x next
    EXPECT_EQ(grid.values(0, 2), 0.4F); // then y
    EXPECT_EQ(grid.values(0, 4), 0.2F); // then z
    EXPECT_LT((grid.coil_from_voxel * Vector3(1, 1, 1) - Vector3(0.012, 0.023, 0.034)).norm(), 1e-17);
}

TEST(TcdFile, BrokenTextIsNamedWithItsPlace) {
    EXPECT_THAT(error_in(""), HasSubstr("bad.tcd: line 1, column"));
    EXPECT_THAT(error_in("{\n \"name\": nan}"), HasSubstr("line 2, column"));
    EXPECT_THAT(error_in(R"({"name": "a")"), HasSubstr("is not JSON"));
    EXPECT_THAT(error_in("{} {}"), HasSubstr("is not JSON"));
    EXPECT_THAT(error_in("[1, 2]"), HasSubstr("is JSON but no object"));
    EXPECT_THAT(error_in("7"), HasSubstr("is JSON but no object"));
    EXPECT_THAT(error_in("{}"), HasSubstr("coilElementList is missing"));
    EXPECT_THAT(error_in(R"({"name": "a", "name": "b"})"), HasSubstr("name is given twice"));
    EXPECT_THAT(error_in(R"({"name": {}})"), HasSubstr("name is an object"));
    EXPECT_THAT(error_in(R"({"name": 3})"), HasSubstr("name must be a text"));
    EXPECT_THAT(error_in(small_file(R"("type": 1, "points": [[1e999, 0, 0]], "values": [[1, 0, 0]])")),
                HasSubstr("number overflow"));
    EXPECT_THAT(error_in(std::string(100'000, '[')), HasSubstr("is JSON but no object"));
    EXPECT_THAT(error_in(R"({"note": )" + std::string(100'000, '[')),
                HasSubstr("note is nested more than 64 deep"));
    EXPECT_THAT(error_in(R"({"coilElementList": [{"points": )" + std::string(100'000, '[')),
                HasSubstr("coilElementList[0].points is nested more than 64 deep"));
    std::string crowd = R"({"coilElementList": [)";
    for (int i = 0; i < 5000; ++i) crowd += "{},";
    EXPECT_THAT(error_in(crowd + "{}]}"), HasSubstr("one object too many"));
}

TEST(TcdFile, WrongArraysAreNamedWithTheirPlace) {
    const auto with = [](const std::string& points, const std::string& values) {
        return error_in(small_file(fmt::format(R"("type": 1, "points": {}, "values": {})", points, values)));
    };
    EXPECT_EQ(with("[[1, 2, 3]]", "[[1, 2, 3]]"), "no error");
    EXPECT_THAT(with("[[1, 2, 3], [1, 2]]", "[[1, 2, 3]]"),
                HasSubstr("bad.tcd: coilElementList[0].points must be rows of three"));
    EXPECT_THAT(with("[1, 2, 3]", "[[1, 2, 3]]"), HasSubstr("must be a list of lists of numbers"));
    EXPECT_THAT(with("[[1, 2, 3], 4]", "[[1, 2, 3]]"), HasSubstr("points mixes numbers and lists"));
    EXPECT_THAT(with("[[1, 2, [3]]]", "[[1, 2, 3]]"), HasSubstr("points mixes numbers and lists"));
    EXPECT_THAT(with("[[1, 2, null]]", "[[1, 2, 3]]"),
                HasSubstr("points holds null where a number is expected"));
    EXPECT_THAT(with("[[1, 2, \"3\"]]", "[[1, 2, 3]]"), HasSubstr("holds a text where"));
    EXPECT_THAT(with("[[1, 2, {}]]", "[[1, 2, 3]]"), HasSubstr("mixes numbers and objects"));
    EXPECT_THAT(with("[{}, 2]", "[[1, 2, 3]]"), HasSubstr("mixes objects and numbers"));
    EXPECT_THAT(with("[[], []]", "[[1, 2, 3]]"), HasSubstr("holds an empty list"));
    EXPECT_THAT(with("[]", "[]"), HasSubstr("coilElementList[0].points is empty"));
    EXPECT_THAT(with("null", "[[1, 2, 3]]"), HasSubstr("points is missing"));
    EXPECT_THAT(with("7", "[[1, 2, 3]]"), HasSubstr("must be a list of lists of numbers"));
    EXPECT_THAT(with("[[1, 2, 3]]", "[[1, 2, 3], [1, 2, 3]]"),
                HasSubstr("values has 2 rows, but 'points' has 1"));
}

TEST(TcdFile, WrongIndicesAndKindsAreRefused) {
    const auto element = [](const std::string& text) { return error_in(small_file(text)); };
    EXPECT_THAT(element(R"("type": 4, "points": [[1, 2, 3]], "values": [[1, 2, 3]])"),
                HasSubstr("type is 4"));
    EXPECT_THAT(element(R"("type": 1.5)"), HasSubstr("holds 1.5, which is no index"));
    EXPECT_THAT(element(R"("points": [[1, 2, 3]])"), HasSubstr("type is missing"));
    EXPECT_THAT(element(one_dipole + R"(, "deformations": [-1])"), HasSubstr("deformations holds -1"));
    EXPECT_THAT(element(one_dipole + R"(, "deformations": [1000000000])"),
                HasSubstr("is 1000000000, but deformList has 0 entries"));
    EXPECT_THAT(element(one_dipole + R"(, "elementCasing": 1e300)"), HasSubstr("elementCasing holds 1e+300"));
    const auto rest = [](const std::string& text) { return error_in(small_file(one_dipole, ", " + text)); };
    EXPECT_THAT(rest(R"("deformRangeList": [{"initial": 0, "range": [1]}])"),
                HasSubstr("deformRangeList[0].range"));
    EXPECT_THAT(rest(R"("deformRangeList": [{"initial": 0, "range": [-1, 1]}],
                        "deformList": [{"deformRange": 0, "type": "w"}])"),
                HasSubstr("deformList[0].type is 'w'"));
    EXPECT_THAT(rest(R"("deformRangeList": [{"initial": 0, "range": [-1, 1]}],
                        "deformList": [{"deformRange": 0, "type": "rot2p", "point1": [0, 0, 0]}])"),
                HasSubstr("deformList[0].point2 is missing"));
    EXPECT_THAT(rest(R"("coilModels": [{"points": [[0,0,0],[1,0,0],[0,1,0]], "faces": [[0,1,3]]}])"),
                HasSubstr("coilModels[0].faces[0] names point 3"));
    EXPECT_THAT(rest(R"("coilModels": [{"points": [[0,0,0]]}])"),
                HasSubstr("coilModels[0].faces is missing"));
    EXPECT_THAT(rest(R"("limits": [[0, 1], [0, 1]])"), HasSubstr("limits must be 3 lists of 2 numbers"));
    EXPECT_THAT(rest(R"("selfIntersectionTest": [[0, 2]])"),
                HasSubstr("selfIntersectionTest[0] names part 2"));
    EXPECT_THAT(rest(R"("selfIntersectionTest": [0, 1])"), HasSubstr("must be a list of lists"));
    EXPECT_THAT(element(R"("type": 3, "data": [[[[1, 0, 0]]]])"), HasSubstr("affine is missing"));
    EXPECT_THAT(element(R"("type": 3, "data": [[[[1, 0, 0], [1, 0, 0]], [[1, 0, 0]]]],
                           "affine": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])"),
                HasSubstr("of one length at each depth"));
    EXPECT_THAT(element(R"("type": 3, "data": [[[[1e39, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]],
                                    [[[0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]]],
                           "affine": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])"),
                HasSubstr("coilElementList[0].data: A is (inf, 0, 0)"));
}

/// base64(zlib(bytes)) of `n` zeros, as a file would hold it.
std::string zeros_compressed(std::size_t n) {
    return encode_array(std::string(n, '\0'));
}

TEST(TcdFile, WrongCompressedArraysAreRefused) {
    const auto with = [](const std::string& points) {
        return error_in(
            small_file(fmt::format(R"("type": 1, "points": "{}", "values": [[1, 2, 3]])", points)));
    };
    const std::string good = zeros_compressed(24);
    EXPECT_EQ(with(good), "no error");
    EXPECT_EQ(with(good.substr(0, 4) + "\\n" + good.substr(4)), "no error");
    EXPECT_THAT(with("x!"), HasSubstr("coilElementList[0].points: is text but not base64 (character 2)"));
    EXPECT_THAT(with(good.substr(0, good.size() - 1)), HasSubstr("base64 is cut"));
    EXPECT_THAT(with(good.substr(0, good.size() - 8)),
                HasSubstr("coilElementList[0].points: its compressed data"));
    EXPECT_THAT(with("AAAA" + good.substr(4)), HasSubstr("damaged"));
    EXPECT_THAT(with(zeros_compressed(23)), HasSubstr("inflates to 23 bytes"));
    EXPECT_THAT(with(zeros_compressed(32)), HasSubstr("inflates to 4 numbers, which are no rows of three"));
    EXPECT_THAT(with(zeros_compressed(48)), HasSubstr("values has 1 rows, but 'points' has 2"));
    const double infinite[3] = {INFINITY, 0, 0};
    EXPECT_THAT(with(encode_array({reinterpret_cast<const char*>(infinite), sizeof infinite})),
                HasSubstr("points[0] holds a number that is not finite"));
    const std::int64_t corners[3] = {0, 1, -2};
    EXPECT_THAT(
        error_in(small_file(
            one_dipole, fmt::format(R"(, "coilModels": [{{"points": [[0, 0, 0]], "faces": "{}"}}])",
                                    encode_array({reinterpret_cast<const char*>(corners), sizeof corners})))),
        HasSubstr("coilModels[0].faces holds -2, which is no index"));
}

TEST(TcdFile, WhatInflatesTooFarIsStopped) {
    DecompressionBudget budget{1000};
    EXPECT_EQ(decode_array(zeros_compressed(600), "a", budget), std::string(600, '\0'));
    EXPECT_EQ(budget.bytes, 400U); // One budget for all arrays of a file.
    EXPECT_THAT(error_of([&] { (void)decode_array(zeros_compressed(401), "b", budget); }),
                HasSubstr("b: inflates beyond what one coil file may hold"));
    EXPECT_EQ(budget.bytes, 400U);
}

TEST(TcdFile, PickledPotentialsAreNeverRead) {
    EXPECT_THAT(error_in(small_file(R"("type": 3, "data": "eJxrYJlaCgADnQHA",
                                       "affine": [[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]])")),
                testing::AllOf(HasSubstr("coilElementList[0].data"), HasSubstr("Python pickle"),
                               HasSubstr("as lists of numbers")));
}

TEST(TcdFile, H7ReadsAsMeasured) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/Brainsway_H7.tcd");
    const CoilModel model = read_tcd(path);
    EXPECT_EQ(model.name, "H7");
    ASSERT_EQ(model.elements.size(), 3U);
    EXPECT_EQ(model.elements[1].name, "first");
    EXPECT_EQ(std::get<LineElements>(model.elements[0].source).midpoints.cols(), 4810);
    EXPECT_EQ(model.elements[2].deformations, std::vector{1});
    ASSERT_EQ(model.deformation_ranges.size(), 2U);
    EXPECT_EQ(model.deformation_ranges[1].minimum, -10);
    EXPECT_EQ(model.deformation_ranges[1].maximum, 10);
    EXPECT_EQ(model.casings.at(2).surface.n_triangles(), 9016);
    expect_equal(model, parse_tcd(tcd_text(model), "H7"));
    expect_equal(model, parse_tcd(tcd_text(model, ArrayFormat::binary), "H7"));

    const Coil coil = read_coil_file(path);
    EXPECT_EQ(coil.didt_at_full_output, 114.7e6);
    EXPECT_EQ(coil.stimulator, "Rapid");
    ASSERT_TRUE(coil.casing);
    EXPECT_EQ(coil.casing->n_triangles(), 8728 + 628 + 9016);
    // The potential as currents at the midpoints: µ0/4π Σ v/r, to second order in 0.5 mm over the distance.
    const Points point = Vector3(0, 0, 0.02);
    Vector3 expected = Vector3::Zero();
    for (const CoilElement& element : model.elements) {
        const auto& lines = std::get<LineElements>(element.source);
        for (Eigen::Index i = 0; i < lines.midpoints.cols(); ++i) {
            expected += vacuum_permeability / (4 * pi) * lines.vectors.col(i) /
                        (point - lines.midpoints.col(i)).norm();
        }
    }
    const VectorField potential = vector_potential(coil, point);
    EXPECT_GT(potential.norm(), 0);
    EXPECT_LT((potential - expected).norm() / expected.norm(), 1e-4);
    // Turning a wing changes it.
    CoilSettings turned;
    turned.range_values = {{0, 10}};
    EXPECT_GT((vector_potential(assemble(model, turned), point) - potential).norm() / potential.norm(), 1e-3);
}

} // namespace
} // namespace corticoil::coils
