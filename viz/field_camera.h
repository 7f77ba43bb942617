#pragma once

#include "viz/field_picture.h"
#include "viz/plane_section.h"

namespace corticoil::viz {

/// The camera of a picture of width × height pixels that is all scene: the panel of a montage, a frame.
[[nodiscard]] PictureCamera panel_camera(const FieldScene& scene, FieldView view, int width, int height);

/// The cut's plane: through the target along the coil's axis and across its handle; what lies along the
/// normal is cut away.
[[nodiscard]] Plane cut_plane(const FieldScene& scene);

} // namespace corticoil::viz
