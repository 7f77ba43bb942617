#include "app/t2_input.h"

#include "core/constants.h"

#include <fmt/format.h>

#include <filesystem>

namespace corticoil::app {

namespace {

/// Row by row, lengths in mm.
nlohmann::json rows_in_mm(const Eigen::Affine3d& affine) {
    nlohmann::json rows = nlohmann::json::array();
    for (int row = 0; row < 4; ++row) {
        nlohmann::json values = nlohmann::json::array();
        for (int column = 0; column < 4; ++column) {
            const double unit = column == 3 && row < 3 ? millimetres_per_metre : 1;
            values.push_back(affine.matrix()(row, column) * unit);
        }
        rows.push_back(values);
    }
    return rows;
}

} // namespace

nlohmann::json as_json(const imaging::T2Report& report, const std::string& file) {
    return {{"file", file},
            {"contrast", report.contrast == imaging::T2Contrast::t2 ? "T2" : "FLAIR"},
            {"csf_to_grey", report.csf_to_grey},
            {"white_to_grey", report.white_to_grey},
            {"t2_from_t1", rows_in_mm(report.t2_from_t1)},
            {"moved_mm", report.shift * millimetres_per_metre},
            {"turned_deg", report.rotation * degrees_per_radian},
            {"agreement_percent", 100 * report.agreement},
            {"brain_covered_percent", 100 * report.brain_covered},
            {"is_used_for_skull", report.is_used_for_skull}};
}

std::string tell(const imaging::T2Report& report, const std::string& file) {
    return fmt::format("{} is {} (CSF has {:.2f} times the intensity of grey matter); moved by {:.1f} mm and "
                       "{:.1f}° onto the "
                       "T1; used for CSF against brain{}\n",
                       std::filesystem::path(file).filename().string(),
                       imaging::describe_t2_contrast(report.contrast), report.csf_to_grey,
                       report.shift * millimetres_per_metre, report.rotation * degrees_per_radian,
                       report.is_used_for_skull ? " and for the skull's inner surface"
                       : report.contrast == imaging::T2Contrast::flair
                           ? ", not for the skull: CSF and bone are both dark on a FLAIR"
                           : ", not for the skull");
}

} // namespace corticoil::app
