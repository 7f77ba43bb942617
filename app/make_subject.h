#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "core/image.h"
#include "imaging/lesion_labels.h"
#include "meshing/mesh_head.h"

#include <nlohmann/json.hpp>

#include <array>
#include <optional>
#include <string>

namespace corticoil::app {

/// A head as tissues, from a T1 or a label map.
struct SegmentedHead {
    std::optional<ScalarImage> t1;
    std::string t1_source; ///< File or description, for subject.json.
    LabelImage tissues;
    std::array<double, 256> volumes{}; ///< Per label within the field of view [m³].
    std::optional<MniMapping> mni;
    std::optional<imaging::LesionReport> lesions;
    nlohmann::json t2;      ///< Of a T2 or FLAIR that helped (see t2_input.h); null without.
    std::string t2_text;    ///< The same for people.
    nlohmann::json quality; ///< Of the tissues, for subject.json (see segmentation_quality.h); null without.
    std::string quality_table; ///< The same for people.
};

/// Writes tissues.nii.gz, with a T1 t1.nii.gz and segmentation.png, with a mapping mni.json, and
/// subject.json, into an existing folder. `configuration` and the warnings go into subject.json.
void write_subject(const SubjectFolder& subject, const SegmentedHead& head,
                   const nlohmann::json& configuration, const std::vector<std::string>& warnings);

/// How fine a subject's mesh is made.
struct MeshRequest {
    meshing::Resolution resolution = meshing::Resolution::standard;
    std::vector<Vector3> targets; ///< Points of the head [m] around which it is finer.
};

/// A subject's mesh and what is reported of it.
struct SubjectMesh {
    meshing::HeadMesh head;
    nlohmann::json quality; ///< quality_as_json() with the mean edge of grey matter at the targets.
};

/// Meshes tissues and writes head.msh with its quality in subject.json. Warnings go to the session.
[[nodiscard]] SubjectMesh mesh_subject(const SubjectFolder& subject, const LabelImage& tissues,
                                       const MeshRequest& request, const nlohmann::json& configuration,
                                       Session& session);

} // namespace corticoil::app
