#include "planning/scalp_curve.h"

#include "core/describe_point.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace corticoil::planning {

namespace {

using Point2 = Eigen::Vector2d;

/// The point of a segment nearest to `point`.
Point2 nearest_on_segment(const Point2& a, const Point2& b, const Point2& point) {
    const Point2 ab = b - a;
    const double squared = ab.squaredNorm();
    const double t = squared > 0 ? std::clamp((point - a).dot(ab) / squared, 0.0, 1.0) : 0.0;
    return a + t * ab;
}

/// Twice the area of a triangle, positive when counter-clockwise.
double turn(const Point2& a, const Point2& b, const Point2& c) {
    return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x());
}

/// Corners of the convex hull, counter-clockwise (Andrew's monotone chain).
std::vector<Point2> convex_hull(std::vector<Point2> points) {
    std::sort(points.begin(), points.end(), [](const Point2& a, const Point2& b) {
        return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y();
    });
    std::vector<Point2> hull;
    const auto chain = [&](auto first, auto last) {
        const std::size_t start = hull.size();
        for (auto point = first; point != last; ++point) {
            while (hull.size() >= start + 2 && turn(hull[hull.size() - 2], hull.back(), *point) <= 0)
                hull.pop_back();
            hull.push_back(*point);
        }
        hull.pop_back(); // The next chain starts with it.
    };
    chain(points.begin(), points.end());
    chain(points.rbegin(), points.rend());
    return hull;
}

} // namespace

ScalpCurve::ScalpCurve(const SurfaceMesh& scalp, const TapeEnds& ends,
                       const std::function<bool(const Vector3& point)>& counts)
    : origin_(ends.from), along_((ends.to - ends.from).normalized()) {
    const Vector3 towards_middle = ends.via - ends.from;
    above_ = towards_middle - towards_middle.dot(along_) * along_;
    constexpr double least_height = 1e-3; // Of the middle point over the line between the ends [m].
    if (!(above_.norm() > least_height)) {
        throw Error(fmt::format("scalp: the points {}, {} and {} lie on one line; check the fiducials",
                                describe_point(ends.from), describe_point(ends.via),
                                describe_point(ends.to)));
    }
    above_.normalize();
    cut(scalp);
    lay_tape(ends, counts);
}

Point2 ScalpCurve::to_plane(const Vector3& point) const {
    return {(point - origin_).dot(along_), (point - origin_).dot(above_)};
}

Vector3 ScalpCurve::to_head(const Point2& point) const {
    return origin_ + point.x() * along_ + point.y() * above_;
}

void ScalpCurve::cut(const SurfaceMesh& scalp) {
    const Vector3 normal = along_.cross(above_);
    const Eigen::VectorXd height =
        scalp.nodes.transpose() * normal - Eigen::VectorXd::Constant(scalp.n_nodes(), origin_.dot(normal));
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        std::array<Vector3, 2> crossing;
        std::size_t n_crossings = 0;
        for (int corner = 0; corner < 3; ++corner) {
            const int a = scalp.triangles(corner, t);
            const int b = scalp.triangles((corner + 1) % 3, t);
            // A node in the plane counts as above it: so a triangle is crossed at two edges or at none.
            if ((height[a] < 0) == (height[b] < 0)) continue;
            const double share = height[a] / (height[a] - height[b]);
            crossing.at(n_crossings++) =
                scalp.nodes.col(a) + share * (scalp.nodes.col(b) - scalp.nodes.col(a));
        }
        if (n_crossings != 2) continue;
        for (const Vector3& point : crossing) cut_.push_back(to_plane(point));
    }
}

void ScalpCurve::lay_tape(const TapeEnds& ends, const std::function<bool(const Vector3& point)>& counts) {
    // The ends are the lowest of these points, so they are corners of the hull and joined by its lowest side.
    const Point2 from(0, 0);
    const Point2 to((ends.to - ends.from).norm(), 0);
    constexpr double least_height = 1e-9; // [m] The ends themselves, up to rounding, come once.
    std::vector<Point2> points{from, to};
    std::copy_if(cut_.begin(), cut_.end(), std::back_inserter(points), [&](const Point2& point) {
        return point.y() > least_height && (!counts || counts(to_head(point)));
    });
    if (points.size() == 2) {
        throw Error(fmt::format("scalp: nothing of it lies between {} and {} on the side of {}; check the "
                                "fiducials",
                                describe_point(ends.from), describe_point(ends.to),
                                describe_point(ends.via)));
    }
    std::vector<Point2> hull = convex_hull(std::move(points));
    std::rotate(hull.begin(), std::find(hull.begin(), hull.end(), to), hull.end());
    tape_.assign(hull.rbegin(), hull.rend());
    arcs_.assign(1, 0.0);
    for (std::size_t i = 1; i < tape_.size(); ++i)
        arcs_.push_back(arcs_.back() + (tape_[i] - tape_[i - 1]).norm());
}

double ScalpCurve::arc_of(const Vector3& point) const {
    const Point2 wanted = to_plane(point);
    double best = std::numeric_limits<double>::infinity();
    double arc = 0;
    for (std::size_t i = 1; i < tape_.size(); ++i) {
        const Point2 nearest = nearest_on_segment(tape_[i - 1], tape_[i], wanted);
        const double squared = (nearest - wanted).squaredNorm();
        if (squared >= best) continue;
        best = squared;
        arc = arcs_[i - 1] + (nearest - tape_[i - 1]).norm();
    }
    return arc;
}

Point2 ScalpCurve::at(double arc) const {
    CORTICOIL_ASSERT(arc >= 0 && arc <= length());
    const auto next = std::upper_bound(arcs_.begin(), arcs_.end(), arc);
    if (next == arcs_.end()) return tape_.back();
    const auto i = static_cast<std::size_t>(next - arcs_.begin());
    return tape_[i - 1] + (arc - arcs_[i - 1]) * (tape_[i] - tape_[i - 1]).normalized();
}

Vector3 ScalpCurve::tape_point(double arc) const {
    return to_head(at(arc));
}

Vector3 ScalpCurve::scalp_point(double arc) const {
    const Point2 wanted = at(arc);
    double best = std::numeric_limits<double>::infinity();
    Point2 found = wanted;
    for (std::size_t i = 0; i + 1 < cut_.size(); i += 2) {
        const Point2 nearest = nearest_on_segment(cut_[i], cut_[i + 1], wanted);
        const double squared = (nearest - wanted).squaredNorm();
        if (squared >= best) continue;
        best = squared;
        found = nearest;
    }
    return to_head(found);
}

} // namespace corticoil::planning
