#pragma once

#include "core/tet_mesh.h"
#include "solver/element_field.h"

#include <functional>

namespace corticoil::test {

/// Relative L2 error ‖E_h − E‖/‖E‖ of a field of elements, over the tetrahedra whose
/// barycentre satisfies `region`, by quadrature of degree 4.
[[nodiscard]] double relative_l2_error(const TetMesh& mesh, const solver::ElementField& field,
                                       const solver::FieldFunction& exact,
                                       const std::function<bool(const Vector3&)>& region);

/// Root mean square edge length [m], a mesh size for convergence plots.
[[nodiscard]] double mesh_size(const TetMesh& mesh);

} // namespace corticoil::test
