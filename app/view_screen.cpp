#include "app/view_screen.h"

#include "app/coil_pictures.h"
#include "app/view_panel.h"
#include "app/view_slice.h"
#include "core/constants.h"
#include "viz/ambient_shading.h"
#include "viz/png_file.h"
#include "viz/surface_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

constexpr int panel_width = 300;
constexpr int cortex_triangles = 25000; ///< While moving.
constexpr int scalp_triangles = 5000;
constexpr int casing_triangles = 4000;
constexpr viz::Colour skin{0.80F, 0.66F, 0.58F};

/// The part of a head above a height, with a straight lower edge: a long neck would only be in the way.
SurfaceMesh above(const SurfaceMesh& surface, double lowest) {
    SurfaceMesh kept = surface;
    int n_kept = 0;
    for (int t = 0; t < surface.n_triangles(); ++t) {
        const Eigen::Vector3i corners = surface.triangles.col(t);
        if (surface.nodes(2, corners[0]) > lowest || surface.nodes(2, corners[1]) > lowest ||
            surface.nodes(2, corners[2]) > lowest)
            kept.triangles.col(n_kept++) = corners;
    }
    kept.triangles.conservativeResize(3, n_kept);
    kept.nodes.row(2) = kept.nodes.row(2).cwiseMax(lowest);
    return kept;
}

Eigen::VectorXd taken(const Eigen::VectorXd& values, const std::vector<int>& at) {
    return values(at);
}

} // namespace

ViewScreen::ViewScreen(const ViewModel& model, viz::LiveWindow::Kind kind, int width, int height)
    : model_(model), window_(kind, width, height, "Corticoil"),
      light_cortex_(viz::decimated(model.cortex(), cortex_triangles)) {
    constexpr double kept_below_brain = 0.050; // [m]
    const double lowest = model.cortex().nodes.row(2).minCoeff() - kept_below_brain;
    light_scalp_ = viz::decimated(above(model.scalp(), lowest), scalp_triangles);
    openness_ = viz::node_openness(model.cortex());
    light_openness_ = taken(openness_, light_cortex_.nearest);
    const viz::Colour grey{0.7F, 0.7F, 0.7F};
    window_.set_body("cortex", {model.cortex(), {grey}, viz::Light::studio},
                     {.is_cut = true, .has_inside = true});
    window_.set_body("light cortex", {light_cortex_.surface, {grey}, viz::Light::studio}, {.is_cut = true});
    window_.set_body("scalp", {light_scalp_.surface, {skin}, viz::Light::studio},
                     {.is_cut = true, .shows_back = true});
    window_.set_body("glass scalp", {light_scalp_.surface, {skin}, viz::Light::studio},
                     {.is_cut = true, .is_glass = true});
}

viz::PictureCamera ViewScreen::camera() const {
    const ViewCamera& from = model_.camera();
    viz::PictureCamera camera;
    camera.width = window_.width();
    camera.height = window_.height();
    camera.towards_viewer = from.towards_viewer;
    camera.up = from.up;
    camera.right = from.up.cross(from.towards_viewer).normalized();
    camera.metres_per_pixel = from.height / camera.height;
    // The panel covers the right of the window.
    camera.centre = from.centre + panel_width / 2.0 * camera.metres_per_pixel * camera.right;
    return camera;
}

ViewScreen::Sight ViewScreen::sight(double column, double row) const {
    const viz::PictureCamera camera = this->camera();
    constexpr double in_front = 0.5; // [m]
    const double across = camera.metres_per_pixel * (column + 0.5 - camera.width / 2.0);
    const double up = camera.metres_per_pixel * (camera.height / 2.0 - row - 0.5);
    return {camera.centre + across * camera.right + up * camera.up + in_front * camera.towards_viewer,
            -camera.towards_viewer};
}

const Eigen::VectorXd* ViewScreen::values() const {
    if (!model_.field()) return nullptr;
    const planning::SurfaceField& cortex = model_.field()->cortex;
    switch (model_.state().scalar) {
    case ViewScalar::normal:
        return &cortex.normal;
    case ViewScalar::tangential:
        return &cortex.tangential;
    default:
        return &cortex.magnitude;
    }
}

void ViewScreen::update_colours() {
    const Eigen::VectorXd* const shown = values();
    if (shown == nullptr) return;
    const viz::LiveColours colours = view_colours(model_);
    const std::string key =
        fmt::format("{} {} {} {}", static_cast<const void*>(model_.field()->field.values.data()),
                    static_cast<int>(model_.state().scalar), colours.cap, colours.is_stale);
    if (drawn_colours_[0] != key) {
        drawn_colours_[0] = key;
        window_.set_colours("light cortex", viz::live_colours(taken(*shown, light_cortex_.nearest),
                                                              light_openness_, colours));
    }
    if (colours.is_stale || drawn_colours_[1] == key) return;
    drawn_colours_[1] = key;
    window_.set_colours("cortex", viz::live_colours(*shown, openness_, colours));
}

void ViewScreen::update_coil() {
    const ViewState& state = model_.state();
    if (drawn_coil_ != state.coil) {
        drawn_coil_ = state.coil;
        const coils::Coil& coil = model_.coil();
        const std::vector<Points> wires = wire_polylines(coil);
        window_.set_body("windings", viz::live_windings(wires));
        window_.set_body("handle", viz::live_handle());
        window_.set_body("arrow",
                         coil.induced_direction ? viz::live_arrow(*coil.induced_direction) : viz::Body{});
        const viz::Colour grey{0.42F, 0.46F, 0.52F};
        SurfaceMesh casing = coil.casing.value_or(SurfaceMesh{});
        // A coil of dipoles has no wires to show while it moves.
        window_.set_body("casing",
                         {wires.empty() ? viz::decimated(casing, casing_triangles).surface : SurfaceMesh{},
                          {grey},
                          viz::Light::studio});
        window_.set_body("glass casing", {std::move(casing), {grey}, viz::Light::studio}, {.is_glass = true});
    }
    for (const char* name : {"windings", "handle", "arrow", "casing", "glass casing"})
        window_.move_body(name, state.pose);
    if (drawn_target_ != state.target) {
        drawn_target_ = state.target;
        window_.set_body("roi",
                         viz::live_ring(light_cortex_.surface, model_.roi().centre, model_.roi().radius));
    }
    if (drawn_mark_ != state.picked) {
        drawn_mark_ = state.picked;
        window_.set_body("mark", state.picked ? viz::live_mark(*state.picked) : viz::Body{});
    }
}

void ViewScreen::update_slice() {
    const std::optional<ViewSlice>& slice = model_.state().slice;
    const viz::LiveColours colours = view_colours(model_);
    const double side =
        slice ? (model_.camera().towards_viewer[slice->axis] >= 0 ? 1.0 : -1.0) : 0; // What is cut away.
    const std::string key =
        slice ? fmt::format(
                    "{} {} {} {} {} {}", slice->axis, slice->position, colours.cap, colours.is_stale, side,
                    model_.field() ? static_cast<const void*>(model_.field()->field.values.data()) : nullptr)
              : "";
    if (key == drawn_slice_) return;
    drawn_slice_ = key;
    if (!slice) {
        window_.cut(std::nullopt);
        window_.hide_slice();
        return;
    }
    Vector3 on_plane = Vector3::Zero();
    on_plane[slice->axis] = slice->position;
    const Vector3 normal = side * Vector3::Unit(slice->axis);
    window_.cut(viz::CutPlane{on_plane, normal});
    const SlicePicture drawn = slice_picture(model_, *slice, light_scalp_.surface.nodes.rowwise().minCoeff(),
                                             light_scalp_.surface.nodes.rowwise().maxCoeff(), side);
    window_.set_slice(drawn.plane, drawn.picture, drawn.is_drawn);
}

void ViewScreen::update_panel(bool is_moving) {
    // Faster than one can read figures, and its words take as long to draw as the head.
    constexpr std::chrono::milliseconds pause(80);
    const auto now = std::chrono::steady_clock::now();
    if (is_moving && now - panel_drawn_ < pause) return;
    panel_drawn_ = now;
    viz::LivePanel panel = view_panel(model_, is_moving);
    panel.width = panel_width;
    panel.height = window_.height();
    panel.camera = camera();
    if (!notice_.empty()) panel.notice = notice_;
    window_.set_panel("panel", viz::draw_panel(panel), window_.width() - panel_width, 0);
}

void ViewScreen::update_help() {
    const bool is_dark = model_.state().is_dark;
    const std::string help = shows_help_ ? (is_dark ? "dark" : "light") : "";
    if (help == drawn_help_) return;
    drawn_help_ = help;
    if (shows_help_)
        window_.set_panel("help", viz::draw_card("Keys and commands", view_help(), is_dark), 20, 20);
    else
        window_.hide_panel("help");
}

void ViewScreen::show_look(Look look) {
    const ViewState& state = model_.state();
    const bool is_moving = look == Look::moving;
    // While the colours belong to another pose the full surface has nothing to add.
    const bool is_full = !is_moving && model_.is_current();
    window_.show_body("cortex", is_full);
    window_.show_body("light cortex", !is_full);
    window_.show_body("scalp", state.shows_scalp);
    window_.show_body("glass scalp", state.shows_scalp && !is_moving);
    for (const char* name : {"windings", "handle", "arrow", "casing"})
        window_.show_body(name, state.shows_coil);
    window_.show_body("glass casing", state.shows_coil && !is_moving);
    window_.show_body("roi", state.shows_roi);
    window_.smooth_edges(!is_moving);
    window_.set_background(state.is_dark ? viz::Colour{0.10F, 0.10F, 0.11F} : viz::white);
}

void ViewScreen::draw(Look look) {
    update_coil();
    update_colours();
    update_slice();
    update_panel(look == Look::moving);
    update_help();
    show_look(look);
    window_.draw(camera());
}

int ViewScreen::n_triangles(Look look) {
    update_coil();
    update_slice();
    show_look(look);
    return window_.n_triangles();
}

std::string ViewScreen::describe() {
    return fmt::format("triangles: {} moving, {} still\n", n_triangles(Look::moving),
                       n_triangles(Look::still));
}

void ViewScreen::save_picture(const std::filesystem::path& png) {
    draw(Look::still);
    viz::write_png(window_.picture(), png);
}

} // namespace corticoil::app
