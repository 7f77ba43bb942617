#include "meshing/node_smoothing.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::meshing {

namespace {

/// The search starts with this part of the mean distance to the neighbours and ends after so many halvings.
constexpr double first_step = 0.25;
constexpr int n_halvings = 5;

/// A move must raise the worst squared sine by this factor.
constexpr double smallest_gain = 1.01;

/// The fourteen directions to a cube's faces and corners.
std::array<Vector3, 14> make_directions() {
    std::array<Vector3, 14> directions;
    std::size_t n = 0;
    for (int axis = 0; axis < 3; ++axis) {
        directions[n++] = Vector3::Unit(axis);
        directions[n++] = -Vector3::Unit(axis);
    }
    for (const double x : {-1.0, 1.0}) {
        for (const double y : {-1.0, 1.0}) {
            for (const double z : {-1.0, 1.0}) directions[n++] = Vector3(x, y, z).normalized();
        }
    }
    return directions;
}

/// Corners of the face opposite to a corner, counter-clockwise from outside.
constexpr std::array<std::array<std::size_t, 3>, 4> face_corners{
    {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}}};

struct NodeFace {
    std::array<int, 2> others; ///< Its nodes besides the smoothed one, sorted.
    int label;
    Vector3 area; ///< Outwards from its tetrahedron.
};

} // namespace

NodeSmoother::Place NodeSmoother::place_of(int node) const {
    std::vector<NodeFace> faces;
    faces.reserve(3 * mesh_.around(node).size());
    for (const int t : mesh_.around(node)) {
        const Tetrahedron& c = mesh_.corners(t);
        for (std::size_t f = 0; f < 4; ++f) {
            if (c[f] == node) continue;
            NodeFace face{{}, mesh_.label(t), Vector3::Zero()};
            std::size_t n = 0;
            for (const std::size_t corner : face_corners[f]) {
                if (c[corner] != node) face.others[n++] = c[corner];
            }
            if (face.others[0] > face.others[1]) std::swap(face.others[0], face.others[1]);
            const Vector3& a = mesh_.node(c[face_corners[f][0]]);
            face.area = (mesh_.node(c[face_corners[f][1]]) - a).cross(mesh_.node(c[face_corners[f][2]]) - a);
            faces.push_back(face);
        }
    }
    std::sort(faces.begin(), faces.end(), [](const NodeFace& a, const NodeFace& b) {
        return a.others != b.others ? a.others < b.others : a.label < b.label;
    });
    Place place;
    for (std::size_t f = 0; f < faces.size();) {
        const bool is_shared = f + 1 < faces.size() && faces[f].others == faces[f + 1].others;
        const int low = is_shared ? faces[f].label : 0;
        const int high = is_shared ? faces[f + 1].label : faces[f].label;
        // Normals point from the higher label to the lower, air being the lowest.
        const Vector3& outwards = is_shared ? faces[f + 1].area : faces[f].area;
        f += is_shared ? 2 : 1;
        if (low == high) continue;
        if (place.n_label_pairs == 0) {
            place = {1, low, high, outwards};
        } else if (place.label == low && place.other_label == high) {
            place.normal += outwards;
        } else {
            place.n_label_pairs = 2;
        }
    }
    if (place.n_label_pairs == 1) {
        const double length = place.normal.norm();
        if (length > 0.0) {
            place.normal /= length;
        } else {
            place.n_label_pairs = 2;
        }
    }
    return place;
}

std::optional<Vector3> NodeSmoother::allowed(int node, const Place& place, const Vector3& wanted) const {
    if (place.n_label_pairs == 0) return wanted;
    if (place.n_label_pairs == 1 && options_.project) {
        const Vector3 shift = wanted - mesh_.node(node);
        const Vector3 tangential = mesh_.node(node) + shift - shift.dot(place.normal) * place.normal;
        return options_.project(tangential, place.normal, shift.norm(), place.label, place.other_label);
    }
    const auto found = start_.find(node);
    const Vector3& from = found == start_.end() ? mesh_.node(node) : found->second;
    if ((wanted - from).norm() > options_.interface_shift) return std::nullopt;
    return wanted;
}

/// The worst quality around the node if it were at `position`; any value at most `stop_below` if it is that
/// bad.
double NodeSmoother::worst_with(int node, const Vector3& position, double stop_below) const {
    double worst = std::numeric_limits<double>::infinity();
    for (const int t : mesh_.around(node)) {
        const Tetrahedron& c = mesh_.corners(t);
        const auto at = [&](std::size_t corner) -> const Vector3& {
            return c[corner] == node ? position : mesh_.node(c[corner]);
        };
        worst = std::min(worst, sine_squared_quality(at(0), at(1), at(2), at(3)));
        if (worst <= stop_below) return worst;
    }
    return worst;
}

double NodeSmoother::step_length(int node) const {
    double sum = 0.0;
    for (const int t : mesh_.around(node)) {
        for (const int other : mesh_.corners(t)) sum += (mesh_.node(other) - mesh_.node(node)).norm();
    }
    return first_step * sum / (3.0 * static_cast<double>(mesh_.around(node).size()));
}

bool NodeSmoother::smooth(int node) {
    static const std::array<Vector3, 14> directions = make_directions();
    if (mesh_.around(node).empty()) return false;
    const Vector3 before = mesh_.node(node);
    const Place place = place_of(node);
    double best = worst_with(node, before, -std::numeric_limits<double>::infinity());
    double step = step_length(node);
    const bool is_bound = place.n_label_pairs > 1 || (place.n_label_pairs == 1 && !options_.project);
    if (is_bound) step = std::min(step, options_.interface_shift);
    bool has_moved = false;
    for (int halving = 0; halving < n_halvings;) {
        std::optional<Vector3> better;
        for (const Vector3& direction : directions) {
            const std::optional<Vector3> position = allowed(node, place, mesh_.node(node) + step * direction);
            if (!position) continue;
            const double limit = better ? best : (best > 0.0 ? smallest_gain * best : best);
            const double quality = worst_with(node, *position, limit);
            if (quality <= limit) continue;
            best = quality;
            better = position;
        }
        if (better) {
            mesh_.move(node, *better);
            has_moved = true;
        } else {
            step *= 0.5;
            ++halving;
        }
    }
    if (has_moved && is_bound) start_.try_emplace(node, before);
    return has_moved;
}

} // namespace corticoil::meshing
