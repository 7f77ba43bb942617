#pragma once

#include "viz/field_picture.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace corticoil::app {

/// E in the tetrahedra of a run, from its field.vtu. \throws Error if that is missing, damaged or not finite.
[[nodiscard]] std::shared_ptr<const viz::FieldVolume> read_volume(const std::filesystem::path& run);

/// Adds the surfaces that a look shows besides the cortex, from the volume's tissues.
void add_tissue_surfaces(viz::FieldScene& scene, const viz::FieldLook& look, bool has_lesions);

/// The short list of a plan with what its values are, from its poses.csv. \throws Error if that is missing or
/// broken.
void add_candidates(viz::FieldScene& scene, const std::filesystem::path& plan);

} // namespace corticoil::app
