#pragma once

#include "viz/canvas.h"
#include "viz/field_picture.h"
#include "viz/picture_layout.h"

#include <string>

namespace corticoil::viz {

/// What the words around a picture of a field are about.
struct FieldWords {
    const FieldScene& scene;
    FieldView view;
    const FieldLook& look;
    const PictureOptions& options;
    const PictureCamera& camera;
    ColourScale scale;
};

/// The colour bar's title: quantity, unit, scaling and where the bar ends, for example
/// `|E| (V/m) at 1 A/µs, capped at the 99.9th percentile (1.24 V/m)`. didt [A/s], cap [V/m].
[[nodiscard]] std::string colour_bar_title(double didt, double percentile, double cap,
                                           FieldScalar scalar = FieldScalar::magnitude);

/// The ball of the region of interest as a dotted circle: exact under a parallel projection, and visible
/// where the ball meets the cortex only inside a sulcus. `scale`: pixels per unit of a 1600×1200 picture.
void draw_roi_ball(Painter& painter, double scale, const PictureCamera& camera, const FieldScene& scene);

/// The background around the scene's part of a picture, with a frame where the scene fills it.
void clear_around_scene(Canvas& canvas, const PictureLayout& layout, bool framed);

/// The names of the marks at the coil, on the scene.
void name_marks(Painter& painter, const FieldWords& words);

/// Titles, colour bar and legend around the scene.
void annotate_around(Painter& painter, const FieldWords& words);

/// The same with orientation and scale bar.
void annotate_field(Painter& painter, const FieldWords& words);

} // namespace corticoil::viz
