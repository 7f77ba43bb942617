#include "solver/sources.h"

#include "core/error.h"
#include "core/face_neighbours.h"
#include "solver/gradients.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

namespace corticoil::solver {

namespace {

/// ∫ ∇N_i·v dV of one tetrahedron's shape functions for v of degree order − 1 with the given coefficients.
ElementSpace::ShapeValues divergence_parts(const ElementSpace& space, const TetrahedronGradients& element,
                                           const Eigen::Ref<const Eigen::Matrix3Xd>& v) {
    if (space.order() == 1) return element.volume * (element.gradients.transpose() * v.col(0));
    // ∫ λ_i v = V/20 (v_i + Σ_j v_j), ∫ v = V/4 Σ_j v_j, with ∇N as in ElementSpace::shape_gradients().
    ElementSpace::ShapeValues parts(ElementSpace::most_local);
    const Vector3 sum = v.rowwise().sum();
    const auto first_moment = [&](int i) -> Vector3 { return (v.col(i) + sum) / 20; };
    for (int corner = 0; corner < 4; ++corner)
        parts[corner] = element.gradients.col(corner).dot(4 * first_moment(corner) - sum / 4);
    for (int e = 0; e < 6; ++e) {
        const auto [i, j] = edge_corners[static_cast<std::size_t>(e)];
        parts[4 + e] = 4 * (element.gradients.col(i).dot(first_moment(j)) +
                            element.gradients.col(j).dot(first_moment(i)));
    }
    return element.volume * parts;
}

/// b_i = ∫ ∇N_i·v dV with v = `scaled(t, coefficients)` in tetrahedron t, gathered over tetrahedra in their
/// order.
template <typename Scaled>
Eigen::VectorXd divergence_load(const ElementSpace& space, const ElementField& field, const Scaled& scaled) {
    const TetMesh& mesh = space.mesh();
    CORTICOIL_ASSERT(field.degree == space.order() - 1 && field.n_tetrahedra() == mesh.n_tetrahedra());
    const Eigen::Index n_values = field.degree == 0 ? 1 : 4;
    Eigen::VectorXd load = Eigen::VectorXd::Zero(space.n_unknowns());
    Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, 4> v(3, n_values);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (Eigen::Index i = 0; i < n_values; ++i) v.col(i) = scaled(t, field.values.col(n_values * t + i));
        const ElementSpace::ShapeValues parts = divergence_parts(space, gradients_of(mesh, t), v);
        for (int i = 0; i < space.n_local(); ++i) load[space.unknown(t, i)] += parts[i];
    }
    return load;
}

/// Corners of tetrahedron `t` on the face opposite to `opposite`, outwards oriented, as local numbers.
std::array<int, 3> corners_of_face(int opposite) {
    return face_corners[static_cast<std::size_t>(opposite)];
}

/// The P2 unknown (local number) on the edge between two local corners.
int local_midpoint(int a, int b) {
    const std::array<int, 2> edge{std::min(a, b), std::max(a, b)};
    const auto found = std::find(edge_corners.begin(), edge_corners.end(), edge);
    return 4 + static_cast<int>(found - edge_corners.begin());
}

/// A quadrature rule over a triangle whose points are corners, edge midpoints (each opposite to the corner of
/// the same number) and the centre: weights by kind.
struct TriangleRule {
    double corner;
    double midpoint;
    double centre;
};
/// Degree 2 for P1, degree 3 for P2.
TriangleRule triangle_rule(int order) {
    return order == 1 ? TriangleRule{0, 1.0 / 3, 0} : TriangleRule{1.0 / 20, 2.0 / 15, 9.0 / 20};
}

/// ∫ N_i f over a triangle of unit area is M f, with f at corners, midpoints and centre; rows for corners,
/// then for P2 midpoints.
using TriangleMoments = Eigen::Matrix<double, 6, 7>;
TriangleMoments triangle_moments(int order) {
    const TriangleRule rule = triangle_rule(order);
    TriangleMoments moments = TriangleMoments::Zero();
    for (int i = 0; i < 3; ++i) {
        if (order == 1) {
            // At a midpoint the two corners of its edge have λ = 1/2.
            moments(i, 3 + (i + 1) % 3) = moments(i, 3 + (i + 2) % 3) = rule.midpoint / 2;
            continue;
        }
        // At the centre λ = 1/3: corner functions are λ(2λ − 1) = −1/9, midpoint functions 4/9.
        moments(i, i) = rule.corner;
        moments(i, 6) = -rule.centre / 9;
        moments(3 + i, 3 + i) = rule.midpoint;
        moments(3 + i, 6) = rule.centre * 4 / 9;
    }
    return moments;
}

} // namespace

Eigen::VectorXd load_of_rate_of_vector_potential(const ElementSpace& space, const Conductivity& conductivity,
                                                 const ElementField& rate) {
    return divergence_load(
        space, rate, [&](int t, const Vector3& value) -> Vector3 { return -conductivity.times(t, value); });
}

Eigen::VectorXd load_of_impressed_current(const ElementSpace& space, const ElementField& current) {
    return divergence_load(space, current, [](int, const Vector3& value) { return value; });
}

Eigen::VectorXd load_of_boundary_current(const ElementSpace& space, const FieldFunction& current) {
    // Through the outer boundary alone: an interface source whose σ is one everywhere has no other triangles.
    const InterfaceSource boundary(space,
                                   Eigen::VectorXd(Eigen::VectorXd::Ones(space.mesh().n_tetrahedra())));
    return boundary.load(current(boundary.points()));
}

InterfaceSource::InterfaceSource(const ElementSpace& space, const Conductivity& conductivity)
    : space_(space) {
    if (!conductivity.is_isotropic())
        throw Error("interface source: conductivities are tensors; use the volume form");
    find_faces(conductivity);
    place_midpoints();
    if (space.order() == 2) place_corners_and_centres();
}

int InterfaceSource::node(const Face& face, std::size_t corner) const {
    return space_.mesh().tetrahedra(corners_of_face(face.opposite)[corner], face.tetrahedron);
}

void InterfaceSource::find_faces(const Conductivity& conductivity) {
    const TetMesh& mesh = space_.mesh();
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int opposite = 0; opposite < 4; ++opposite) {
            const int other = neighbours(opposite, t);
            // Each triangle once, from its first tetrahedron.
            if (other >= 0 && other < t) continue;
            const double jump = conductivity[t] - (other >= 0 ? conductivity[other] : 0);
            if (jump == 0) continue;
            faces_.push_back({-jump * face_area(mesh, t, opposite), t, opposite, {}});
            faces_.back().points.fill(-1);
        }
    }
}

void InterfaceSource::place_midpoints() {
    struct Use {
        int low, high; ///< Nodes of the edge.
        std::size_t face, corner;
    };
    std::vector<Use> uses;
    uses.reserve(3 * faces_.size());
    for (std::size_t f = 0; f < faces_.size(); ++f) {
        for (std::size_t i = 0; i < 3; ++i) {
            const auto [low, high] =
                std::minmax({node(faces_[f], (i + 1) % 3), node(faces_[f], (i + 2) % 3)});
            uses.push_back({low, high, f, i});
        }
    }
    std::sort(uses.begin(), uses.end(), [](const Use& a, const Use& b) {
        return std::tie(a.low, a.high, a.face) < std::tie(b.low, b.high, b.face);
    });
    points_.resize(3, static_cast<Eigen::Index>(uses.size()));
    int n_points = 0;
    for (std::size_t k = 0; k < uses.size(); ++k) {
        const bool is_new = k == 0 || uses[k].low != uses[k - 1].low || uses[k].high != uses[k - 1].high;
        if (is_new) {
            const Points& nodes = space_.mesh().nodes;
            points_.col(n_points++) = (nodes.col(uses[k].low) + nodes.col(uses[k].high)) / 2;
        }
        faces_[uses[k].face].points[3 + uses[k].corner] = n_points - 1;
    }
    points_.conservativeResize(3, n_points);
}

void InterfaceSource::place_corners_and_centres() {
    const Points& nodes = space_.mesh().nodes;
    auto n_points = static_cast<int>(points_.cols());
    std::vector<int> point_of_node(static_cast<std::size_t>(nodes.cols()), -1);
    // At most three corners and a centre each.
    points_.conservativeResize(3, n_points + static_cast<Eigen::Index>(4 * faces_.size()));
    for (Face& face : faces_) {
        Vector3 centre = Vector3::Zero();
        for (std::size_t i = 0; i < 3; ++i) {
            int& point = point_of_node[static_cast<std::size_t>(node(face, i))];
            if (point < 0) {
                points_.col(n_points) = nodes.col(node(face, i));
                point = n_points++;
            }
            face.points[i] = point;
            centre += nodes.col(node(face, i)) / 3;
        }
        points_.col(n_points) = centre;
        face.points[6] = n_points++;
    }
    points_.conservativeResize(3, n_points);
}

std::array<int, 6> InterfaceSource::unknowns_of(const Face& face) const {
    const std::array<int, 3> corners = corners_of_face(face.opposite);
    std::array<int, 6> unknowns{};
    for (std::size_t i = 0; i < 3; ++i) {
        unknowns[i] = space_.unknown(face.tetrahedron, corners[i]);
        if (space_.order() == 2)
            unknowns[3 + i] =
                space_.unknown(face.tetrahedron, local_midpoint(corners[(i + 1) % 3], corners[(i + 2) % 3]));
    }
    return unknowns;
}

Eigen::VectorXd InterfaceSource::load(const VectorField& rate_at_points) const {
    CORTICOIL_ASSERT(rate_at_points.cols() == points_.cols());
    const TriangleMoments of_flux = triangle_moments(space_.order());
    const Eigen::Index n_functions = space_.order() == 1 ? 3 : 6;
    Eigen::VectorXd load = Eigen::VectorXd::Zero(space_.n_unknowns());
    for (const Face& face : faces_) {
        Eigen::Matrix<double, 7, 1> flux = Eigen::Matrix<double, 7, 1>::Zero();
        for (int i = 0; i < 7; ++i) {
            const int point = face.points[static_cast<std::size_t>(i)];
            if (point >= 0) flux[i] = face.weighted_area.dot(rate_at_points.col(point));
        }
        const Eigen::Matrix<double, 6, 1> moments = of_flux * flux;
        const std::array<int, 6> unknowns = unknowns_of(face);
        for (Eigen::Index i = 0; i < n_functions; ++i)
            load[unknowns[static_cast<std::size_t>(i)]] += moments[i];
    }
    return load;
}

VectorField InterfaceSource::current(const Eigen::VectorXd& potential) const {
    CORTICOIL_ASSERT(potential.size() == space_.n_unknowns());
    const TriangleMoments of_flux = triangle_moments(space_.order());
    const Eigen::Index n_functions = space_.order() == 1 ? 3 : 6;
    VectorField current = VectorField::Zero(3, points_.cols());
    for (const Face& face : faces_) {
        const std::array<int, 6> unknowns = unknowns_of(face);
        Eigen::Matrix<double, 6, 1> values = Eigen::Matrix<double, 6, 1>::Zero();
        for (Eigen::Index i = 0; i < n_functions; ++i)
            values[i] = potential[unknowns[static_cast<std::size_t>(i)]];
        const Eigen::Matrix<double, 7, 1> shares = of_flux.transpose() * values;
        for (int i = 0; i < 7; ++i) {
            const int point = face.points[static_cast<std::size_t>(i)];
            if (point >= 0) current.col(point) += shares[i] * face.weighted_area;
        }
    }
    return current;
}

} // namespace corticoil::solver
