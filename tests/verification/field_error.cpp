#include "verification/field_error.h"

#include <cmath>
#include <vector>

namespace corticoil::test {

double relative_l2_error(const TetMesh& mesh, const solver::ElementField& field, const solver::FieldFunction& exact,
                         const std::function<bool(const Vector3&)>& region) {
    const solver::QuadratureRule rule = solver::quadrature_rule(solver::Quadrature::degree_4);
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const Points centres = barycentres(mesh);
    std::vector<int> selected;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (region(centres.col(t))) selected.push_back(t);
    }
    double error = 0;
    double norm = 0;
    Points points(3, static_cast<Eigen::Index>(selected.size()));
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
        points.setZero();
        for (std::size_t i = 0; i < selected.size(); ++i) {
            for (int corner = 0; corner < 4; ++corner) {
                points.col(static_cast<Eigen::Index>(i)) +=
                    rule.barycentric(corner, q) * mesh.nodes.col(mesh.tetrahedra(corner, selected[i]));
            }
        }
        const VectorField values = exact(points);
        for (std::size_t i = 0; i < selected.size(); ++i) {
            const Vector3 value = values.col(static_cast<Eigen::Index>(i));
            const double weight = rule.weights[q] * volumes[selected[i]];
            error += weight * (field.at(selected[i], rule.barycentric.col(q)) - value).squaredNorm();
            norm += weight * value.squaredNorm();
        }
    }
    return std::sqrt(error / norm);
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
