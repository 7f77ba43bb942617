#include "coils/dipole_fit.h"

#include "core/constants.h"

#include <Eigen/Cholesky>

#include <algorithm>

namespace corticoil::coils {

namespace {

/// d × m/|d|³ with its sign turned, m × d/|d|³, as a matrix that acts on m.
Eigen::Matrix3d kernel(const Vector3& d) {
    Eigen::Matrix3d matrix;
    matrix << 0, d.z(), -d.y(), -d.z(), 0, d.x(), d.y(), -d.x(), 0;
    const double distance = d.norm();
    return matrix / (distance * distance * distance);
}

} // namespace

std::optional<VectorField> fit_moments(const Points& points, const VectorField& potential,
                                       const Points& positions, double regularisation) {
    constexpr Eigen::Index points_at_once = 128; // Rows of the matrix that are kept.
    const Eigen::Index n = positions.cols();
    Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(3 * n, 3 * n);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(3 * n);
    for (Eigen::Index first = 0; first < points.cols(); first += points_at_once) {
        const Eigen::Index n_rows = std::min(points_at_once, points.cols() - first);
        Eigen::MatrixXd columns(3 * n, 3 * n_rows); // The matrix's transpose.
#pragma omp parallel for schedule(static)
        for (Eigen::Index s = 0; s < n_rows; ++s) {
            for (Eigen::Index i = 0; i < n; ++i) {
                columns.block<3, 3>(3 * i, 3 * s) =
                    kernel(points.col(first + s) - positions.col(i)).transpose();
            }
        }
        const VectorField values = 4 * pi / vacuum_permeability * potential.middleCols(first, n_rows);
        normal.selfadjointView<Eigen::Lower>().rankUpdate(columns);
        right.noalias() += columns * values.reshaped();
    }
    normal.diagonal().array() += regularisation * normal.diagonal().mean();
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(normal);
    if (factor.info() != Eigen::Success) return std::nullopt;
    const Eigen::VectorXd moments = factor.solve(right);
    return VectorField(Eigen::Map<const VectorField>(moments.data(), 3, n));
}

} // namespace corticoil::coils
