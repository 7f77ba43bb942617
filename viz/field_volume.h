#pragma once

#include "core/tet_mesh.h"

namespace corticoil::viz {

/// E in a head's tetrahedra.
struct FieldVolume {
    TetMesh mesh;
    VectorField field; ///< Mean E per tetrahedron [V/m], as many columns as tetrahedra.
};

} // namespace corticoil::viz
