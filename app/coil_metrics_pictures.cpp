#include "app/coil_metrics_pictures.h"

#include "viz/plot.h"
#include "viz/sphere_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

double d_half_cm(const CoilMetrics& metrics) {
    return metrics.result.d_half * centimetres_per_metre;
}

double s_half_cm2(const CoilMetrics& metrics) {
    return metrics.result.s_half * square_centimetres_per_square_metre;
}

/// S½ against d½. The shaded ranges are those of the abstract of Deng et al. 2013: coils of circular field
/// pattern d½ 1.0–3.5 cm with S½ from 34 cm², of figure-of-eight pattern 0.9–3.4 cm with S½ from 5 cm².
viz::Plot depth_focality_plot(const std::vector<CoilMetrics>& all) {
    viz::Plot plot;
    plot.title = "Depth and focality";
    plot.subtitle =
        "sphere of 85 mm that the casing touches, cortex at 70 mm: deeper to the right, more focal "
        "below";
    plot.x = {"half-value depth d½ (cm)", 0.5, 4, false};
    plot.y = {"spread S½ = V½/d½ (cm²)", 3, 300, true};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const double x = d_half_cm(all[i]);
        const double y = s_half_cm2(all[i]);
        plot.points.push_back({all[i].name, x, y, viz::plot_colour(i)});
        plot.x.low = std::min(plot.x.low, std::floor(x / 0.5 * 0.9) * 0.5);
        plot.x.high = std::max(plot.x.high, std::ceil(x / 0.5 * 1.1) * 0.5);
        plot.y.low = std::min(plot.y.low, 0.7 * y);
        plot.y.high = std::max(plot.y.high, 1.4 * y);
    }
    const double top = plot.y.high;
    plot.ranges.push_back({"circular field", 1.0, 3.5, 34, top, viz::plot_colour(4)});
    plot.ranges.push_back({"figure-of-eight field", 0.9, 3.4, 5, top, viz::plot_colour(5)});
    plot.caption = {"Shaded: the 50 coils of Deng, Lisanby & Peterchev 2013 (Brain Stimul 6:1–13). Circular "
                    "field: d½ 1.0–3.5 "
                    "cm, S½ from 34 cm²;",
                    "figure-of-eight field: d½ 0.9–3.4 cm, S½ from 5 cm²; the abstract gives no upper limits "
                    "of S½. The deeper "
                    "a coil reaches, the larger its least S½."};
    return plot;
}

enum class Profile { absolute, relative };

viz::Plot profile_plot(const std::vector<CoilMetrics>& all, Profile kind) {
    viz::Plot plot;
    const bool is_relative = kind == Profile::relative;
    plot.title = is_relative ? "Share of the peak" : "At the same rate of change of current, 1 A/µs";
    plot.subtitle = is_relative ? "half of it at d½ where the deepest point lies under the peak"
                                : "from the cortex (70 mm) towards the sphere's centre";
    plot.x = {"depth below the cortex (mm)", 0, 70, false};
    plot.y = {is_relative ? "|E| / peak" : "|E| under the peak (V/m)", 0, is_relative ? 1.0 : 0.0, false};
    for (std::size_t i = 0; i < all.size(); ++i) {
        const coils::DepthProfile& profile = all[i].result.profile;
        viz::PlotLine line;
        line.label = all[i].name;
        line.colour = viz::plot_colour(i);
        constexpr std::size_t n_colours = 7;
        line.is_dashed = i / n_colours % 2 == 1;
        const double unit = is_relative ? all[i].result.peak : 1;
        for (Eigen::Index k = 0; k < profile.depth.size(); ++k) {
            line.x.push_back(profile.depth[k] * 1e3);
            line.y.push_back(profile.under_peak[k] / unit);
        }
        if (!is_relative) plot.y.high = std::max(plot.y.high, 1.05 * all[i].result.peak);
        plot.lines.push_back(std::move(line));
    }
    if (is_relative) {
        plot.lines.push_back({"half", {0, 70}, {0.5, 0.5}, {0.5F, 0.5F, 0.5F}, true, 2});
    }
    return plot;
}

viz::SphereSheet sphere_sheet(const std::vector<CoilMetrics>& all) {
    constexpr int n_per_side = 101; // 2 mm at the sphere's top.
    viz::SphereSheet sheet;
    sheet.title = "|E| on the cortex (sphere of 70 mm)";
    sheet.subtitle =
        "seen from the coil; areas are true, the rim is 90° from the coil's axis; white line: half of "
        "the coil's own peak";
    sheet.colour_bar_title = "|E| (V/m) at 1 A/µs, one scale for all";
    sheet.up_label = "+y, away from the handle";
    sheet.left_label = "+x";
    for (const CoilMetrics& metrics : all) {
        sheet.maps.push_back({metrics.name,
                              fmt::format("peak {:.2f} V/m · d½ {:.2f} cm · S½ {:.1f} cm²",
                                          metrics.result.peak, d_half_cm(metrics), s_half_cm2(metrics)),
                              coils::map_cortex(metrics.coil, n_per_side).magnitude, metrics.result.peak});
    }
    return sheet;
}

} // namespace

void draw_coil_metrics(const std::vector<CoilMetrics>& all, const std::filesystem::path& folder) {
    constexpr int width = 1600;
    constexpr int height = 1000;
    constexpr int profile_height = 850;
    viz::write_plots({depth_focality_plot(all)}, width, height, folder / "depth_focality.png");
    viz::write_plots({profile_plot(all, Profile::absolute), profile_plot(all, Profile::relative)}, width,
                     profile_height, folder / "profiles.png");
    viz::draw_sphere_maps(sphere_sheet(all), {}, folder / "sphere.png");
}

} // namespace corticoil::app
