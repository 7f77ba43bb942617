#include "solver/adjoint.h"

#include "core/error.h"
#include "solver/gradients.h"

namespace corticoil::solver {

double FieldFunctional::of(const ElementField& field) const {
    double sum = 0;
    for (int i = 0; i < n_points(); ++i)
        sum += weights.col(i).dot(field.at(tetrahedra[static_cast<std::size_t>(i)], barycentric.col(i)));
    return sum;
}

Eigen::VectorXd load_of_functional(const ElementSpace& space, const FieldFunctional& functional) {
    CORTICOIL_ASSERT(functional.weights.cols() == functional.n_points());
    Eigen::VectorXd load = Eigen::VectorXd::Zero(space.n_unknowns());
    for (int i = 0; i < functional.n_points(); ++i) {
        const int t = functional.tetrahedra[static_cast<std::size_t>(i)];
        const ElementSpace::ShapeGradients gradients =
            space.shape_gradients(gradients_of(space.mesh(), t), functional.barycentric.col(i));
        for (int k = 0; k < space.n_local(); ++k)
            load[space.unknown(t, k)] += functional.weights.col(i).dot(gradients.col(k));
    }
    return load;
}

Potentials solve_adjoint(const PotentialSolver& solver, std::span<const FieldFunctional> functionals,
                         const SolveOptions& options) {
    Eigen::MatrixXd loads(solver.space().n_unknowns(), static_cast<Eigen::Index>(functionals.size()));
    for (std::size_t i = 0; i < functionals.size(); ++i)
        loads.col(static_cast<Eigen::Index>(i)) = load_of_functional(solver.space(), functionals[i]);
    return solver.solve_block(loads, options);
}

double value_by_reciprocity(const FieldFunctional& functional, const Eigen::VectorXd& adjoint_potential,
                            const Eigen::VectorXd& load, const ElementField& rate) {
    return -adjoint_potential.dot(load) - functional.of(rate);
}

} // namespace corticoil::solver
