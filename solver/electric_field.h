#pragma once

#include "solver/element_field.h"

#include <optional>

namespace corticoil::solver {

/// E = −∇φ − ∂A/∂t in each tetrahedron [V/m], of degree order − 1, from the potential at the unknowns [V] and
/// ∂A/∂t [V/m] as the load got it; nothing for a source that is no ∂A/∂t.
[[nodiscard]] ElementField electric_field(const ElementSpace& space, const Eigen::VectorXd& potential,
                                          const std::optional<ElementField>& rate);

} // namespace corticoil::solver
