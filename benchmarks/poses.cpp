#include "benchmarks/poses.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "planning/placement.h"
#include "planning/scalp.h"
#include "planning/target.h"

#include <limits>
#include <random>
#include <sstream>

namespace corticoil::benchmarks {

namespace {

/// Barycentres of grey matter above the middle of the brain: where coils are put.
std::vector<Vector3> upper_grey_matter(const TetMesh& mesh) {
    const Points centres = barycentres(mesh);
    std::vector<Vector3> grey;
    Vector3 sum = Vector3::Zero();
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != tissue::grey_matter) continue;
        grey.emplace_back(centres.col(t));
        sum += grey.back();
    }
    const double middle = sum.z() / static_cast<double>(grey.size());
    std::erase_if(grey, [middle](const Vector3& point) { return point.z() <= middle; });
    return grey;
}

} // namespace

std::vector<RigidTransform> spread_poses(const TetMesh& mesh, const coils::Coil& coil, int n,
                                         std::uint64_t seed) {
    const planning::Scalp scalp(mesh);
    const std::vector<Vector3> candidates = upper_grey_matter(mesh);
    if (candidates.empty()) throw Error("mesh: no grey matter (label 2) to put a coil over");
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::size_t next = random() % candidates.size();
    std::vector<double> nearest_squared(candidates.size(), std::numeric_limits<double>::infinity());
    std::vector<RigidTransform> poses;
    while (static_cast<int>(poses.size()) < n && nearest_squared[next] > 0) {
        const Vector3 target = candidates[next];
        const Vector3 direction(normal(random), normal(random), normal(random));
        poses.push_back(planning::place_over(scalp, coil, target, direction.normalized()).head_from_coil);
        std::size_t farthest = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            nearest_squared[i] = std::min(nearest_squared[i], (candidates[i] - target).squaredNorm());
            if (nearest_squared[i] > nearest_squared[farthest]) farthest = i;
        }
        next = farthest;
    }
    return poses;
}

Vector3 place_in_head(const std::string& target) {
    if (target.find(',') == std::string::npos) {
        const std::optional<Vector3> mni = planning::find_target(target).mni;
        if (!mni) throw Error("target " + target + ": a place on the scalp, not in the brain; give another");
        return *mni;
    }
    Vector3 place;
    std::stringstream text(target);
    std::string number;
    for (Eigen::Index axis = 0; axis < 3; ++axis) {
        std::getline(text, number, ',');
        place[axis] = std::stod(number) * metres_per_millimetre;
    }
    return place;
}

} // namespace corticoil::benchmarks
