#include "viz/field_frames.h"

#include "core/constants.h"
#include "core/error.h"
#include "viz/colour_bar.h"
#include "viz/field_annotation.h"
#include "viz/field_rendering.h"
#include "viz/png_file.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>

namespace corticoil::viz {

namespace {
void draw_frame(FieldRenderer& renderer, const FieldWords& words, const std::filesystem::path& png) {
    const PictureLayout layout(words.options);
    Canvas canvas = renderer.draw(words.view, words.camera, layout.theme);
    name_marks(canvas, words);
    clear_around_scene(canvas, layout, is_framed(words.view));
    annotate_field(canvas, words);
    write_png(canvas, png, words.options.dots_per_inch);
}

/// The coil at a candidate, which comes first among them.
FieldScene at_candidate(const FieldScene& scene, std::size_t index) {
    FieldScene moved = scene;
    std::swap(moved.candidates.front(), moved.candidates[index]);
    moved.head_from_coil = scene.candidates[index].head_from_coil;
    const RigidTransform shift = moved.head_from_coil * scene.head_from_coil.inverse();
    for (Points& winding : moved.windings) winding = shift.apply_to_points(winding);
    if (moved.casing) moved.casing->nodes = shift.apply_to_points(moved.casing->nodes);
    moved.subtitle = fmt::format("pose {} of {}: {}", index + 1, scene.candidates.size(),
                                 fixed_number(scene.candidates[index].value));
    return moved;
}
} // namespace

void draw_orbit(const FieldScene& scene, const FieldLook& look, const PictureOptions& options, int n_frames,
                const FrameFile& file) {
    check(options);
    check(scene);
    constexpr int most_frames = 720;
    if (n_frames < 2 || n_frames > most_frames)
        throw Error(fmt::format("a turn of {} frames; give 2 to {}", n_frames, most_frames));
    const ColourScale scale = view_scale(scene, FieldView::overview, look, options.cap_percentile);
    FieldRenderer renderer(scene, look, scale);
    const std::vector<PictureCamera> cameras = orbit_cameras(scene, options, n_frames);
    for (int frame = 0; frame < n_frames; ++frame) {
        report(options.progress, static_cast<double>(frame) / n_frames, "drawing frames");
        const PictureCamera& camera = cameras[static_cast<std::size_t>(frame)];
        draw_frame(renderer, {scene, FieldView::overview, look, options, camera, scale}, file(frame + 1));
    }
    report(options.progress, 1.0, "written");
}

void draw_sweep(const FieldScene& scene, const FieldLook& chosen, const PictureOptions& options,
                const FrameFile& file) {
    check(options);
    check(scene);
    const FieldLook look = look_in(FieldView::candidates, chosen);
    const ColourScale scale = view_scale(scene, FieldView::candidates, look, options.cap_percentile);
    const PictureCamera camera = field_camera(scene, FieldView::candidates, options);
    for (std::size_t i = 0; i < scene.candidates.size(); ++i) {
        report(options.progress, static_cast<double>(i) / static_cast<double>(scene.candidates.size()),
               "drawing frames");
        const FieldScene moved = at_candidate(scene, i);
        FieldRenderer renderer(moved, look, scale);
        draw_frame(renderer, {moved, FieldView::candidates, look, options, camera, scale},
                   file(static_cast<int>(i) + 1));
    }
    report(options.progress, 1.0, "written");
}

} // namespace corticoil::viz
