#include "verification/field_error.h"

#include <algorithm>
#include <cmath>

namespace corticoil::test {

namespace {

const solver::QuadratureRule& rule() {
    static const solver::QuadratureRule of_degree_4 = solver::quadrature_rule(solver::Quadrature::degree_4);
    return of_degree_4;
}

bool everywhere(const Vector3&) {
    return true;
}

Vector3 barycentre(const TetMesh& mesh, int t) {
    Vector3 sum = Vector3::Zero();
    for (int corner = 0; corner < 4; ++corner) sum += mesh.nodes.col(mesh.tetrahedra(corner, t)) / 4;
    return sum;
}

} // namespace

FieldComparison::FieldComparison(const TetMesh& mesh, const Region& region,
                                 const solver::FieldFunction& exact)
    : mesh_(mesh) {
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (region(barycentre(mesh, t))) tetrahedra_.push_back(t);
    }
    const Eigen::Index n_points = rule().weights.size();
    points_ = Points::Zero(3, n_points * static_cast<Eigen::Index>(tetrahedra_.size()));
    for (std::size_t i = 0; i < tetrahedra_.size(); ++i) {
        for (int corner = 0; corner < 4; ++corner) {
            points_.middleCols(n_points * static_cast<Eigen::Index>(i), n_points) +=
                mesh.nodes.col(mesh.tetrahedra(corner, tetrahedra_[i])) * rule().barycentric.row(corner);
        }
    }
    exact_ = exact(points_);
}

FieldError FieldComparison::error_of(const solver::ElementField& field, const Region& part,
                                     const std::optional<VectorField>& added) const {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh_);
    const Eigen::Index n_points = rule().weights.size();
    double error = 0;
    double radial = 0;
    double norm = 0;
    for (std::size_t i = 0; i < tetrahedra_.size(); ++i) {
        const int t = tetrahedra_[i];
        if (!part(barycentre(mesh_, t))) continue;
        for (Eigen::Index q = 0; q < n_points; ++q) {
            const Eigen::Index k = n_points * static_cast<Eigen::Index>(i) + q;
            const double weight = rule().weights[q] * volumes[t];
            Vector3 value = field.at(t, rule().barycentric.col(q));
            if (added) value += added->col(k);
            error += weight * (value - exact_.col(k)).squaredNorm();
            radial += weight * std::pow(value.dot(points_.col(k).normalized()), 2);
            norm += weight * exact_.col(k).squaredNorm();
        }
    }
    // A sum with a negative weight can fall below zero by round-off where the error vanishes.
    error = std::max(0.0, error);
    return {std::sqrt(error / norm), std::sqrt(std::max(0.0, radial) / norm), std::sqrt(error)};
}

FieldError FieldComparison::error_of(const solver::ElementField& field) const {
    return error_of(field, everywhere);
}

double relative_l2_error(const TetMesh& mesh, const solver::ElementField& field,
                         const solver::FieldFunction& exact, const Region& region) {
    return FieldComparison(mesh, region, exact).error_of(field).relative;
}

double mesh_size(const TetMesh& mesh) {
    double sum = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int i = 0; i < 4; ++i) {
            for (int j = i + 1; j < 4; ++j) {
                sum += (mesh.nodes.col(mesh.tetrahedra(i, t)) - mesh.nodes.col(mesh.tetrahedra(j, t)))
                           .squaredNorm();
            }
        }
    }
    return std::sqrt(sum / (6.0 * mesh.n_tetrahedra()));
}

} // namespace corticoil::test
