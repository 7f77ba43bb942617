#include "planning/clearance.h"

#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <queue>
#include <vector>

namespace corticoil::planning {

namespace {

/// A part of a casing's triangle with the least that its points' distance from the scalp can be.
struct Piece {
    std::array<Vector3, 3> corners;
    double bound;

    /// The nearest piece comes first out of a queue.
    bool operator<(const Piece& other) const { return bound > other.bound; }
};

/// Finds the point of least signed distance among pieces that are added to it.
class NearestPoint {
  public:
    explicit NearestPoint(const Scalp& scalp) : scalp_(scalp) {
        best_.distance = std::numeric_limits<double>::infinity();
    }

    void add_point(const Vector3& point) { (void)distance_at(point); }

    void add_triangle(const std::array<Vector3, 3>& corners) {
        const Vector3 centre = (corners[0] + corners[1] + corners[2]) / 3;
        double radius = 0;
        for (const Vector3& corner : corners) radius = std::max(radius, (corner - centre).norm());
        pieces_.push({corners, distance_at(centre) - radius});
    }

    /// Cuts pieces that may hold a nearer point until none is nearer by more than `tolerance`.
    [[nodiscard]] Clearance find(double tolerance) {
        while (!pieces_.empty() && pieces_.top().bound < best_.distance - tolerance) {
            const Piece piece = pieces_.top();
            pieces_.pop();
            cut(piece.corners);
        }
        return best_;
    }

  private:
    double distance_at(const Vector3& point) {
        const double distance = scalp_.signed_distance(point);
        if (distance < best_.distance) best_ = {distance, point};
        return distance;
    }

    /// In two at the middle of the longest edge: casings have long thin triangles.
    void cut(const std::array<Vector3, 3>& corners) {
        std::size_t apex = 0;
        double longest = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            const double length = (corners[(i + 1) % 3] - corners[(i + 2) % 3]).norm();
            if (length <= longest) continue;
            longest = length;
            apex = i;
        }
        const Vector3& a = corners[(apex + 1) % 3];
        const Vector3& b = corners[(apex + 2) % 3];
        const Vector3 middle = (a + b) / 2;
        add_triangle({corners[apex], a, middle});
        add_triangle({corners[apex], middle, b});
    }

    const Scalp& scalp_;
    Clearance best_;
    std::priority_queue<Piece> pieces_;
};

bool has_casing(const coils::Coil& coil) {
    return coil.casing && coil.casing->n_triangles() > 0;
}

RigidTransform lifted(const RigidTransform& head_from_coil, double lift) {
    return RigidTransform(head_from_coil.rotation(),
                          head_from_coil.translation() - lift * head_from_coil.rotation().col(2));
}

/// The lift [m] from which on no part of the coil is as deep, along its z axis, as the scalp's first point.
double lift_beyond_head(const Scalp& scalp, const coils::Coil& coil, const RigidTransform& head_from_coil,
                        double gap) {
    const double deepest_of_coil = coils::contact_points(coil).row(2).maxCoeff();
    const double first_of_scalp =
        head_from_coil.inverse().apply_to_points(scalp.surface().nodes).row(2).minCoeff();
    return std::max(0.0, deepest_of_coil - first_of_scalp + gap);
}

} // namespace

Clearance signed_clearance(const Scalp& scalp, const coils::Coil& coil, const RigidTransform& head_from_coil,
                           double tolerance) {
    CORTICOIL_ASSERT(tolerance > 0);
    NearestPoint nearest(scalp);
    if (!has_casing(coil)) {
        const Points points = head_from_coil.apply_to_points(coils::contact_points(coil));
        for (Eigen::Index i = 0; i < points.cols(); ++i) nearest.add_point(points.col(i));
        return nearest.find(tolerance);
    }
    const Points nodes = head_from_coil.apply_to_points(coil.casing->nodes);
    for (int t = 0; t < coil.casing->n_triangles(); ++t) {
        const Eigen::Vector3i corners = coil.casing->triangles.col(t);
        nearest.add_triangle({nodes.col(corners[0]), nodes.col(corners[1]), nodes.col(corners[2])});
    }
    return nearest.find(tolerance);
}

LiftedCoil lift_until_clear(const Scalp& scalp, const coils::Coil& coil, const RigidTransform& head_from_coil,
                            const LiftOptions& options) {
    CORTICOIL_ASSERT(options.gap >= 0 && options.tolerance > 0);
    const double search_tolerance = options.tolerance / 4;
    LiftedCoil result{head_from_coil, 0, signed_clearance(scalp, coil, head_from_coil, search_tolerance)};
    if (result.clearance.distance >= options.gap) return result;
    // From outside, each step as long as the clearance allows without passing through the scalp.
    double lift = lift_beyond_head(scalp, coil, head_from_coil, options.gap);
    while (true) {
        const RigidTransform pose = lifted(head_from_coil, lift);
        const Clearance clearance = signed_clearance(scalp, coil, pose, search_tolerance);
        result = {pose, lift, clearance};
        const double step = clearance.distance - search_tolerance - options.gap;
        if (clearance.distance - options.gap <= options.tolerance || step >= lift) break;
        lift -= step;
    }
    if (result.lift > options.most_lift) {
        throw InfeasibleError(fmt::format(
            "coil {}: does not fit this place: it would have to be lifted by {:.0f} mm, more than {:.0f} mm, "
            "before its casing clears the scalp by {:g} mm; it meets the head at {}; choose another coil, "
            "target or direction",
            coil.name, result.lift * millimetres_per_metre, options.most_lift * millimetres_per_metre,
            options.gap * millimetres_per_metre, describe_point(result.clearance.point)));
    }
    return result;
}

} // namespace corticoil::planning
