#pragma once

#include "app/plan.h"
#include "app/plan_scenarios.h"
#include "app/subject_folder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// The flags of `plan` as the command line has them: millimetres, degrees, per cent.
struct PlanFlags {
    std::string subject;
    std::vector<std::string> coils;
    std::string target;
    std::vector<std::string> also;
    std::vector<std::string> spare;
    std::string roi;
    std::string objective = "mean";
    std::string direction;
    std::string combination = "mean";
    double radius_mm = 40;
    double spacing_mm = 1;
    double hair_mm = 4;
    std::vector<double> tilts_degrees;
    std::vector<std::string> placement_errors{"navigated", "cap"};
    int n_draws = 10000;
    std::uint64_t seed = 1;
    std::string affected_side;
    std::optional<double> motor_threshold;
    std::string mt_kind = "resting";
    std::string mt_target;
    std::string mt_coil;
    std::string mt_pose;
    std::string mt_stimulator;
    std::string mt_pulse;
    std::string stimulator;
    std::string pulse;
    std::optional<double> pulse_factor;
    double fraction_percent = 100;
    std::optional<double> e_dose;
    std::vector<std::string> implants;
    std::string lead;
    std::string conductivity;
    double tolerance = 1e-6;
    std::string solver = "auto";
    bool has_no_conductivity_study = false;
    bool has_no_pictures = false;
};

/// \throws Error for values out of range and flags that exclude each other.
void check(const PlanFlags& flags);

/// The flags resolved, the motor threshold included, and what of a dose can be checked, before a mesh is
/// read. Warns of a target on the side that does not fit. \throws Error as parse_aim(), coils::load_coil()
/// and planning::dose_from_threshold().
[[nodiscard]] PlanRequest requested(const PlanFlags& flags, const std::optional<SubjectFolder>& subject,
                                    Session& session);

/// Finds the places on the mesh, and checks that there is something to measure. Warns of coils without a
/// casing.
void find_places(PlanRequest& request, const PlanFlags& flags, const PreparedHead& prepared,
                 Session& session);

/// NAME=x,y,z or x,y,z. \throws Error for anything else.
[[nodiscard]] ImplantPoint implant_from(const std::string& text);

/// A lead's points [m] from a file of "x,y,z" in mm per line. \throws Error for anything else.
[[nodiscard]] std::vector<Vector3> read_lead(const std::string& path);

/// As run.json and plan.json show it.
[[nodiscard]] nlohmann::json resolved(const PlanFlags& flags, const PlanRequest& request,
                                      const Session& session);

} // namespace corticoil::app
