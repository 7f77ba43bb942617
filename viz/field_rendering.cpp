#include "viz/field_rendering.h"

#include "core/error.h"
#include "core/tissue.h"
#include "viz/field_bodies.h"
#include "viz/field_extras.h"
#include "viz/offscreen_window.h"
#include "viz/surface_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace corticoil::viz {

namespace {
constexpr Colour skin{0.80F, 0.66F, 0.58F};
constexpr Colour bone{0.86F, 0.83F, 0.72F};
constexpr Colour white_matter_colour{0.88F, 0.86F, 0.82F};
constexpr Colour cortex_glass{0.62F, 0.62F, 0.64F};

/// Glass: more opaque where the surface turns away from the viewer. The drawn brightness is the cosine of
/// that angle.
std::function<Glaze::Paint(const Colour&)> glass(const Colour& colour, float facing, float edge,
                                                 float sharpness, const Colour& rim) {
    return [=](const Colour& drawn) {
        const float turned_away = 1 - drawn.red;
        return Glaze::Paint{mix(colour, rim, 0.25F * turned_away),
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
    check_surface(scene.skull, "the skull to draw");
    check_surface(scene.white_matter, "the white matter to draw");
    check_surface(scene.lesions, "the lesions to draw");
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

const Eigen::VectorXd& values_of(const FieldScene& scene, FieldScalar scalar) {
    const Eigen::VectorXd& values = scalar == FieldScalar::normal       ? scene.normal
                                    : scalar == FieldScalar::tangential ? scene.tangential
                                                                        : scene.magnitude;
    if (values.size() != scene.cortex.n_nodes()) {
        throw Error(fmt::format("the field to draw has {} values of E {} the cortex for {} nodes",
                                values.size(), scalar == FieldScalar::normal ? "across" : "along",
                                scene.cortex.n_nodes()));
    }
    return values;
}

ColourScale colour_scale(const FieldScene& scene, FieldScalar scalar, double percentile) {
    const double cap =
        area_weighted_percentile(scene.cortex, values_of(scene, scalar).cwiseAbs(), percentile);
    if (!(cap > 0)) {
        throw Error(fmt::format("the {} percentile of |E| on the cortex is {} V/m: there is no field to draw",
                                percentile, cap));
    }
    return {cap, scalar == FieldScalar::normal};
}

double colour_cap(const FieldScene& scene, double percentile) {
    return colour_scale(scene, FieldScalar::magnitude, percentile).cap;
}

ColourScale view_scale(const FieldScene& scene, FieldView view, const FieldLook& look, double percentile) {
    if (needs_volume(view)) {
        if (!scene.volume || scene.volume->field.cols() != scene.volume->mesh.n_tetrahedra() ||
            scene.volume->mesh.n_tetrahedra() == 0)
            throw Error(fmt::format("the view {} needs E in the head's tetrahedra", name_of(view)));
        if (!scene.volume->field.allFinite())
            throw Error("E in the tetrahedra to draw is not a finite number");
        return colour_scale(scene, FieldScalar::magnitude, percentile);
    }
    if (view != FieldView::candidates) return colour_scale(scene, look.scalar, percentile);
    if (scene.candidates.empty()) throw Error("the scene has no candidate poses to draw");
    const auto [worst, best] =
        std::minmax_element(scene.candidates.begin(), scene.candidates.end(),
                            [](const CandidatePose& a, const CandidatePose& b) { return a.value < b.value; });
    if (!std::isfinite(worst->value) || !std::isfinite(best->value))
        throw Error("the value of a candidate pose is not a finite number");
    // One value alone still needs a scale.
    constexpr double narrowest = 1e-3;
    const double low = std::min(worst->value, best->value - narrowest * std::abs(best->value));
    return {best->value, false, low < best->value ? low : best->value - 1};
}

FieldRenderer::FieldRenderer(const FieldScene& scene, FieldLook look, const ColourScale& scale)
    : scene_(scene), look_(std::move(look)), scale_(scale) {}

OffscreenWindow& FieldRenderer::window(int width, int height) {
    if (!window_ || width != window_width_ || height != window_height_) {
        window_.reset(); // One OpenGL context at a time.
        window_ = std::make_unique<OffscreenWindow>(width, height);
        window_width_ = width;
        window_height_ = height;
    }
    return *window_;
}

const Body& FieldRenderer::cortex(const FieldLook& look) {
    if (!cortex_) cortex_ = cortex_body(scene_, values_of(scene_, look.scalar), scale_);
    return *cortex_;
}

const Body& FieldRenderer::scalp() {
    if (!scalp_) scalp_ = Body{scalp_without_neck(scene_), {white}, Light::viewer};
    return *scalp_;
}

std::vector<Body> FieldRenderer::opaque_bodies(FieldView view, const FieldLook& look,
                                               const PictureCamera& camera, const PictureTheme& theme) {
    std::vector<Body> bodies = mark_bodies(scene_, look, camera, theme);
    if (!special_.contains(view)) {
        special_[view] = view == FieldView::cut           ? cut_bodies(scene_, look, scale_)
                         : view == FieldView::arrows      ? arrow_bodies(scene_, scale_)
                         : view == FieldView::streamlines ? streamline_bodies(scene_, scale_)
                         : view == FieldView::candidates  ? candidate_bodies(scene_, scale_)
                                                          : std::vector<Body>{};
    }
    const std::vector<Body>& special = special_.at(view);
    bodies.insert(bodies.end(), special.begin(), special.end());
    const bool has_white_matter = look.shows(Part::white_matter) && scene_.white_matter.n_triangles() > 0;
    if (has_white_matter) bodies.push_back({scene_.white_matter, {white_matter_colour}, Light::studio});
    const bool has_values = view != FieldView::arrows && view != FieldView::streamlines;
    if (look.shows(Part::cortex) && has_values && !has_white_matter) bodies.push_back(cortex(look));
    return bodies;
}

std::vector<Glaze> FieldRenderer::layers(FieldView view, const PictureCamera& camera,
                                         const PictureTheme& theme, const Progress& progress) {
    const FieldLook look = look_in(view, look_);
    // The close views look for the cortex; the others for the head.
    const bool is_near = is_framed(view);
    const bool has_thin_coil = view != FieldView::overview;
    const bool has_solid_scalp = view == FieldView::cut || view == FieldView::candidates;
    report(progress, 0.0, "shading");
    const std::vector<Body> opaque = opaque_bodies(view, look, camera, theme);
    report(progress, 0.3, "drawing");
    OffscreenWindow& target = window(camera.width, camera.height);
    std::vector<Glaze> glazes;
    glazes.push_back({target.draw(opaque, camera), {}});
    report(progress, 0.6, "drawing");
    const auto add_glass = [&](const Body& body, const std::function<Glaze::Paint(const Colour&)>& paint) {
        glazes.push_back({target.draw({{body.surface, {white}, Light::viewer}}, camera), paint});
    };
    if (look.shows(Part::cortex) && look.shows(Part::white_matter) && scene_.white_matter.n_triangles() > 0)
        glazes.push_back({target.draw({cortex(look)}, camera), even(0.5F)});
    if (look.shows(Part::cortex) && view == FieldView::streamlines)
        add_glass({scene_.cortex, {}, {}}, glass(cortex_glass, 0.16F, 0.75F, 1.5F, theme.edge));
    if (look.shows(Part::lesions) && scene_.lesions.n_triangles() > 0) {
        glazes.push_back(
            {target.draw({{scene_.lesions, {tissue_colour(tissue::lesion)}, Light::studio}}, camera),
             even(0.75F)});
        // In front of everything that hides them.
        for (float& height : glazes.back().layer.heights) {
            if (std::isfinite(height)) height += 1;
        }
    }
    if (look.shows(Part::windings) && !scene_.windings.empty()) {
        glazes.push_back(
            {target.draw({winding_body(scene_, has_thin_coil)}, camera), even(has_thin_coil ? 0.8F : 0.95F)});
    }
    if (look.shows(Part::casing) && scene_.casing && scene_.casing->n_triangles() > 0) {
        add_glass({*scene_.casing, {}, {}}, has_thin_coil
                                                ? glass(casing_colour, 0.05F, 0.45F, 3, theme.edge)
                                                : glass(casing_colour, 0.22F, 0.75F, 2, theme.edge));
    }
    if (look.shows(Part::skull) && scene_.skull.n_triangles() > 0 && !has_solid_scalp)
        add_glass({scene_.skull, {}, {}}, glass(bone, 0.22F, 0.85F, 2, theme.edge));
    if (look.shows(Part::scalp) && scene_.scalp.n_triangles() > 0 && !has_solid_scalp) {
        add_glass(scalp(), is_near ? glass(skin, 0.0F, 0.28F, 4, theme.edge)
                                   : glass(skin, 0.20F, 0.85F, 2, theme.edge));
    }
    return glazes;
}

Canvas FieldRenderer::draw(FieldView view, const PictureCamera& camera, const PictureTheme& theme,
                           const Progress& progress) {
    // Drawing twice as large and averaging smooths edges; beyond this size it would take too much memory.
    constexpr double pixels_for_smoothing = 9e6;
    const int factor = double{1} * camera.width * camera.height <= pixels_for_smoothing ? 2 : 1;
    PictureCamera fine_camera = camera;
    fine_camera.width *= factor;
    fine_camera.height *= factor;
    fine_camera.metres_per_pixel /= factor;
    const std::vector<Glaze> glazes = layers(view, fine_camera, theme, part_of(progress, 0, 0.9));
    report(progress, 0.9, "blending");
    return blend_layers(glazes, factor, theme.background);
}

Canvas render_field(const FieldScene& scene, FieldView view, const PictureCamera& camera, double cap,
                    const Progress& progress) {
    return FieldRenderer(scene, {}, {cap}).draw(view, camera, {}, progress);
}

} // namespace corticoil::viz
