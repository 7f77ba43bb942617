#pragma once

#include "app/session.h"
#include "core/mni_mapping.h"
#include "core/tet_mesh.h"
#include "planning/roi.h"
#include "solver/potential_solver.h"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace corticoil::app {

/// A mesh of the user's; what reading it changed goes to the session as warnings.
[[nodiscard]] TetMesh read_users_mesh(const std::string& path, Session& session);

/// The point "x,y,z" [m], given in millimetres; nothing if the text is anything else.
[[nodiscard]] std::optional<Vector3> parse_point(const std::string& text);

/// A coil as run.json names it: files by their full path, for `render` runs elsewhere.
[[nodiscard]] std::string coil_reference(const std::string& name_or_path);

/// Whether a text is the name of an image.
[[nodiscard]] bool is_mask_file(const std::string& text);

/// --roi NAME | NAME:region | ATLAS:REGION | x,y,z,r | mask.nii.gz. \throws Error for anything else, and for
/// names without MNI mapping.
[[nodiscard]] planning::Roi parse_roi(const std::string& text, const std::optional<MniMapping>& mni);

/// multigrid, direct; otherwise the automatic choice.
[[nodiscard]] solver::SolverChoice solver_choice(const std::string& name);

/// Adds --conductivity, --solver and --tolerance to a verb.
void add_solver_flags(CLI::App& verb, std::string& conductivity, std::string& solver, double& tolerance);

/// \throws Error for rates [A/s] that no stimulator has.
void check_rate(double didt);

/// \throws Error for tolerances that no solver can meet or that mean nothing.
void check_tolerance(double tolerance);

} // namespace corticoil::app
