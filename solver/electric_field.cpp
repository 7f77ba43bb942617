#include "solver/electric_field.h"

#include "core/error.h"
#include "solver/gradients.h"

namespace corticoil::solver {

VectorField electric_field(const TetMesh& mesh, const Eigen::VectorXd& potential,
                           const VectorField& rate_means) {
    CORTICOIL_ASSERT(potential.size() == mesh.n_nodes());
    CORTICOIL_ASSERT(rate_means.cols() == 0 || rate_means.cols() == mesh.n_tetrahedra());
    VectorField field(3, mesh.n_tetrahedra());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        Eigen::Vector4d values;
        for (int corner = 0; corner < 4; ++corner) values[corner] = potential[mesh.tetrahedra(corner, t)];
        field.col(t) = -(gradients_of(mesh, t).gradients * values);
    }
    if (rate_means.cols() != 0) field -= rate_means;
    return field;
}

} // namespace corticoil::solver
