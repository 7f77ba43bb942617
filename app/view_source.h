#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "core/head_model.h"
#include "core/mni_mapping.h"
#include "core/rigid_transform.h"
#include "planning/roi.h"

#include <filesystem>
#include <optional>
#include <string>

namespace corticoil::app {

/// What a viewer starts from.
struct ViewSource {
    std::filesystem::path mesh;
    std::optional<SubjectFolder> subject;
    std::optional<MniMapping> mni;
    std::string coil = "figure8_70mm";  ///< Name or file.
    std::string target;                 ///< As parse_aim() takes it; empty: `pose` and `roi` alone.
    std::optional<RigidTransform> pose; ///< None: the target's conventional one.
    std::optional<planning::Roi> roi;   ///< None: the target's.
    Conductivities conductivities = default_conductivities();
    int order = 1;
    double didt = 1e6; ///< [A/s]
};

/// From a subject folder, a run folder or a plan (its planned pose). `coil` and `target` replace the folder's
/// where they are not empty. \throws Error for a folder that is none of these or is not complete, and for a
/// run whose field holds something that is no number.
[[nodiscard]] ViewSource view_source(const std::filesystem::path& folder, const std::string& coil,
                                     const std::string& target, Session& session);

} // namespace corticoil::app
