#pragma once

#include "app/view_state.h"
#include "core/surface_mesh.h"

#include <string>

namespace corticoil::app {

/// The camera left, right, front, back, top or bottom of a cortex, or `coil`: along the coil's axis.
/// \throws Error for other names.
[[nodiscard]] ViewCamera preset_camera(const std::string& name, const SurfaceMesh& cortex,
                                       const ViewState& state);

} // namespace corticoil::app
