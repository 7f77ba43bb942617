#pragma once

#include "core/conductivity.h"
#include "core/tet_mesh.h"

#include <map>

namespace corticoil {

/// Isotropic conductivity per label [S/m].
using Conductivities = std::map<int, double>;

/// The defaults of known_tissues().
[[nodiscard]] Conductivities default_conductivities();

/// A meshed head with a conductivity per tetrahedron [S/m].
struct HeadModel {
    TetMesh mesh;
    Conductivity conductivity;
};

/// Gives each tetrahedron the conductivity of its label.
/// \throws Error for a label without a conductivity, and for one that is not a positive, finite number.
[[nodiscard]] HeadModel make_head_model(TetMesh mesh, const Conductivities& conductivities);

} // namespace corticoil
