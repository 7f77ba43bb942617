#include "app/plan_pictures.h"

#include "app/comparison.h"
#include "app/pictures.h"
#include "core/constants.h"
#include "core/error.h"
#include "viz/field_panels.h"
#include "viz/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::app {

namespace {

constexpr double per_cent = 100;

viz::PanelFigure field_figure(const PlanRequest& request, const PlanResult& result,
                              const std::filesystem::path& folder) {
    viz::PanelFigure figure;
    figure.title = fmt::format("{} over {}", result.best.request.coil.name, request.aim.name);
    figure.subtitle =
        fmt::format("ROI: {}; both seen along the planned coil's axis", request.roi.description);
    figure.towards_viewer = -result.best.request.head_from_coil.rotation().col(2);
    viz::FieldScene planned = scene_of(folder / "runs" / "planned");
    planned.title = "planned";
    planned.subtitle =
        fmt::format("mean |E| in the ROI {} V/m", three_digits(result.best.roi.mean_magnitude));
    viz::FieldScene usual = scene_of(folder / "runs" / "conventional");
    usual.title = "conventional";
    usual.subtitle =
        fmt::format("mean |E| in the ROI {} V/m", three_digits(result.conventional.roi.mean_magnitude));
    figure.rows = {{"Equal dI/dt: 1 A/µs", "|E| (V/m) at 1 A/µs", {std::move(planned), std::move(usual)}}};
    return figure;
}

/// The best value of the place nearest to each node of the scalp; 0 beyond the searched area.
Eigen::VectorXd on_scalp(const PlanResult& result, const SurfaceMesh& scalp, double reach) {
    Eigen::AlignedBox3d box;
    for (const planning::ScalpPlace& place : result.places) box.extend(place.point);
    box.min().array() -= reach;
    box.max().array() += reach;
    Eigen::VectorXd values = Eigen::VectorXd::Zero(scalp.n_nodes());
    for (int node = 0; node < scalp.n_nodes(); ++node) {
        const Vector3 at = scalp.nodes.col(node);
        if (!box.contains(at)) continue;
        double nearest_squared = reach * reach;
        for (std::size_t p = 0; p < result.places.size(); ++p) {
            const double distance_squared = (result.places[p].point - at).squaredNorm();
            if (distance_squared >= nearest_squared) continue;
            nearest_squared = distance_squared;
            values[node] = std::max(0.0, result.of_places[p].value);
        }
    }
    return values;
}

viz::PanelFigure objective_figure(const PlanRequest& request, const PlanResult& result,
                                  const SurfaceMesh& scalp, const std::filesystem::path& folder) {
    viz::PanelFigure figure;
    figure.title = "Where to put the coil: the best over all angles at every place of the scalp";
    figure.subtitle =
        fmt::format("{} over {}; the casing keeps {:g} mm from the scalp", result.best.request.coil.name,
                    request.aim.name, request.placement.stand_off * millimetres_per_metre);
    figure.towards_viewer = -result.best.request.head_from_coil.rotation().col(2);
    viz::FieldScene scene = scene_of(folder / "runs" / "planned");
    scene.magnitude = on_scalp(result, scalp, std::max(0.003, 2 * request.spacing));
    scene.cortex = scalp;
    scene.scalp = {};
    scene.casing.reset();
    scene.title = "on the scalp";
    scene.subtitle = "the windings lie at the planned pose";
    figure.rows = {{"", "|mean E| in the ROI (V/m) at 1 A/µs", {std::move(scene)}}};
    return figure;
}

/// The share of draws that exceed a value, as a line.
viz::PlotLine exceedance(const planning::Spread& spread, const std::string& label, const viz::Colour& colour,
                         bool is_dashed) {
    std::vector<double> sorted = spread.values;
    std::sort(sorted.begin(), sorted.end());
    viz::PlotLine line{label, {}, {}, colour, is_dashed};
    constexpr std::size_t n_points = 400;
    for (std::size_t i = 0; i <= n_points; ++i) {
        const std::size_t rank = i * (sorted.size() - 1) / n_points;
        line.x.push_back(per_cent * sorted[rank] / spread.planned);
        line.y.push_back(per_cent * (1 - static_cast<double>(rank) / static_cast<double>(sorted.size() - 1)));
    }
    return line;
}

viz::Plot robustness_plot(const PlanRequest& request, const PlanResult& result) {
    viz::Plot plot;
    plot.title = fmt::format("How surely the ROI gets its field: {} over {}", result.best.request.coil.name,
                             request.aim.name);
    plot.subtitle = "Share of sessions in which |mean E| in the ROI exceeds a part of the planned one";
    plot.caption = {
        "Placement: draws around the planned pose that slide on the scalp, turn with it and touch it.",
        "Conductivities: Beta(3, 3) over the ranges of Saturnino 2019, all tissues at once."};
    plot.x = {"|mean E| in the ROI, % of planned", 0, 130};
    plot.y = {"sessions that get at least that (%)", 0, 100};
    plot.ranges.push_back({"below 80 % of planned", 0, 80, 0, 100, viz::Colour{0.75F, 0.55F, 0.45F}});
    std::size_t colour = 0;
    for (const PlacementSpread& spread : result.placement) {
        plot.lines.push_back(exceedance(spread.planned,
                                        fmt::format("{}: {:g} mm, {:.0f}°", spread.error.name,
                                                    spread.error.position * millimetres_per_metre,
                                                    spread.error.angle * degrees_per_radian),
                                        viz::plot_colour(colour++), false));
    }
    if (result.conductivity)
        plot.lines.push_back(
            exceedance(result.conductivity->roi, "conductivities", viz::plot_colour(colour), true));
    return plot;
}

} // namespace

void draw_plan(const PlanRequest& request, const PlanResult& result, const SurfaceMesh& scalp,
               const std::filesystem::path& folder, Session& session) {
    const std::filesystem::path figures = folder / "figures";
    std::filesystem::create_directory(figures);
    constexpr int plot_width = 1600;
    constexpr int plot_height = 1000;
    viz::write_plots({robustness_plot(request, result)}, plot_width, plot_height, figures / "robustness.png");
    try {
        viz::PictureOptions options;
        options.width = 1800;
        options.progress = session.progress("drawing the plan");
        viz::draw_field_panels(field_figure(request, result, folder), options, figures / "plan.png");
        options.width = 1200;
        viz::draw_field_panels(objective_figure(request, result, scalp, folder), options,
                               figures / "objective.png");
        session.end_progress("drew 3 pictures");
    } catch (const MissingPartError& error) {
        session.warn(fmt::format("no pictures of the field: {}", error.what()));
    }
}

} // namespace corticoil::app
