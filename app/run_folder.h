#pragma once

#include "coils/coil.h"
#include "core/head_model.h"
#include "core/mni_mapping.h"
#include "planning/metrics.h"
#include "planning/placement.h"
#include "planning/roi.h"
#include "planning/simulate.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// Everything that a simulation was asked for, resolved.
struct RunRequest {
    coils::Coil coil;
    RigidTransform head_from_coil;
    std::optional<planning::Placement> placement; ///< Where the pose was found from a target.
    std::string target;                           ///< Name or coordinates; empty with a pose of the user's.
    std::optional<planning::Roi> roi;
    planning::SimulateOptions options;
    std::optional<MniMapping> mni;
    nlohmann::json configuration;                        ///< As run.json shows it.
    std::map<std::string, std::filesystem::path> inputs; ///< By role; run.json holds their checksums.
};

/// What a run found.
struct RunResult {
    planning::Simulation simulation;
    planning::FieldMetrics metrics;
    planning::Contact contact;
    nlohmann::json metrics_json; ///< As metrics.json.
};

/// The metrics as metrics.json holds them: keys carry units, ROI keys are null without a ROI.
[[nodiscard]] nlohmann::json metrics_as_json(const RunRequest& request,
                                             const planning::Simulation& simulation,
                                             const planning::FieldMetrics& metrics,
                                             const planning::Contact& contact);

/// What a run folder may hold.
[[nodiscard]] std::vector<std::string> run_entries();

/// \throws Error for a run folder that lacks one of the files.
void check_run_files(const std::filesystem::path& folder, const std::vector<std::string>& files);

/// Writes field.vtu, grey_matter.vtp, scalp.vtp, metrics.json, pose.json and run.json into an existing
/// folder.
void write_run(const std::filesystem::path& folder, const HeadModel& head, const SurfaceMesh& scalp,
               const RunRequest& request, const RunResult& result, const std::vector<std::string>& warnings);

} // namespace corticoil::app
