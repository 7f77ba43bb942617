#pragma once

#include "viz/field_picture.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace corticoil::app {

/// The array of field.vtu that a run's figures are of, by its metrics.json, whose name is `place`.
[[nodiscard]] std::string best_field_name(const nlohmann::json& metrics, const std::string& place);

/// E in the tetrahedra of a run, from its field.vtu. \throws Error if that is missing, damaged or not finite.
[[nodiscard]] std::shared_ptr<const viz::FieldVolume> read_volume(const std::filesystem::path& run);

/// Adds the surfaces that a look shows besides the cortex, from the volume's tissues.
void add_tissue_surfaces(viz::FieldScene& scene, const viz::FieldLook& look, bool has_lesions);

/// The short list of a plan with what its values are, from its poses.csv. \throws Error if that is missing or
/// broken.
void add_candidates(viz::FieldScene& scene, const std::filesystem::path& plan);

} // namespace corticoil::app
