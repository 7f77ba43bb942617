#pragma once

#include "viz/field_picture.h"

#include <string>
#include <vector>

namespace corticoil::viz {

/// A coil at a pose with its field, among those that a report's view switches between.
struct ReportPlace {
    std::string name;
    FieldScene scene;
};

struct ReportViewOptions {
    std::string label;        ///< What the view shows, for those who do not see it.
    std::string choice_label; ///< What the switch between places is called: "Coil", "Pose".
    double cap_percentile =
        99.9; ///< As PictureOptions: the colours end at it; of several places at the largest.
    int most_cortex_triangles = 120'000;
    int most_scalp_triangles = 16'000;
    int most_coil_triangles = 24'000; ///< Of the windings, and again of the casing.
};

/// Whether this build has the view's program; without npm at build time it has not.
[[nodiscard]] bool has_report_view();

/// The data of a report's interactive view as JSON (docs/formats.md, "Report"): surfaces decimated, positions
/// in 16 bits [mm], |E| in 16 bits. All places must share the first one's cortex and dI/dt; the scalp is the
/// first one's. \throws Error if a scene is inconsistent or has no field.
[[nodiscard]] std::string report_view_data(const std::vector<ReportPlace>& places,
                                           const ReportViewOptions& options);

} // namespace corticoil::viz
