#pragma once

#include "core/conductivity.h"
#include "solver/adjoint.h"
#include "solver/element_space.h"

#include <vector>

namespace corticoil::solver {

// Everything that a source does to a head is linear in ∂A/∂t at points. These are the transposes: vectors c
// at those points, a current that the head carries, with Σ c·∂A/∂t the quantity: reciprocity as in Heller &
// van Hulsteyn 1992 (Biophys J 63:129), for the discretised problem. The interfaces' is
// InterfaceSource::current().

/// The volume form's: c at the positions of all unknowns, 3×n_unknowns, with Σ c·a = ψ·b for every ∂A/∂t = a
/// there, b = load_of_rate_of_vector_potential(space, conductivity, projected_nodal(space, a)).
[[nodiscard]] VectorField volume_current(const ElementSpace& space, const Conductivity& conductivity,
                                         const Eigen::VectorXd& potential);

/// Vectors at some of the unknowns.
struct CurrentAtUnknowns {
    std::vector<int> unknowns; ///< Ascending, each once.
    VectorField elements;      ///< 3×N.
};

/// The functional's own: Σ c·a = functional.of(projected_nodal(space, a)), at the unknowns of its tetrahedra.
[[nodiscard]] CurrentAtUnknowns functional_current(const ElementSpace& space,
                                                   const FieldFunctional& functional);

} // namespace corticoil::solver
