#pragma once

#include "viz/canvas.h"
#include "viz/field_picture.h"

#include <string>

namespace corticoil::viz {

/// The colour bar's title: quantity, unit, scaling and where the bar ends, for example
/// `|E| (V/m) at 1 A/µs, capped at the 99.9th percentile (1.24 V/m)`. didt [A/s], cap [V/m].
[[nodiscard]] std::string colour_bar_title(double didt, double percentile, double cap);

/// The ball of the region of interest as a dotted circle: exact under a parallel projection, and visible
/// where the ball meets the cortex only inside a sulcus. `scale`: pixels per unit of a 1600×1200 picture.
void draw_roi_ball(Canvas& canvas, double scale, const PictureCamera& camera, const FieldScene& scene);

/// Draws titles, colour bar, legend, orientation, scale bar and the names of the marks over a picture of a
/// field; `cap` is the end of the colour bar [V/m].
void annotate_field(Canvas& canvas, const FieldScene& scene, FieldView view, const PictureOptions& options,
                    double cap);

} // namespace corticoil::viz
