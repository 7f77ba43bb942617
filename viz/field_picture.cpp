#include "viz/field_picture.h"

#include "viz/field_annotation.h"
#include "viz/field_rendering.h"
#include "viz/png_file.h"
#include "viz/svg_drawing.h"

namespace corticoil::viz {

namespace {
void write_svg(const FieldWords& words, const std::filesystem::path& path) {
    SvgDrawing drawing(words.options.width, words.options.height);
    name_marks(drawing, words);
    annotate_field(drawing, words);
    drawing.write(words.scene.title, path);
}
} // namespace

void draw_field(const FieldScene& scene, FieldView view, const FieldLook& chosen,
                const PictureOptions& options, const std::filesystem::path& png,
                const std::optional<std::filesystem::path>& svg) {
    check(options);
    check(scene);
    const FieldLook look = look_in(view, chosen);
    const PictureLayout layout(options);
    const PictureCamera camera = field_camera(scene, view, options);
    const FieldWords words{scene,   view,   look,
                           options, camera, view_scale(scene, view, look, options.cap_percentile)};
    Canvas canvas = FieldRenderer(scene, look, words.scale)
                        .draw(view, camera, layout.theme, part_of(options.progress, 0, 0.9));
    if (!svg) name_marks(canvas, words);
    if (look.shows(Part::roi)) draw_roi_ball(canvas, layout.scale, camera, scene);
    clear_around_scene(canvas, layout, is_framed(view));
    if (!svg) annotate_field(canvas, words);
    write_png(canvas, png, options.dots_per_inch);
    if (svg) write_svg(words, *svg);
    report(options.progress, 1.0, "written");
}

void draw_field(const FieldScene& scene, FieldView view, const PictureOptions& options,
                const std::filesystem::path& png) {
    draw_field(scene, view, FieldLook{}, options, png);
}

} // namespace corticoil::viz
