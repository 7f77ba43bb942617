#pragma once

#include "app/simulation.h"
#include "app/subject_folder.h"
#include "planning/scalp_rule.h"
#include "planning/target.h"
#include "planning/ten_ten.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace corticoil::app {

/// What a word that names a place means, before a mesh is read: a point of the head [m], a 10-10 position, a
/// target of the library, or a mask or region of an atlas (aimed at by its centre of mass).
struct Aim {
    std::string name; ///< As in reports.
    std::variant<Vector3, planning::ScalpPosition, planning::Target, planning::Roi> place;
    std::optional<MniMapping> mni;                       ///< The subject's.
    planning::ScalpLandmarks landmarks;                  ///< Of a target with a rule for the scalp.
    std::map<std::string, std::filesystem::path> inputs; ///< Files that it came from, by role.
};

/// --target NAME | F3 | ATLAS:REGION | x,y,z | mask.nii.gz. \throws Error for anything else, with the name
/// that was probably meant, and for what needs a subject, its mapping or its electrodes where they are
/// missing. `mni`: the subject's mapping, if it has one.
[[nodiscard]] Aim parse_aim(const std::string& text, const std::optional<SubjectFolder>& subject,
                            const std::optional<MniMapping>& mni);

/// A target of the library. \throws Error for an unknown word, with the name that was probably meant.
[[nodiscard]] planning::Target library_target(const std::string& name);

/// A place on one head.
struct AimedPlace {
    Vector3 point = Vector3::Zero();       ///< Of the brain [m].
    Vector3 scalp_point = Vector3::Zero(); ///< Where a coil conventionally stands [m].
    planning::Roi roi;                     ///< What is measured unless --roi says otherwise.
};

/// Finds it. \throws Error for a point outside the head and a scalp point with no brain under it.
[[nodiscard]] AimedPlace place_of(const Aim& aim, const TetMesh& mesh, const planning::Scalp& scalp);

/// The conventional direction of E there for a coil's type: unit vector in the head frame, and the rule in
/// words. Without a convention: front and medial at 45° to the midline, over the midline to the front.
struct AimedDirection {
    Vector3 induced_direction = Vector3::UnitY();
    std::string rule;
};
[[nodiscard]] AimedDirection direction_of(const Aim& aim, coils::CoilType type);

/// Aims a request: pose by the convention for the coil, lifted until the casing keeps the stand-off, the
/// place's ROI unless the request has one, and its files among the request's inputs.
/// \throws InfeasibleError as planning::lift_until_clear().
planning::LiftedCoil aim_at(RunRequest& request, const Aim& aim, const PreparedHead& prepared,
                            const planning::PlacementOptions& options = {});

/// Warns of a place that is no brain tissue: of a target in CSF only the grey matter around it is measured.
void tell_of_tissue(const RunRequest& request, const AimedPlace& place, const TetMesh& mesh,
                    Session& session);

} // namespace corticoil::app
