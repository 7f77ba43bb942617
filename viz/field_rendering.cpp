#include "viz/field_rendering.h"

#include "core/error.h"
#include "viz/field_bodies.h"
#include "viz/offscreen_window.h"
#include "viz/surface_statistics.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::viz {

namespace {
constexpr Colour skin{0.80F, 0.66F, 0.58F};

/// Glass: more opaque where the surface turns away from the viewer. The drawn brightness is the cosine of
/// that angle.
std::function<Glaze::Paint(const Colour&)> glass(const Colour& colour, float facing, float edge,
                                                 float sharpness) {
    return [=](const Colour& drawn) {
        const float turned_away = 1 - drawn.red;
        return Glaze::Paint{mix(colour, black, 0.25F * turned_away),
                            facing + (edge - facing) * std::pow(turned_away, sharpness)};
    };
}

std::function<Glaze::Paint(const Colour&)> even(float opacity) {
    return [=](const Colour& drawn) { return Glaze::Paint{drawn, opacity}; };
}

void check_points(const Points& points, const char* what) {
    if (!points.allFinite()) throw Error(fmt::format("{}: a coordinate is not a finite number", what));
}

void check_surface(const SurfaceMesh& surface, const char* what) {
    check_points(surface.nodes, what);
    if (surface.n_triangles() == 0) return;
    const int lowest = surface.triangles.minCoeff();
    const int highest = surface.triangles.maxCoeff();
    if (lowest < 0 || highest >= surface.n_nodes()) {
        throw Error(fmt::format("{}: a triangle names node {}, but there are {} nodes", what,
                                lowest < 0 ? lowest : highest, surface.n_nodes()));
    }
}

} // namespace

void check(const FieldScene& scene) {
    check_surface(scene.cortex, "the cortex to draw");
    check_surface(scene.scalp, "the scalp to draw");
    if (scene.casing) check_surface(*scene.casing, "the coil casing to draw");
    for (const Points& winding : scene.windings) check_points(winding, "the coil windings to draw");
    if (scene.cortex.n_triangles() == 0)
        throw Error("the cortex to draw has no triangles; does the head have label 2?");
    if (scene.magnitude.size() != scene.cortex.n_nodes()) {
        throw Error(fmt::format("the field to draw has {} values for {} nodes of the cortex",
                                scene.magnitude.size(), scene.cortex.n_nodes()));
    }
    if (!scene.roi_centre.allFinite() || !std::isfinite(scene.roi_radius) || scene.roi_radius < 0) {
        throw Error("the region of interest to draw is not a point with a radius of 0 or more");
    }
}

double colour_cap(const FieldScene& scene, double percentile) {
    const double cap = area_weighted_percentile(scene.cortex, scene.magnitude, percentile);
    if (!(cap > 0)) {
        throw Error(fmt::format("the {} percentile of |E| on the cortex is {} V/m: there is no field to draw",
                                percentile, cap));
    }
    return cap;
}

namespace {

std::vector<Glaze> draw_layers(const FieldScene& scene, FieldView view, const PictureCamera& camera,
                               double cap, const Progress& progress) {
    const bool is_close = view == FieldView::close;
    report(progress, 0.0, "shading the cortex");
    std::vector<Body> opaque = mark_bodies(scene, camera);
    opaque.push_back(cortex_body(scene, cap));
    report(progress, 0.3, "drawing");
    OffscreenWindow window(camera.width, camera.height);
    std::vector<Glaze> glazes;
    glazes.push_back({window.draw(opaque, camera), {}});
    report(progress, 0.6, "drawing");
    if (!scene.windings.empty()) {
        glazes.push_back({window.draw({winding_body(scene, view)}, camera), even(is_close ? 0.8F : 0.95F)});
    }
    if (scene.casing && scene.casing->n_triangles() > 0) {
        glazes.push_back(
            {window.draw({{*scene.casing, {white}, Light::viewer}}, camera),
             is_close ? glass(casing_colour, 0.05F, 0.45F, 3) : glass(casing_colour, 0.22F, 0.75F, 2)});
    }
    if (scene.scalp.n_triangles() > 0) {
        glazes.push_back({window.draw({{scalp_without_neck(scene), {white}, Light::viewer}}, camera),
                          is_close ? glass(skin, 0.0F, 0.28F, 4) : glass(skin, 0.20F, 0.85F, 2)});
    }
    return glazes;
}
} // namespace

Canvas render_field(const FieldScene& scene, FieldView view, const PictureCamera& camera, double cap,
                    const Progress& progress) {
    // Drawing twice as large and averaging smooths edges; beyond this size it would take too much memory.
    constexpr double pixels_for_smoothing = 9e6;
    const int factor = double{1} * camera.width * camera.height <= pixels_for_smoothing ? 2 : 1;
    PictureCamera fine_camera = camera;
    fine_camera.width *= factor;
    fine_camera.height *= factor;
    fine_camera.metres_per_pixel /= factor;
    const std::vector<Glaze> glazes = draw_layers(scene, view, fine_camera, cap, part_of(progress, 0, 0.9));
    report(progress, 0.9, "blending");
    return blend_layers(glazes, factor, white);
}

} // namespace corticoil::viz
