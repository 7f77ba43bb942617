#pragma once

#include "app/subject_folder.h"
#include "core/mni_mapping.h"
#include "io/pose_file.h"
#include "viz/report_page.h"
#include "viz/report_view.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// What a run folder says, read and checked.
struct ReportedRun {
    std::filesystem::path folder;
    nlohmann::json run;     ///< run.json
    nlohmann::json metrics; ///< metrics.json
    io::Pose pose;
    viz::FieldScene scene;
};

/// Reads a run folder. \throws Error naming the file that is missing, broken or holds a field that is not
/// finite, and how to mend it.
[[nodiscard]] ReportedRun read_run(const std::filesystem::path& folder);

/// The head that a run was made on, where its subject folder is still there and unchanged.
struct ReportedHead {
    std::optional<SubjectFolder> subject;
    nlohmann::json description; ///< subject.json
    std::optional<MniMapping> mni;
    std::map<std::string, Vector3> electrodes; ///< 10-10 positions [m]; may be empty.
    std::string why_missing;                   ///< Without a subject: why.
};

/// Finds the subject folder that `run` names, from here, from the run folder and from the folders above it.
/// A head mesh that is another one than the run's counts as missing.
[[nodiscard]] ReportedHead find_head(const ReportedRun& run);

/// A picture with what stands beside it.
struct ReportFigure {
    std::filesystem::path file;
    std::string alternative;
    std::string caption;
};

/// What each figure of metrics.json means, in a sentence.
[[nodiscard]] std::string metric_definition(const std::string& key);

/// A number with three digits, or a dash for null.
[[nodiscard]] std::string figure_text(const nlohmann::json& value, double factor = 1);
/// Three coordinates of a JSON list [mm], or a dash for null.
[[nodiscard]] std::string point_text(const nlohmann::json& point_mm);
[[nodiscard]] std::string point_text(const Vector3& point);
/// dI/dt as people say it: "1 A/µs".
[[nodiscard]] std::string rate_text(double didt);
/// Half width of the interval as "± 0.3 %", or a dash.
[[nodiscard]] std::string relative_error_text(const nlohmann::json& relative);

/// Where a coil stands, in words and numbers: rows for a table.
[[nodiscard]] std::vector<std::pair<std::string, std::string>>
pose_rows(const RigidTransform& head_from_coil, const std::optional<Vector3>& induced_direction,
          const SurfaceMesh& scalp, const ReportedHead& head);

/// Adds `head_from_coil` as a table [mm].
void add_matrix(viz::ReportPage& page, const std::string& caption, const RigidTransform& head_from_coil);

/// Adds the sections that every report ends with: the head, methods, details. `configuration` is the whole
/// result's, `run` one of its runs.
void add_head_section(viz::ReportPage& page, const ReportedHead& head);
void add_methods_section(viz::ReportPage& page, const ReportedHead& head, const ReportedRun& run,
                         const std::vector<std::string>& further_sentences);
void add_details_section(viz::ReportPage& page, const nlohmann::json& configuration,
                         const nlohmann::json& inputs_sha256, const std::string& version,
                         const ReportedHead& head);

/// A table of a JSON object's members, nested ones too; empty values are left out.
[[nodiscard]] viz::ReportTable table_of(const std::string& caption, const nlohmann::json& object);

/// Adds warnings as notices.
void add_warnings(viz::ReportPage& page, const nlohmann::json& warnings);

/// The pictures of a run folder and of the subject folder, those that exist.
[[nodiscard]] std::vector<ReportFigure> run_figures(const ReportedRun& run, const std::string& name);
[[nodiscard]] std::vector<ReportFigure> head_figures(const ReportedHead& head);

} // namespace corticoil::app
