#include "meshing/local_exchange.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace corticoil::meshing {

namespace {

/// Edges with more tetrahedra around them than this are seldom worth removing (Freitag & Ollivier-Gooch 1997,
/// Int J Numer Meth Eng 40:3979, stop at 7).
constexpr std::size_t largest_ring = 9;

/// A change must raise the worst squared sine by this factor, so that exchanges cannot go in circles.
constexpr double smallest_gain = 1.001;

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// One tetrahedron (p, q, from, to) of an edge's ring, positively oriented.
struct Sector {
    int tetrahedron;
    int from;
    int to;
    int label;
};

std::vector<Sector> sectors_around(const EditableMesh& mesh, int p, int q) {
    std::vector<Sector> sectors;
    for (const int t : mesh.around(p)) {
        const Tetrahedron& c = mesh.corners(t);
        const auto at_q = std::find(c.begin(), c.end(), q);
        if (at_q == c.end()) continue;
        const auto at_p = std::find(c.begin(), c.end(), p);
        std::array<int, 2> rest{};
        std::size_t n_rest = 0;
        for (const int n : c) {
            if (n != p && n != q) rest[n_rest++] = n;
        }
        // The parity of the permutation (p, q, rest) of the corners decides the sense of rotation.
        const auto i = at_p - c.begin();
        const auto j = at_q - c.begin();
        const bool is_even = ((i + j) % 2 == 1) == (i < j);
        if (!is_even) std::swap(rest[0], rest[1]);
        sectors.push_back({t, rest[0], rest[1], mesh.label(t)});
    }
    return sectors;
}

/// Chains the sectors by their nodes; empty if they are not one chain. `is_closed` tells whether it closes.
std::vector<Sector> chain(std::vector<Sector> sectors, bool& is_closed) {
    is_closed = true;
    std::size_t first = 0;
    for (std::size_t s = 0; s < sectors.size(); ++s) {
        const bool has_previous = std::any_of(
            sectors.begin(), sectors.end(), [&](const Sector& other) { return other.to == sectors[s].from; });
        if (has_previous) continue;
        if (!is_closed) return {};
        is_closed = false;
        first = s;
    }
    std::swap(sectors[0], sectors[first]);
    for (std::size_t s = 1; s < sectors.size(); ++s) {
        const auto next = std::find_if(sectors.begin() + static_cast<std::ptrdiff_t>(s), sectors.end(),
                                       [&](const Sector& other) { return other.from == sectors[s - 1].to; });
        if (next == sectors.end()) return {};
        std::swap(sectors[s], *next);
    }
    if (is_closed && sectors.back().to != sectors.front().from) return {};
    return sectors;
}

/// The two tetrahedra over a triangle of the ring, towards q and towards p.
std::array<Tetrahedron, 2> over_triangle(int p, int q, int a, int b, int c) {
    return {{{a, b, c, q}, {a, c, b, p}}};
}

/// The best triangulation of the polygon of ring nodes by dynamic programming (Klincsek 1980): worst quality
/// of its tetrahedra, and the triangles.
struct Triangulation {
    double quality = unlimited;
    std::vector<std::array<int, 3>> triangles;
};

Triangulation best_triangulation(const EditableMesh& mesh, int p, int q, const std::vector<int>& polygon) {
    const std::size_t n = polygon.size();
    Triangulation result;
    if (n < 3) return result;
    std::array<std::array<double, largest_ring + 1>, largest_ring + 1> best{};
    std::array<std::array<std::size_t, largest_ring + 1>, largest_ring + 1> apex{};
    for (std::size_t i = 0; i + 1 < n; ++i) best[i][i + 1] = unlimited;
    for (std::size_t span = 2; span < n; ++span) {
        for (std::size_t i = 0; i + span < n; ++i) {
            const std::size_t j = i + span;
            best[i][j] = -unlimited;
            for (std::size_t k = i + 1; k < j; ++k) {
                double quality = std::min(best[i][k], best[k][j]);
                for (const Tetrahedron& t : over_triangle(p, q, polygon[i], polygon[k], polygon[j])) {
                    if (quality <= best[i][j]) break;
                    quality = std::min(quality, mesh.quality(t));
                }
                if (quality <= best[i][j]) continue;
                best[i][j] = quality;
                apex[i][j] = k;
            }
        }
    }
    result.quality = best[0][n - 1];
    std::vector<std::array<std::size_t, 2>> open{{0, n - 1}};
    while (!open.empty()) {
        const auto [i, j] = open.back();
        open.pop_back();
        if (j - i < 2) continue;
        const std::size_t k = apex[i][j];
        result.triangles.push_back({polygon[i], polygon[k], polygon[j]});
        open.push_back({i, k});
        open.push_back({k, j});
    }
    return result;
}

/// Sectors of one tissue next to each other, and the polygon of their ring nodes.
struct Fan {
    int label;
    std::vector<int> polygon;
};

/// Cuts the chain where the tissue changes. A closed chain of one tissue gives one fan whose polygon is the
/// ring.
std::vector<Fan> fans_of(std::vector<Sector>& ring, bool is_closed) {
    if (is_closed) {
        const auto change = std::adjacent_find(
            ring.begin(), ring.end(), [](const Sector& a, const Sector& b) { return a.label != b.label; });
        if (change == ring.end()) {
            Fan fan{ring.front().label, {}};
            for (const Sector& sector : ring) fan.polygon.push_back(sector.from);
            return {fan};
        }
        std::rotate(ring.begin(), change + 1, ring.end());
    }
    std::vector<Fan> fans;
    for (const Sector& sector : ring) {
        if (fans.empty() || fans.back().label != sector.label) fans.push_back({sector.label, {sector.from}});
        fans.back().polygon.push_back(sector.to);
    }
    return fans;
}

/// Distance between the lines p q and u v.
double diagonal_distance(const EditableMesh& mesh, int p, int q, int u, int v) {
    const Vector3 normal = (mesh.node(q) - mesh.node(p)).cross(mesh.node(v) - mesh.node(u));
    const double length = normal.norm();
    return length > 0.0 ? std::abs((mesh.node(u) - mesh.node(p)).dot(normal)) / length : unlimited;
}

bool has_edge(const EditableMesh& mesh, int u, int v) {
    return std::any_of(mesh.around(u).begin(), mesh.around(u).end(), [&](int t) {
        const Tetrahedron& c = mesh.corners(t);
        return std::find(c.begin(), c.end(), v) != c.end();
    });
}

/// Whether exchanging an interface edge p q for the diagonal between the fans' ends leaves a valid, close
/// interface.
bool may_exchange_interface(const EditableMesh& mesh, int p, int q, const std::vector<Sector>& ring,
                            const std::vector<Fan>& fans, double flatness) {
    const int u = fans.front().polygon.front();
    const int v = fans.front().polygon.back();
    if (diagonal_distance(mesh, p, q, u, v) > flatness) return false;
    // The diagonal may exist only as an edge of the ring's own tetrahedra.
    const bool is_own = std::any_of(ring.begin(), ring.end(), [&](const Sector& s) {
        return (s.from == u && s.to == v) || (s.from == v && s.to == u);
    });
    return is_own || !has_edge(mesh, u, v);
}

} // namespace

bool remove_edge(EditableMesh& mesh, int p, int q, double flatness) {
    std::vector<Sector> sectors = sectors_around(mesh, p, q);
    if (sectors.empty() || sectors.size() > largest_ring) return false;
    bool is_closed = false;
    std::vector<Sector> ring = chain(std::move(sectors), is_closed);
    if (ring.empty()) return false;
    const std::vector<Fan> fans = fans_of(ring, is_closed);
    const bool is_inside = is_closed && fans.size() == 1;
    const bool is_interface = is_closed ? fans.size() == 2 : fans.size() == 1;
    if (!is_inside && !is_interface) return false;
    if (is_interface && !may_exchange_interface(mesh, p, q, ring, fans, flatness)) return false;

    double before = unlimited;
    for (const Sector& sector : ring) before = std::min(before, mesh.quality(sector.tetrahedron));
    std::vector<Triangulation> replacements;
    for (const Fan& fan : fans) {
        replacements.push_back(best_triangulation(mesh, p, q, fan.polygon));
        if (!(replacements.back().quality > std::max(0.0, smallest_gain * before))) return false;
    }
    for (const Sector& sector : ring) mesh.remove(sector.tetrahedron);
    for (std::size_t f = 0; f < fans.size(); ++f) {
        for (const auto& triangle : replacements[f].triangles) {
            for (const Tetrahedron& t : over_triangle(p, q, triangle[0], triangle[1], triangle[2])) {
                mesh.add(t, fans[f].label);
            }
        }
    }
    return true;
}

bool swap_face(EditableMesh& mesh, int t, int corner) {
    const int other = mesh.neighbour(t, corner);
    if (other < 0 || mesh.label(other) != mesh.label(t)) return false;
    const Tetrahedron own = mesh.corners(t);
    // The face in the order that sees its own apex q above it, so that (a, b, c, q) is positive.
    constexpr std::array<std::array<std::size_t, 3>, 4> face{{{1, 3, 2}, {0, 2, 3}, {0, 3, 1}, {0, 1, 2}}};
    const auto& order = face[static_cast<std::size_t>(corner)];
    const std::array<int, 3> abc{own[order[0]], own[order[1]], own[order[2]]};
    const int q = own[static_cast<std::size_t>(corner)];
    const Tetrahedron& theirs = mesh.corners(other);
    const int p = *std::find_if(theirs.begin(), theirs.end(),
                                [&](int n) { return std::find(abc.begin(), abc.end(), n) == abc.end(); });
    const double before = std::min(mesh.quality(t), mesh.quality(other));
    std::array<Tetrahedron, 3> replacement{};
    for (std::size_t side = 0; side < 3; ++side) {
        replacement[side] = {p, q, abc[side], abc[(side + 1) % 3]};
        if (!(mesh.quality(replacement[side]) > std::max(0.0, smallest_gain * before))) return false;
    }
    const int label = mesh.label(t);
    mesh.remove(t);
    mesh.remove(other);
    for (const Tetrahedron& tetrahedron : replacement) mesh.add(tetrahedron, label);
    return true;
}

bool collapse_edge(EditableMesh& mesh, int from, int into, double floor) {
    const std::vector<int> around = mesh.around(from);
    double before = unlimited;
    for (const int t : around) before = std::min(before, mesh.quality(t));
    const double limit = std::min(floor, before);
    std::vector<std::pair<Tetrahedron, int>> moved;
    for (const int t : around) {
        Tetrahedron corners = mesh.corners(t);
        if (std::find(corners.begin(), corners.end(), into) != corners.end()) continue;
        *std::find(corners.begin(), corners.end(), from) = into;
        const double quality = mesh.quality(corners);
        if (!(quality > 0.0) || quality < limit) return false;
        moved.emplace_back(corners, mesh.label(t));
    }
    for (const int t : around) mesh.remove(t);
    for (const auto& [corners, label] : moved) mesh.add(corners, label);
    return true;
}

} // namespace corticoil::meshing
