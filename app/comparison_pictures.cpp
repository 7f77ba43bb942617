#include "app/comparison_pictures.h"

#include "app/pictures.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "viz/field_panels.h"
#include "viz/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::app {

namespace {

constexpr int figure_width = 2000;
constexpr int plot_width = 1600;
constexpr int plot_height = 1000;
constexpr viz::Colour tissue_shade{0.45F, 0.47F, 0.55F};

/// A run's scene at `factor` times the dose that it was simulated at.
viz::FieldScene scaled(viz::FieldScene scene, double factor) {
    scene.magnitude *= factor;
    scene.didt *= factor;
    return scene;
}

/// The size of dI/dt, whatever its sign.
std::string in_amperes_per_microsecond(double didt) {
    return three_digits(std::abs(didt) / ampere_per_microsecond) + " A/µs";
}

/// What a coil takes for the matched mean, in a few words.
std::string effort(const ComparedCoil& coil, double didt) {
    const planning::Dose dose = planning::dose_at(coil.request.coil, didt);
    if (!dose.percent_mso) return fmt::format("needs {}", in_amperes_per_microsecond(didt));
    return fmt::format("needs {}, {:.1f} % of output{}", in_amperes_per_microsecond(didt), *dose.percent_mso,
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
        fmt::format("Equal mean in the ROI: {} V/m", three_digits(comparison.roi_mean)), "|E| (V/m)", {}};
    const std::string rate = three_digits(comparison.didt / ampere_per_microsecond) + " A/µs";
    viz::PanelRow same_rate{fmt::format("Equal dI/dt: {}", rate), fmt::format("|E| (V/m) at {}", rate), {}};
    for (const ComparedCoil& coil : comparison.coils) {
        viz::FieldScene scene = scene_of(folder / "runs" / coil.folder);
        scene.title = coil.folder;
        const double factor = coil.factor_for_mean(comparison.roi_mean);
        scene.subtitle = effort(coil, factor * comparison.didt);
        matched.scenes.push_back(scaled(scene, factor));
        scene.subtitle =
            fmt::format("mean in the ROI {} V/m", three_digits(coil.metrics.roi->mean_magnitude));
        same_rate.scenes.push_back(std::move(scene));
    }
    figure.rows = {std::move(matched), std::move(same_rate)};
    return figure;
}

/// The grey matter that the line passes through.
std::vector<viz::PlotRange> grey_matter_on(const planning::DepthProfile& profile, double highest) {
    std::vector<viz::PlotRange> ranges;
    const double half_step = profile.depths.front() / 2;
    for (std::size_t i = 0; i < profile.depths.size(); ++i) {
        if (profile.labels[i] != tissue::grey_matter) continue;
        const double low = (profile.depths[i] - half_step) * millimetres_per_metre;
        const double high = (profile.depths[i] + half_step) * millimetres_per_metre;
        if (!ranges.empty() && std::abs(ranges.back().x_high - low) < half_step) {
            ranges.back().x_high = high;
        } else {
            ranges.push_back(
                {ranges.empty() ? "grey matter on the line" : "", low, high, 0, highest, tissue_shade});
        }
    }
    return ranges;
}

/// |E| against depth at the matched dose.
viz::Plot depth_plot(const Comparison& comparison) {
    viz::Plot plot;
    plot.title = fmt::format("|E| under the scalp over {}, each coil at a mean of {} V/m in the ROI",
                             comparison.target, three_digits(comparison.roi_mean));
    plot.subtitle = fmt::format("Along the inward normal; the target lies {:.0f} mm under the scalp",
                                comparison.target_depth * millimetres_per_metre);
    plot.caption = {
        "Values at points of one line, a millimetre apart: |E| jumps where tissues meet, and is low in CSF.",
        "How fast a coil's field falls off shows in the trend, not in single points."};
    double highest = 0;
    for (std::size_t i = 0; i < comparison.coils.size(); ++i) {
        const ComparedCoil& coil = comparison.coils[i];
        viz::PlotLine line{coil.folder, {}, {}, viz::plot_colour(i)};
        const double factor = coil.factor_for_mean(comparison.roi_mean);
        for (std::size_t k = 0; k < coil.fine_profile.depths.size(); ++k) {
            const std::optional<double>& magnitude = coil.fine_profile.magnitudes[k];
            line.x.push_back(coil.fine_profile.depths[k] * millimetres_per_metre);
            line.y.push_back(magnitude ? factor * *magnitude : std::numeric_limits<double>::quiet_NaN());
            if (magnitude) highest = std::max(highest, factor * *magnitude);
        }
        plot.lines.push_back(std::move(line));
    }
    const planning::DepthProfile& first = comparison.coils.front().fine_profile;
    plot.x = {"depth under the scalp (mm)", 0, first.depths.back() * millimetres_per_metre};
    constexpr double headroom = 1.05;
    plot.y = {"|E| (V/m)", 0, headroom * highest};
    plot.ranges = grey_matter_on(first, plot.y.high);
    return plot;
}

} // namespace

std::vector<std::string> comparison_entries() {
    return {"compare.json", "compare.csv", "runs", "figures"};
}

void draw_comparison(const Comparison& comparison, const std::filesystem::path& folder, Session& session) {
    const std::filesystem::path figures = folder / "figures";
    std::filesystem::create_directory(figures);
    try {
        viz::write_plots({depth_plot(comparison)}, plot_width, plot_height, figures / "depth.png");
        viz::PictureOptions options;
        options.width = figure_width;
        options.progress = session.progress("drawing the comparison");
        viz::draw_field_panels(comparison_figure(comparison, folder), options, figures / "comparison.png");
        session.end_progress("drew 2 pictures");
    } catch (const MissingPartError& error) {
        session.warn(fmt::format("no pictures: {}", error.what()));
    }
}

} // namespace corticoil::app
