#pragma once

#include "core/tet_mesh.h"
#include "solver/element_field.h"

#include <functional>
#include <optional>
#include <vector>

namespace corticoil::test {

/// Chooses tetrahedra by their barycentre [m].
using Region = std::function<bool(const Vector3& barycentre)>;

/// How far a field of elements is from the exact one, in L2 over a region.
struct FieldError {
    double relative = 0; ///< ‖E_h − E‖/‖E‖.
    double radial_share =
        0; ///< ‖r̂·E_h‖/‖E‖ around the origin: an error where the exact E has no radial part.
    double absolute = 0; ///< √∫ |E_h − E|² dV.
};

/// Compares fields of elements with an exact one at the points of the quadrature of degree 4 in each
/// tetrahedron of a region. The exact field is evaluated once, for all comparisons.
class FieldComparison {
  public:
    /// Keeps a reference to the mesh.
    FieldComparison(const TetMesh& mesh, const Region& region, const solver::FieldFunction& exact);

    /// The error over the part of the region that is in `part`. `added` is added to the field at each
    /// quadrature point: −∂A/∂t that the elements did not have to approximate, from values_of().
    [[nodiscard]] FieldError error_of(const solver::ElementField& field, const Region& part,
                                      const std::optional<VectorField>& added = std::nullopt) const;
    [[nodiscard]] FieldError error_of(const solver::ElementField& field) const;

    /// Another function's values at the quadrature points.
    [[nodiscard]] VectorField values_of(const solver::FieldFunction& function) const {
        return function(points_);
    }

  private:
    const TetMesh& mesh_;
    std::vector<int> tetrahedra_;
    Points points_; ///< All of a tetrahedron's points after one another.
    VectorField exact_;
};

/// Relative L2 error ‖E_h − E‖/‖E‖ of a field of elements over a region: one line over FieldComparison.
[[nodiscard]] double relative_l2_error(const TetMesh& mesh, const solver::ElementField& field,
                                       const solver::FieldFunction& exact, const Region& region);

/// Root mean square edge length [m], a mesh size for convergence plots.
[[nodiscard]] double mesh_size(const TetMesh& mesh);

} // namespace corticoil::test
