#pragma once

#include "app/subject_folder.h"
#include "core/tet_mesh.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace corticoil::app {

/// The points of a head [m] that `mesh --target` names: names of the library separated by commas, or x,y,z
/// in mm of the head; an entry per time that the flag was given.
/// \throws Error for an unknown name, for a name where the subject has no mni.json, and for a point outside
/// the tissues' image.
[[nodiscard]] std::vector<Vector3> parse_mesh_targets(const std::vector<std::string>& texts,
                                                      const SubjectFolder& subject,
                                                      const LabelImage& tissues);

/// Mean edge of grey matter around each target of the library that lies in the head [mm], by name; empty
/// without mni.json.
[[nodiscard]] nlohmann::json grey_matter_edges_at_targets(const TetMesh& mesh, const SubjectFolder& subject);

} // namespace corticoil::app
