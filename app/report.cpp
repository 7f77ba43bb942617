#include "app/report.h"

#include "app/report_sections.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::app {

std::string kind_of_result(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "plan.json")) return "plan";
    if (std::filesystem::exists(folder / "compare.json")) return "comparison";
    if (std::filesystem::exists(folder / "run.json")) return "run";
    // What is left of a run is told apart from what never was one.
    for (const char* file : {"metrics.json", "grey_matter.vtp", "pose.json"})
        if (std::filesystem::exists(folder / file)) return "run";
    throw Error(fmt::format(
        "{}: is no folder of a run (run.json), plan (plan.json) or comparison (compare.json); make one with "
        "corticoil simulate, plan or compare",
        folder.string()));
}

Report make_report(const std::filesystem::path& folder, bool needs_view) {
    const std::string kind = kind_of_result(folder);
    if (needs_view && !viz::has_report_view()) {
        throw MissingPartError("--require-3d: this program was built without the interactive view; install "
                               "npm and configure again "
                               "with -DCORTICOIL_REPORT_3D=ON");
    }
    try {
        if (kind == "plan") return report_of_plan(folder);
        if (kind == "comparison") return report_of_comparison(folder);
        return report_of_run(folder);
    } catch (const nlohmann::json::exception& error) {
        throw Error(
            fmt::format("{}: a JSON file of it has not the form of docs/formats.md ({}); make it again",
                        folder.string(), error.what()));
    }
}

} // namespace corticoil::app
