#pragma once

#include "app/report.h"
#include "app/report_parts.h"
#include "viz/embedded_picture.h"

#include <string>
#include <utility>
#include <vector>

namespace corticoil::app {

// What the reports of runs, comparisons and plans have in common.

inline constexpr double cubic_centimetre_per_cubic_millimetre = 1e-3;

/// A member of a JSON object, null where there is none.
[[nodiscard]] nlohmann::json at(const nlohmann::json& object, const char* key);
/// Its text, empty where it is none.
[[nodiscard]] std::string text_at(const nlohmann::json& object, const char* key);
/// A fraction as "12.3 %", or a dash.
[[nodiscard]] std::string percent_text(const nlohmann::json& value, int decimals = 1);
/// The day that a run was computed.
[[nodiscard]] std::string date_of(const nlohmann::json& run);

/// Pictures are embedded together, so that they share what the page may take, and placed one after the other.
class Pictures {
  public:
    Pictures(std::vector<ReportFigure> figures, std::size_t taken_by_view);
    void place(viz::ReportPage& page, std::size_t count);

  private:
    std::vector<ReportFigure> figures_;
    std::vector<viz::EmbeddedPicture> embedded_;
    std::size_t next_ = 0;
};

[[nodiscard]] std::vector<ReportFigure> joined(std::vector<ReportFigure> first,
                                               const std::vector<ReportFigure>& second);

/// A picture of a folder's `figures`, where it is there.
[[nodiscard]] std::vector<ReportFigure> figure_if_there(const std::filesystem::path& folder, const char* file,
                                                        const std::string& alternative,
                                                        const std::string& caption);

/// The data of the view over several runs; those on another cortex than the first's are left out.
[[nodiscard]] std::string view_data(const std::vector<std::pair<std::string, const ReportedRun*>>& runs,
                                    const std::string& choice_label);

void add_view(viz::ReportPage& page, const std::string& data);
void add_pictures_section(viz::ReportPage& page, Pictures& pictures, std::size_t count);
[[nodiscard]] viz::ReportTable pose_table(const std::string& caption,
                                          const std::vector<std::pair<std::string, std::string>>& rows);
void add_error(viz::ReportPage& page, const nlohmann::json& relative_error);
[[nodiscard]] viz::ReportTable asked_table(const nlohmann::json& configuration, const nlohmann::json& roi);

/// One per kind of folder. \throws as make_report().
[[nodiscard]] Report report_of_run(const std::filesystem::path& folder);
[[nodiscard]] Report report_of_comparison(const std::filesystem::path& folder);
[[nodiscard]] Report report_of_plan(const std::filesystem::path& folder);

} // namespace corticoil::app
