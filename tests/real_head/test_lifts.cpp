// Coils lifted from a real head with its nose, ears and cut neck, against the exact clearance.
#include "coils/coil_library.h"
#include "io/gmsh.h"
#include "planning/clearance.h"
#include "planning/lift_profile.h"
#include "planning/scalp_places.h"
#include "real_head/demo_files.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace corticoil::planning {
namespace {

constexpr double gap = 0.004;
constexpr double most_intrusion = 0.0005;

struct Head {
    TetMesh mesh = io::read_gmsh(test::demo / "subject/head.msh");
    Scalp scalp{mesh};
    DistanceGrid grid{scalp};
    ScalpPlaces places{scalp, grid};
};

const Head& head() {
    static const Head one;
    return one;
}

/// A scalp point of the demo's subject by its 10-10 name [m].
Vector3 electrode(const std::string& name) {
    const nlohmann::json electrodes = io::read_json(test::demo / "subject/electrodes.json");
    const auto mm = electrodes.at("positions").at(name).get<std::vector<double>>();
    return Vector3(mm.at(0), mm.at(1), mm.at(2)) / 1000;
}

RigidTransform turned(const RigidTransform& head_from_plane, double angle, double lift) {
    return head_from_plane * RigidTransform(Eigen::AngleAxisd(angle, Vector3::UnitZ()).toRotationMatrix(),
                                            Vector3(0, 0, -lift));
}

/// Intrusions into the gap [m] by the lifts of one profile, and after confirming them with lift_at().
struct Intrusions {
    std::vector<double> at_once;
    std::vector<double> confirmed;
};

Intrusions intrusions(const coils::Coil& coil, const CasingProfile& profile,
                      const std::vector<ScalpPlace>& places, int n_poses) {
    constexpr double tolerance = 1e-4; // Of the exact clearance [m].
    std::mt19937 random(11);
    std::vector<float> found(static_cast<std::size_t>(profile.n_rotations()));
    Intrusions result;
    for (int attempt = 0; attempt < 4 * n_poses && static_cast<int>(result.at_once.size()) < n_poses;
         ++attempt) {
        const ScalpPlace& place = places[random() % places.size()];
        const Vector3 x = std::abs(place.normal.x()) < 0.9 ? Vector3::UnitX() : Vector3::UnitY();
        const RigidTransform plane = head_from_plane(place, x);
        lifts(head().grid, profile, plane, gap, found);
        const std::size_t j = random() % found.size();
        const double angle =
            2 * std::numbers::pi * static_cast<double>(j) / static_cast<double>(found.size());
        if (std::isinf(found[j])) continue;
        const RigidTransform pose = turned(plane, angle, found[j]);
        const double more = lift_at(head().grid, profile, pose, gap);
        if (std::isinf(more)) continue;
        const auto intrusion = [&](const RigidTransform& at) {
            return gap - signed_clearance(head().scalp, coil, at, tolerance).distance;
        };
        result.at_once.push_back(intrusion(pose));
        result.confirmed.push_back(more > 0 ? intrusion(turned(plane, angle, found[j] + more))
                                            : result.at_once.back());
    }
    std::sort(result.at_once.begin(), result.at_once.end());
    std::sort(result.confirmed.begin(), result.confirmed.end());
    return result;
}

/// Errors of the grid's distances [m], sorted, at random points this far from the scalp at most.
std::vector<double> grid_errors(double reach) {
    std::mt19937 random(12);
    std::uniform_real_distribution<double> share(-1, 1);
    const SurfaceMesh& scalp = head().scalp.surface();
    std::vector<double> errors;
    for (int i = 0; i < 10000; ++i) {
        const auto node = static_cast<Eigen::Index>(random() % static_cast<unsigned>(scalp.n_nodes()));
        const Vector3 point = Vector3(scalp.nodes.col(node)) +
                              reach / std::sqrt(3.0) * Vector3(share(random), share(random), share(random));
        const double exact = head().scalp.signed_distance(point);
        // Within the head, is_inside() knows cavities.
        if (exact > 0 && head().grid.distance(point) < -0.001) continue;
        errors.push_back(head().grid.distance(point) - exact);
    }
    std::sort(errors.begin(), errors.end());
    return errors;
}

TEST(DistanceGrid, IsTheDistanceFromARealHead) {
    const std::vector<double> near = grid_errors(0.008);
    const std::vector<double> far = grid_errors(0.060);
    RecordProperty("near_percentile_1_mm", std::to_string(near[near.size() / 100] * 1000));
    RecordProperty("near_percentile_99_mm", std::to_string(near[near.size() * 99 / 100] * 1000));
    RecordProperty("near_largest_mm", std::to_string(near.back() * 1000));
    RecordProperty("far_largest_mm", std::to_string(far.back() * 1000));
    EXPECT_GT(near.size(), 9900U) << "the side is wrong";
    EXPECT_GT(near[near.size() / 100], -0.0003);
    EXPECT_LT(near[near.size() * 99 / 100], 0.0003);
    EXPECT_LT(near.back(), 0.0015);
    EXPECT_LT(far.back(), 0.003);
}

TEST(Lifts, ClearARealHeadAtThousandRandomPoses) {
    const std::vector<ScalpPlace> anywhere =
        head().places.around(electrode("Cz"), {.radius = 0.3, .spacing = 0.004});
    const std::vector<ScalpPlace> at_inion =
        head().places.around(electrode("Iz"), {.radius = 0.02, .spacing = 0.002});
    int n_poses = 0;
    for (const std::string& name : coils::coil_names()) {
        const coils::Coil coil = coils::load_coil(name);
        const CasingProfile profile(coil);
        EXPECT_GE(profile.n_points(), 500) << name;
        for (const std::vector<ScalpPlace>* const places : {&anywhere, &at_inion}) {
            const Intrusions found = intrusions(coil, profile, *places, places == &anywhere ? 140 : 20);
            ASSERT_GE(found.at_once.size(), 20U) << name;
            n_poses += static_cast<int>(found.at_once.size());
            RecordProperty(name + (places == &anywhere ? "" : "_inion") + "_intrusion_mm",
                           std::to_string(found.confirmed.back() * 1000));
            EXPECT_LE(found.confirmed.back(), most_intrusion) << name;
            EXPECT_LE(found.at_once[found.at_once.size() * 98 / 100], most_intrusion) << name;
        }
    }
    EXPECT_GE(n_poses, 1000);
}

TEST(Lifts, OfAnotherCoilIntrude) {
    const std::vector<ScalpPlace> at_inion =
        head().places.around(electrode("Iz"), {.radius = 0.02, .spacing = 0.004});
    const coils::Coil coil = coils::load_coil("double_cone");
    const CasingProfile flat(coils::load_coil("figure8_70mm"));
    EXPECT_GT(intrusions(coil, flat, at_inion, 10).confirmed.front(), 10 * most_intrusion);
}

} // namespace
} // namespace corticoil::planning
