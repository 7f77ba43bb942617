#pragma once

#include "viz/field_picture.h"

namespace corticoil::viz {

/// The camera of a picture of width × height pixels that is all scene: the panel of a montage, a frame.
[[nodiscard]] PictureCamera panel_camera(const FieldScene& scene, FieldView view, int width, int height);

} // namespace corticoil::viz
