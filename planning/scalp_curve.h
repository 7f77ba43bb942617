#pragma once

#include "core/surface_mesh.h"

#include <Eigen/Geometry>

#include <functional>
#include <vector>

namespace corticoil::planning {

/// Three points that a measuring tape is laid over: from one end over a point between to the other end [m].
struct TapeEnds {
    Vector3 from = Vector3::Zero();
    Vector3 via = Vector3::Zero();
    Vector3 to = Vector3::Zero();
};

/// A tape laid over the scalp in the plane of three points: the shortest curve in that plane from one end to
/// the other, on the side of the middle point, that stays outside the head. It bridges hollows, as a tape
/// does; where the head bulges it lies on it.
class ScalpCurve {
  public:
    /// `counts`: the tape passes under points of the scalp for which it is false, such as an ear's; empty:
    /// all count. \throws Error if the points lie on one line or nothing of the scalp lies on the middle
    /// point's side.
    ScalpCurve(const SurfaceMesh& scalp, const TapeEnds& ends,
               const std::function<bool(const Vector3& point)>& counts = {});

    /// From end to end [m].
    [[nodiscard]] double length() const { return arcs_.back(); }

    /// How far along the tape its point nearest to `point` is [m].
    [[nodiscard]] double arc_of(const Vector3& point) const;

    /// The tape's point after `arc` [m] from its start.
    [[nodiscard]] Vector3 tape_point(double arc) const;

    /// The scalp's point in the plane that is nearest to tape_point().
    [[nodiscard]] Vector3 scalp_point(double arc) const;

  private:
    using Point2 = Eigen::Vector2d;

    [[nodiscard]] Point2 to_plane(const Vector3& point) const;
    [[nodiscard]] Vector3 to_head(const Point2& point) const;
    [[nodiscard]] Point2 at(double arc) const;
    void cut(const SurfaceMesh& scalp);
    void lay_tape(const TapeEnds& ends, const std::function<bool(const Vector3& point)>& counts);

    Vector3 origin_;           ///< The tape's start.
    Vector3 along_;            ///< Unit vector towards its end.
    Vector3 above_;            ///< Unit vector in the plane, on the middle point's side.
    std::vector<Point2> cut_;  ///< Ends of the segments in which the plane cuts the scalp, in pairs.
    std::vector<Point2> tape_; ///< Corners.
    std::vector<double> arcs_; ///< Lengths up to each corner.
};

} // namespace corticoil::planning
