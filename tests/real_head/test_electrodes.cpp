// 10-10 positions on Colin27 against the average MNI head's.
#include "core/constants.h"
#include "core/mni_mapping.h"
#include "io/gmsh.h"
#include "planning/scalp.h"
#include "planning/ten_ten.h"
#include "real_head/demo_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace corticoil {
namespace {

using test::demo;

/// MNI positions on the scalp [mm]: Jurcak et al. 2007 (NeuroImage 34:1600), means over 17 heads, as SimNIBS
/// distributes them.
const std::map<std::string, Vector3> published{
    {"Fp1", {-29.3, 81.6, -8.6}},   {"AF3", {-34.6, 75.4, 19.5}},   {"F5", {-62.9, 46.0, 16.0}},
    {"F3", {-49.1, 52.5, 39.3}},    {"F4", {50.8, 53.0, 40.2}},     {"Fz", {0.4, 59.6, 64.4}},
    {"FC3", {-59.0, 22.2, 53.8}},   {"FC1", {-33.1, 26.2, 76.0}},   {"FCz", {0.6, 27.9, 85.1}},
    {"C3", {-67.7, -11.3, 61.2}},   {"C4", {68.4, -11.2, 62.0}},    {"C1", {-38.3, -9.1, 86.4}},
    {"Cz", {0, -8.2, 97.3}},        {"CPz", {0, -48.4, 98.4}},      {"Pz", {-0.4, -84.6, 79.3}},
    {"Oz", {0, -118.5, 8.2}},       {"I1", {-27.6, -110.7, -35.0}}, {"I2", {27.7, -110.7, -34.8}},
    {"PO9", {-51.4, -95.0, -39.6}}, {"PO10", {51.9, -95.3, -39.3}}};

MniMapping mapping() {
    const std::filesystem::path file = demo / "subject/mni.json";
    MniMapping mni;
    mni.mni_from_head.matrix() = io::matrix4_member(io::read_json(file), "mni_from_head", file.string());
    mni.mni_from_head.translation() *= metres_per_millimetre;
    return mni;
}

struct Distances {
    double mean = 0;
    double largest = 0;
};

/// Distances [mm] of positions on a scalp from the scalp's points nearest to the published ones.
Distances distances(const std::vector<planning::ScalpPosition>& positions, const planning::Scalp& scalp,
                    const MniMapping& mni) {
    Distances found;
    for (const planning::ScalpPosition& position : positions) {
        const auto wanted = published.find(position.name);
        if (wanted == published.end()) continue;
        const Vector3 on_scalp = scalp.nearest_point(mni.to_head(wanted->second * metres_per_millimetre));
        const double mm = (position.point - on_scalp).norm() * millimetres_per_metre;
        found.mean += mm / static_cast<double>(published.size());
        found.largest = std::max(found.largest, mm);
    }
    return found;
}

std::vector<planning::ScalpPosition> positions_of_demo() {
    const nlohmann::json content = io::read_json(demo / "subject/electrodes.json");
    std::vector<planning::ScalpPosition> positions;
    for (const std::string& name : planning::ten_ten_names()) {
        positions.push_back(
            {name, io::vector3_member(content["positions"], name, "positions") * metres_per_millimetre});
    }
    return positions;
}

TEST(RealHeadElectrodes, LieWhereTheAverageHeadHasThem) {
    const TetMesh mesh = io::read_gmsh(demo / "subject/head.msh");
    const planning::Scalp scalp(mesh);
    const MniMapping mni = mapping();
    const Distances found = distances(positions_of_demo(), scalp, mni);
    RecordProperty("mean_mm", std::to_string(found.mean));
    RecordProperty("largest_mm", std::to_string(found.largest));
    EXPECT_LT(found.mean, 4);
    EXPECT_LT(found.largest, 8);
    for (const planning::ScalpPosition& position : positions_of_demo())
        EXPECT_LT((position.point - scalp.nearest_point(position.point)).norm(), 1e-6) << position.name;

    // A nasion 15 mm too high moves everything along the midline.
    planning::Fiducials fiducials = planning::mni_fiducials();
    fiducials.nasion.z() += 0.015;
    for (Vector3* point :
         {&fiducials.nasion, &fiducials.inion, &fiducials.left_preauricular, &fiducials.right_preauricular}) {
        *point = scalp.nearest_point(mni.to_head(*point));
    }
    const Distances wrong =
        distances(planning::ten_ten_positions(scalp.surface(), fiducials).positions, scalp, mni);
    EXPECT_GT(wrong.mean, 4.5);
    EXPECT_GT(wrong.largest, 10);
}

TEST(RealHeadElectrodes, MeasureTheHeadAsATapeWould) {
    const nlohmann::json content = io::read_json(demo / "subject/electrodes.json");
    // Colin27 in MNI space is a large head: adult means are 35 to 36 cm over the vertex, 57 cm around.
    EXPECT_NEAR(content["nasion_to_inion_mm"].get<double>(), 400, 20);
    EXPECT_NEAR(content["ear_to_ear_mm"].get<double>(), 405, 20);
    EXPECT_NEAR(content["circumference_mm"].get<double>(), 622, 20);
}

} // namespace
} // namespace corticoil
