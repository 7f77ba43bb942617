#include "planning/placement.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "core/tissue.h"
#include "planning/clearance.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>

namespace corticoil::planning {

namespace {

/// A coil deeper than this in the head is a mistake of units, axes or sign rather than a pressed scalp [m].
constexpr double most_depth = 0.015;

/// Axes with columns direction, normal × direction, normal for two orthogonal unit vectors.
Eigen::Matrix3d frame_of(const Vector3& direction, const Vector3& normal) {
    Eigen::Matrix3d frame;
    frame << direction, normal.cross(direction), normal;
    return frame;
}

} // namespace

Placement place_over(const Scalp& scalp, const coils::Coil& coil, const Vector3& target,
                     const Vector3& induced_direction, const PlacementOptions& options) {
    if (!scalp.is_inside(target)) {
        throw Error(fmt::format(
            "target: {} lies outside the head; give a point inside it, in millimetres of the head's own "
            "frame (RAS)",
            describe_point(target)));
    }
    return place_on(scalp, coil, scalp.nearest_point(target), target, induced_direction, options);
}

Placement place_on(const Scalp& scalp, const coils::Coil& coil, const Vector3& scalp_point,
                   const Vector3& target, const Vector3& induced_direction, const PlacementOptions& options) {
    Placement placement;
    placement.scalp_point = scalp_point;
    placement.target_depth = (target - placement.scalp_point).norm();
    placement.scalp_normal = scalp.smoothed_normal(placement.scalp_point, options.smoothing);
    const Vector3 inward = -placement.scalp_normal;
    const Vector3 tangential = induced_direction - induced_direction.dot(inward) * inward;
    constexpr double least_tangential_share = 0.05;
    if (tangential.norm() < least_tangential_share * induced_direction.norm()) {
        throw Error(fmt::format(
            "target at {}: the wanted direction of E is perpendicular to the scalp there; give one "
            "along it",
            describe_point(target)));
    }
    // Rotation that takes the coil's own direction and z axis to the wanted direction and the inward normal.
    const Vector3 own_direction = coil.induced_direction.value_or(Vector3::UnitY());
    const Eigen::Matrix3d rotation =
        frame_of(tangential.normalized(), inward) * frame_of(own_direction, Vector3::UnitZ()).transpose();
    placement.head_from_coil = RigidTransform(
        rotation, placement.scalp_point + options.stand_off * placement.scalp_normal, "coil pose");
    return placement;
}

std::optional<Vector3> brain_below(const TetMesh& mesh, const Scalp& scalp, const Vector3& scalp_point,
                                   double smoothing) {
    constexpr double step = 0.00025; // [m] A tenth of the cortex.
    constexpr int n_steps = 320;     // 80 mm: under the inion the cerebellum lies 25 to 30 mm deep.
    const PointLocator locator(mesh);
    const Vector3 inward = -scalp.smoothed_normal(scalp_point, smoothing);
    for (int i = 1; i <= n_steps; ++i) {
        const Vector3 point = scalp_point + i * step * inward;
        const std::optional<int> tetrahedron = locator.find(point);
        if (!tetrahedron) continue;
        const int label = mesh.labels[static_cast<std::size_t>(*tetrahedron)];
        if (tissue::is_brain(label)) return point;
    }
    return std::nullopt;
}

Contact check_contact(const Scalp& scalp, const coils::Coil& coil, const RigidTransform& head_from_coil) {
    const Clearance nearest = signed_clearance(scalp, coil, head_from_coil);
    Contact contact;
    contact.depth = std::max(0.0, -nearest.distance);
    contact.clearance = std::max(0.0, nearest.distance);
    const std::string where =
        fmt::format("{:.1f} mm inside the head at {}", contact.depth * millimetres_per_metre,
                    describe_point(nearest.point));
    if (contact.depth > most_depth) {
        throw Error(fmt::format(
            "coil {}: lies {}; more than {:.0f} mm cannot be a pressed scalp: check the pose's units "
            "(mm), axes (z points into the head) and frame (RAS)",
            coil.name, where, most_depth * millimetres_per_metre));
    }
    if (contact.depth > 0) contact.warnings.push_back(fmt::format("coil {} reaches {}", coil.name, where));
    return contact;
}

} // namespace corticoil::planning
