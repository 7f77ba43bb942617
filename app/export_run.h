#pragma once

#include "app/session.h"
#include "app/subject_folder.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace corticoil::app {

/// What a run can be exported for, in the order of help texts: paraview, gmsh, nifti, gifti, freesurfer, csv.
[[nodiscard]] std::vector<std::string> export_formats();

/// What to write of a run.
struct ExportRequest {
    std::filesystem::path run;
    std::set<std::string> formats;        ///< Of export_formats().
    std::optional<SubjectFolder> subject; ///< For the T1's grid and MNI space.
};

/// Writes a run's results into `folder` for other programs, and returns export.json's content: what each file
/// holds, in which unit and space. Without a subject, images have voxels of 1 mm around the head and none are
/// in MNI space. \throws Error for a folder that is no run, lacks one of its files, or holds values that are
/// not finite.
[[nodiscard]] nlohmann::json export_run(const ExportRequest& request, const std::filesystem::path& folder,
                                        Session& session);

} // namespace corticoil::app
