#pragma once

#include "viz/canvas.h"
#include "viz/field_picture.h"

namespace corticoil::viz {

/// \throws Error if a scene is inconsistent: sizes, NaN, no triangles.
void check(const FieldScene& scene);

/// Where the colours of a scene end [V/m]: a percentile of |E| over the cortex's area.
/// \throws Error if that is not positive.
[[nodiscard]] double colour_cap(const FieldScene& scene, double percentile);

/// Draws a checked scene as `camera` sees it, without words; colours end at `cap` [V/m]. `view` says how
/// much of scalp and coil is shown. \throws MissingPartError without EGL.
[[nodiscard]] Canvas render_field(const FieldScene& scene, FieldView view, const PictureCamera& camera,
                                  double cap, const Progress& progress = {});

} // namespace corticoil::viz
