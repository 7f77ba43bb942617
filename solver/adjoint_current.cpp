#include "solver/adjoint_current.h"

#include "core/error.h"
#include "solver/gradients.h"

#include <algorithm>

namespace corticoil::solver {

namespace {

using Coefficients = Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, 4>;

/// ∫ λ_k ∇ψ dV for the coefficients k of what elements see of a source: with ∫ λ_k λ_l = V/20 (1 + δ_kl) from
/// ∇ψ at the corners; for P1 V ∇ψ.
Coefficients gradient_moments(const ElementSpace& space, const TetrahedronGradients& element, int t,
                              const Eigen::VectorXd& potential) {
    const Eigen::Index n = space.order() == 1 ? 1 : 4;
    ElementSpace::ShapeValues local(space.n_local());
    for (int i = 0; i < space.n_local(); ++i) local[i] = potential[space.unknown(t, i)];
    Coefficients at_corners(3, n);
    for (Eigen::Index k = 0; k < n; ++k) {
        const Eigen::Vector4d corner = Eigen::Vector4d::Unit(k);
        at_corners.col(k) = space.shape_gradients(element, corner) * local;
    }
    if (n == 1) return element.volume * at_corners;
    const Vector3 sum = at_corners.rowwise().sum();
    return element.volume / 20 * (at_corners.colwise() + sum);
}

} // namespace

VectorField volume_current(const ElementSpace& space, const Conductivity& conductivity,
                           const Eigen::VectorXd& potential) {
    CORTICOIL_ASSERT(potential.size() == space.n_unknowns());
    const Eigen::MatrixXd projection = nodal_projection(space);
    VectorField current = VectorField::Zero(3, space.n_unknowns());
    for (int t = 0; t < space.mesh().n_tetrahedra(); ++t) {
        Coefficients moments = gradient_moments(space, gradients_of(space.mesh(), t), t, potential);
        for (Eigen::Index k = 0; k < moments.cols(); ++k)
            moments.col(k) = -conductivity.times(t, moments.col(k));
        for (int i = 0; i < space.n_local(); ++i)
            current.col(space.unknown(t, i)) += moments * projection.row(i).transpose();
    }
    return current;
}

CurrentAtUnknowns functional_current(const ElementSpace& space, const FieldFunctional& functional) {
    const Eigen::MatrixXd projection = nodal_projection(space);
    CurrentAtUnknowns current;
    for (const int t : functional.tetrahedra) {
        for (int i = 0; i < space.n_local(); ++i) current.unknowns.push_back(space.unknown(t, i));
    }
    std::sort(current.unknowns.begin(), current.unknowns.end());
    current.unknowns.erase(std::unique(current.unknowns.begin(), current.unknowns.end()),
                           current.unknowns.end());
    current.elements = VectorField::Zero(3, static_cast<Eigen::Index>(current.unknowns.size()));
    for (int p = 0; p < functional.n_points(); ++p) {
        const int t = functional.tetrahedra[static_cast<std::size_t>(p)];
        const Eigen::VectorXd shares = space.order() == 1
                                           ? Eigen::VectorXd(projection)
                                           : Eigen::VectorXd(projection * functional.barycentric.col(p));
        for (int i = 0; i < space.n_local(); ++i) {
            const auto place =
                std::lower_bound(current.unknowns.begin(), current.unknowns.end(), space.unknown(t, i)) -
                current.unknowns.begin();
            current.elements.col(place) += shares[i] * functional.weights.col(p);
        }
    }
    return current;
}

} // namespace corticoil::solver
