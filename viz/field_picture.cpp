#include "viz/field_picture.h"

#include "viz/field_annotation.h"
#include "viz/field_rendering.h"
#include "viz/png_file.h"

namespace corticoil::viz {

void draw_field(const FieldScene& scene, FieldView view, const PictureOptions& options,
                const std::filesystem::path& png) {
    check(options);
    check(scene);
    const double cap = colour_cap(scene, options.cap_percentile);
    Canvas canvas =
        render_field(scene, view, field_camera(scene, view, options), cap, part_of(options.progress, 0, 0.9));
    annotate_field(canvas, scene, view, options, cap);
    write_png(canvas, png);
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
