#include "app/comparison_pictures.h"

#include "app/pictures.h"
#include "core/constants.h"
#include "core/error.h"
#include "viz/field_panels.h"

#include <fmt/format.h>

namespace corticoil::app {

namespace {

constexpr int figure_width = 2000;

/// A run's scene at `factor` times the dose that it was simulated at.
viz::FieldScene scaled(viz::FieldScene scene, double factor) {
    scene.magnitude *= factor;
    scene.didt *= factor;
    return scene;
}

std::string in_amperes_per_microsecond(double didt) {
    return fmt::format("{:#.3g} A/µs", didt / ampere_per_microsecond);
}

/// What a coil takes for the matched mean, in a few words.
std::string effort(const ComparedCoil& coil, double didt) {
    const planning::Dose dose = planning::dose_at(coil.request.coil, didt);
    if (!dose.percent_mso) return fmt::format("needs {}", in_amperes_per_microsecond(didt));
    return fmt::format("needs {}, {:.0f} % of output{}", in_amperes_per_microsecond(didt), *dose.percent_mso,
                       dose.exceeds_output().value() ? ": more than it has" : "");
}

viz::PanelFigure comparison_figure(const Comparison& comparison, const std::filesystem::path& folder) {
    viz::PanelFigure figure;
    figure.title = fmt::format("Coils over {} at an equal mean of |E| in the ROI, and at equal dI/dt",
                               comparison.target);
    figure.subtitle =
        fmt::format("ROI: {}; all seen along the inward normal, on the cortex", comparison.roi.description);
    figure.towards_viewer = -comparison.line.direction;
    viz::PanelRow matched{
        fmt::format("Equal mean in the ROI: {:#.3g} V/m", comparison.roi_mean), "|E| (V/m)", {}};
    viz::PanelRow same_rate{fmt::format("Equal dI/dt: {}", in_amperes_per_microsecond(comparison.didt)),
                            fmt::format("|E| (V/m) at {}", in_amperes_per_microsecond(comparison.didt)),
                            {}};
    for (const ComparedCoil& coil : comparison.coils) {
        viz::FieldScene scene = scene_of(folder / "runs" / coil.folder);
        scene.title = coil.folder;
        const double factor = coil.factor_for_mean(comparison.roi_mean);
        scene.subtitle = effort(coil, factor * comparison.didt);
        matched.scenes.push_back(scaled(scene, factor));
        scene.subtitle = fmt::format("mean in the ROI {:#.3g} V/m", coil.metrics.roi->mean_magnitude);
        same_rate.scenes.push_back(std::move(scene));
    }
    figure.rows = {std::move(matched), std::move(same_rate)};
    return figure;
}

} // namespace

std::vector<std::string> comparison_entries() {
    return {"compare.json", "compare.csv", "runs", "figures"};
}

void draw_comparison(const Comparison& comparison, const std::filesystem::path& folder, Session& session) {
    const std::filesystem::path figures = folder / "figures";
    std::filesystem::create_directory(figures);
    try {
        viz::PictureOptions options;
        options.width = figure_width;
        options.progress = session.progress("drawing the comparison");
        viz::draw_field_panels(comparison_figure(comparison, folder), options, figures / "comparison.png");
        session.end_progress("drew the comparison");
    } catch (const MissingPartError& error) {
        session.warn(fmt::format("no pictures: {}", error.what()));
    }
}

} // namespace corticoil::app
