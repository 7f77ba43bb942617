#include "solver/electric_field.h"

#include "core/error.h"
#include "solver/gradients.h"

namespace corticoil::solver {

ElementField electric_field(const ElementSpace& space, const Eigen::VectorXd& potential,
                            const std::optional<ElementField>& rate) {
    const TetMesh& mesh = space.mesh();
    CORTICOIL_ASSERT(potential.size() == space.n_unknowns());
    const int n_values = space.order() == 1 ? 1 : 4;
    ElementField field(space.order() - 1, VectorField(3, Eigen::Index{n_values} * mesh.n_tetrahedra()));
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const TetrahedronGradients element = gradients_of(mesh, t);
        ElementSpace::ShapeValues values(space.n_local());
        for (int i = 0; i < space.n_local(); ++i) values[i] = potential[space.unknown(t, i)];
        for (int corner = 0; corner < n_values; ++corner) {
            field.values.col(Eigen::Index{n_values} * t + corner) =
                -(space.shape_gradients(element, Eigen::Vector4d::Unit(corner)) * values);
        }
    }
    if (!rate) return field;
    CORTICOIL_ASSERT(rate->degree == field.degree && rate->values.cols() == field.values.cols());
    field.values -= rate->values;
    return field;
}

} // namespace corticoil::solver
