#pragma once

#include "app/simulation.h"
#include "planning/lesion_table.h"

#include <filesystem>
#include <optional>
#include <string>

namespace corticoil::app {

/// The flags of a simulation that are about lesions.
struct LesionFlags {
    std::string lesions;     ///< Mask that changes σ in a mesh without lesions.
    std::string black_holes; ///< Likewise.
    bool scenarios = false;  ///< Solve for each of planning::lesion_scenarios().
};

/// Lesions of a head that is about to be simulated: its labels 51 and 52, or masks.
struct LesionSetup {
    std::optional<planning::LesionCoverage> coverage; ///< Of masks.
    HeadModel unmixed;                                ///< Without the masks' lesions; empty without masks.
    std::vector<planning::LesionRegion> regions;

    [[nodiscard]] bool has_lesions() const { return !regions.empty(); }
};

/// Finds the lesions of a head; those of masks go into its conductivities, with the conductivities of
/// `conductivities` for labels 51 and 52. \throws Error for masks that are none or miss the brain, for masks
/// beside lesions in the mesh or tensors, and for scenarios without lesions.
[[nodiscard]] LesionSetup set_up_lesions(const LesionFlags& flags, HeadModel& head,
                                         const Conductivities& conductivities, Session& session);

/// The table of lesions of a run.
struct LesionTable {
    nlohmann::json json; ///< As lesions.json.
    std::string text;    ///< For people.
};

/// Measures the lesions in a run's field, solves the scenarios where wanted, and writes lesions.json,
/// lesions.csv and, with scenarios, the range of the ROI's mean into metrics.json of the folder.
LesionTable write_lesions(const std::filesystem::path& folder, const PreparedHead& prepared,
                          const LesionSetup& setup, const RunRequest& request, RunResult& result,
                          const planning::SimulatorOptions& options, bool with_scenarios, Session& session);

} // namespace corticoil::app
