#include "solver/sources.h"

#include "core/describe_point.h"
#include "core/error.h"
#include "solver/gradients.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::solver {

namespace {

QuadratureRule rule_of(const std::vector<Eigen::Vector4d>& points, const std::vector<double>& weights) {
    QuadratureRule rule;
    rule.barycentric.resize(4, static_cast<Eigen::Index>(points.size()));
    rule.weights.resize(static_cast<Eigen::Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
        rule.barycentric.col(static_cast<Eigen::Index>(i)) = points[i];
        rule.weights[static_cast<Eigen::Index>(i)] = weights[i];
    }
    return rule;
}

QuadratureRule degree_2_rule() {
    const double a = (5 + 3 * std::sqrt(5.0)) / 20;
    const double b = (5 - std::sqrt(5.0)) / 20;
    std::vector<Eigen::Vector4d> points;
    for (int i = 0; i < 4; ++i) {
        points.emplace_back(Eigen::Vector4d::Constant(b));
        points.back()[i] = a;
    }
    return rule_of(points, std::vector<double>(4, 0.25));
}

QuadratureRule degree_4_rule() {
    // Keast's weights sum to 1/6, the volume of the reference tetrahedron; ours sum to one.
    std::vector<Eigen::Vector4d> points{Eigen::Vector4d::Constant(0.25)};
    std::vector<double> weights{-74.0 / 5625 * 6};
    for (int i = 0; i < 4; ++i) {
        points.emplace_back(Eigen::Vector4d::Constant(1.0 / 14));
        points.back()[i] = 11.0 / 14;
        weights.push_back(343.0 / 45000 * 6);
    }
    const double a = (1 + std::sqrt(5.0 / 14)) / 4;
    const double b = (1 - std::sqrt(5.0 / 14)) / 4;
    for (int i = 0; i < 4; ++i) {
        for (int j = i + 1; j < 4; ++j) {
            points.emplace_back(Eigen::Vector4d::Constant(b));
            points.back()[i] = a;
            points.back()[j] = a;
            weights.push_back(56.0 / 2250 * 6);
        }
    }
    return rule_of(points, weights);
}

/// Σ_T V_T ∇λ_i·v_T gathered over tetrahedra in their order.
Eigen::VectorXd divergence_load(const TetMesh& mesh, const VectorField& per_tetrahedron) {
    CORTICOIL_ASSERT(per_tetrahedron.cols() == mesh.n_tetrahedra());
    Eigen::VectorXd load = Eigen::VectorXd::Zero(mesh.n_nodes());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const TetrahedronGradients element = gradients_of(mesh, t);
        const Eigen::Vector4d parts =
            element.volume * (element.gradients.transpose() * per_tetrahedron.col(t));
        for (int corner = 0; corner < 4; ++corner) load[mesh.tetrahedra(corner, t)] += parts[corner];
    }
    return load;
}

} // namespace

QuadratureRule quadrature_rule(Quadrature quadrature) {
    switch (quadrature) {
    case Quadrature::barycentre:
        return rule_of({Eigen::Vector4d::Constant(0.25)}, {1.0});
    case Quadrature::degree_2:
        return degree_2_rule();
    case Quadrature::degree_4:
        return degree_4_rule();
    }
    CORTICOIL_ASSERT(false);
    return {};
}

VectorField element_means(const TetMesh& mesh, const FieldFunction& field, Quadrature quadrature) {
    const QuadratureRule rule = quadrature_rule(quadrature);
    VectorField means = VectorField::Zero(3, mesh.n_tetrahedra());
    Points points(3, mesh.n_tetrahedra());
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
        points.setZero();
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            for (int corner = 0; corner < 4; ++corner) {
                points.col(t) += rule.barycentric(corner, q) * mesh.nodes.col(mesh.tetrahedra(corner, t));
            }
        }
        means += rule.weights[q] * field(points);
    }
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (means.col(t).allFinite()) continue;
        throw Error(fmt::format("source field: not a finite number in tetrahedron {} near {}; does "
                                "the coil touch the head there?",
                                t, describe_point(mesh.nodes.col(mesh.tetrahedra(0, t)))));
    }
    return means;
}

VectorField element_means_of_nodal(const TetMesh& mesh, const VectorField& at_nodes) {
    CORTICOIL_ASSERT(at_nodes.cols() == mesh.n_nodes());
    VectorField means(3, mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        Vector3 sum = Vector3::Zero();
        for (int corner = 0; corner < 4; ++corner) sum += at_nodes.col(mesh.tetrahedra(corner, t));
        means.col(t) = sum / 4;
    }
    return means;
}

Eigen::VectorXd load_of_rate_of_vector_potential(const TetMesh& mesh, const Eigen::VectorXd& conductivity,
                                                 const VectorField& rate_means) {
    return divergence_load(mesh, -(rate_means * conductivity.asDiagonal()));
}

Eigen::VectorXd load_of_impressed_current(const TetMesh& mesh, const VectorField& current_means) {
    return divergence_load(mesh, current_means);
}

Eigen::VectorXd load_of_boundary_current(const TetMesh& mesh, const FieldFunction& current) {
    const BoundarySurface boundary = outer_boundary(mesh);
    const VectorField areas = area_vectors(boundary.surface);
    const int n = boundary.surface.n_triangles();
    Eigen::VectorXd load = Eigen::VectorXd::Zero(mesh.n_nodes());
    // Degree 2: the points with barycentric coordinates (2/3, 1/6, 1/6), a third of the area each.
    for (int q = 0; q < 3; ++q) {
        Eigen::Vector3d barycentric = Eigen::Vector3d::Constant(1.0 / 6);
        barycentric[q] = 2.0 / 3;
        Points points = Points::Zero(3, n);
        for (int t = 0; t < n; ++t) {
            for (int corner = 0; corner < 3; ++corner) {
                points.col(t) +=
                    barycentric[corner] * boundary.surface.nodes.col(boundary.surface.triangles(corner, t));
            }
        }
        const VectorField values = current(points);
        for (int t = 0; t < n; ++t) {
            const double flux = values.col(t).dot(areas.col(t)) / 3;
            for (int corner = 0; corner < 3; ++corner) {
                const int node =
                    boundary.mesh_node[static_cast<std::size_t>(boundary.surface.triangles(corner, t))];
                load[node] -= barycentric[corner] * flux;
            }
        }
    }
    return load;
}

} // namespace corticoil::solver
