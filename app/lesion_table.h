#pragma once

#include "core/mni_mapping.h"
#include "planning/lesion_table.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// What a scenario's field does.
struct ScenarioField {
    planning::LesionScenario scenario;
    std::optional<double> roi_mean; ///< [V/m]
    double p999 = 0;                ///< Of grey matter [V/m].
    std::vector<planning::LesionField> lesions;
    std::vector<double> rim_factors; ///< As LesionAtlas::rim_factors() against scenario A.
};

/// All that a table of lesions says, one entry per region of the atlas.
struct LesionFigures {
    std::optional<planning::LesionCoverage> coverage; ///< Where the lesions are masks beside the mesh.
    std::vector<planning::LesionPlace> places;
    std::vector<planning::LesionField> fields;
    double p999 = 0; ///< Of grey matter, the run's own [V/m].
    std::vector<ScenarioField> scenarios;
};

/// As lesions.json.
[[nodiscard]] nlohmann::json lesions_as_json(const planning::LesionAtlas& atlas, const LesionFigures& figures,
                                             const std::optional<MniMapping>& mni);

/// As a table for people: the lesions with the strongest field at their rim, and the scenarios.
[[nodiscard]] std::string lesions_as_text(const planning::LesionAtlas& atlas, const LesionFigures& figures);

/// The lesions of lesions.json, one row each. \throws Error where the file cannot be written.
void write_lesions_csv(const std::filesystem::path& path, const nlohmann::json& json);

} // namespace corticoil::app
