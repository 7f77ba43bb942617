#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "planning/ten_ten.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace corticoil::app {

/// Landmarks that the user gives [m]; those that are missing come from the mapping to MNI space.
struct GivenFiducials {
    std::optional<Vector3> nasion;
    std::optional<Vector3> inion;
    std::optional<Vector3> left_preauricular;
    std::optional<Vector3> right_preauricular;

    [[nodiscard]] bool are_all() const { return nasion && inion && left_preauricular && right_preauricular; }
    [[nodiscard]] bool is_none() const {
        return !nasion && !inion && !left_preauricular && !right_preauricular;
    }
};

/// "nz=x,y,z,iz=x,y,z,lpa=x,y,z,rpa=x,y,z" in mm of the head, any of the four. \throws Error for anything
/// else.
[[nodiscard]] GivenFiducials parse_fiducials(const std::string& text);

/// Finds the 10-10 positions on a subject's mesh and writes electrodes.json. Landmarks that had to move by
/// more than 10 mm to reach the scalp are warned of. A subject without mni.json is passed over, unless all
/// four landmarks are given. \throws Error for some landmarks given of a subject without mni.json.
void write_electrodes(const SubjectFolder& subject, const TetMesh& mesh, const GivenFiducials& given,
                      Session& session);

/// The same where the mesh is worth keeping without them: instead of an Error a warning, which says how to
/// give landmarks to the subject at `final_path` (the folder's name once it is complete), and electrodes of
/// an earlier mesh are removed.
void write_electrodes_if_possible(const SubjectFolder& subject, const TetMesh& mesh,
                                  const std::filesystem::path& final_path, Session& session);

/// Removes electrodes.json and its picture: those of an earlier mesh are no longer right.
void remove_electrodes(const SubjectFolder& subject);

/// The positions in a subject's electrodes.json by name [m]. \throws Error that says how to make the file
/// where it is missing.
[[nodiscard]] std::map<std::string, Vector3> read_electrodes(const SubjectFolder& subject);

/// The position that `target` names, if it is the name of one. \throws Error for a name of one that cannot be
/// had: without a subject, or from a subject without electrodes.json.
[[nodiscard]] std::optional<planning::ScalpPosition>
find_electrode(const std::string& target, const std::optional<SubjectFolder>& subject);

} // namespace corticoil::app
