#pragma once

#include "app/aim.h"
#include "app/simulation.h"
#include "planning/conductivity_study.h"
#include "planning/cortical_bank.h"
#include "planning/dose.h"
#include "planning/robustness.h"
#include "planning/shortlist.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::app {

/// A coil of a plan.
struct PlanCoil {
    coils::Coil coil;
    std::string reference; ///< As run.json names it.
};

/// A place of a plan besides its target.
struct PlanPlace {
    std::string name;
    std::optional<Aim> aim;              ///< None: the rims of the lesions nearest to the target.
    planning::RoiSamples samples;        ///< Found on the mesh.
    std::optional<double> largest_share; ///< Of a place to spare; none: another target.
};

/// A motor threshold as the user gives it.
struct PlanThreshold {
    double percent_mso = 0;
    std::string kind = "resting";
    Aim aim;                            ///< The motor target that it was measured over.
    std::optional<RigidTransform> pose; ///< Where it was; none: the conventional pose.
    PlanCoil coil;
    std::string stimulator;
    std::string pulse;
};

/// What a plan was asked for.
struct PlanRequest {
    Aim aim;
    planning::Roi roi;
    AimedPlace place;
    std::vector<PlanPlace> places; ///< Other targets and places to spare.
    std::optional<Aim> mirrored;   ///< The same target of the other hemisphere.
    std::optional<Aim> vertex;     ///< Cz, for a sham.
    std::vector<PlanCoil> coils;
    planning::PlanObjective objective = planning::PlanObjective::mean;
    std::optional<Vector3> direction; ///< Of the objective `direction`; none: the cortex' normal on one bank.
    planning::TargetCombination combination = planning::TargetCombination::mean;
    planning::PlacementOptions placement;
    double radius = 0.040;                                          ///< Of the searched area [m].
    double spacing = 0.001;                                         ///< Of its places [m].
    std::vector<Eigen::Vector2d> tilts = {Eigen::Vector2d::Zero()}; ///< [rad]
    std::vector<planning::PlacementError> errors;
    planning::RobustnessOptions robustness;
    std::string affected_side; ///< `left`, `right`, `both` or empty.
    std::optional<PlanThreshold> threshold;
    std::optional<double> wanted_field; ///< [V/m]
    double fraction = 1;
    std::optional<double> pulse_factor;
    std::string pulse;
    std::string stimulator; ///< Of the target's coil; empty: its first.
    bool studies_conductivity = true;
    double tolerance = 1e-6;
    std::optional<MniMapping> mni;
    nlohmann::json configuration;                        ///< As run.json shows it.
    std::map<std::string, std::filesystem::path> inputs; ///< By role.
    bool has_pictures = true;
};

/// One coil's search.
struct CoilSearch {
    std::string coil;
    planning::SearchResult counts; ///< Without its places.
    planning::SearchSeconds seconds;
    int n_dipoles = 0;
    double dipole_error = 0;
    double best_value = 0;                     ///< Of the objective [V/m at 1 A/µs].
    std::optional<double> best_at_full_output; ///< [V/m]
};

/// A pose of a plan with its field, solved forward with an error estimate.
struct PlanRun {
    RunRequest request;
    planning::RoiMetrics roi; ///< At 1 A/µs.
    planning::FieldMetrics metrics;
    Vector3 mean_field = Vector3::Zero(); ///< Of E in the ROI [V/m at 1 A/µs].
    std::vector<double> place_fields;     ///< |mean E| in the request's places [V/m at 1 A/µs].
    double clearance = 0;                 ///< [m]
    double raw_mean =
        0; ///< Mean of |E| in the ROI of the elements' own field [V/m at 1 A/µs], as other poses' here.
    double raw_objective = 0; ///< The plan's objective in it.
};

/// Placement errors and what they do.
struct PlacementSpread {
    planning::PlacementError error;
    planning::Spread planned;      ///< Of the planned pose.
    planning::Spread conventional; ///< Of the conventional one.
};

/// |mean E| in the ROI with the planned coil further from the head than planned.
struct StandOffField {
    double extra = 0; ///< [m]
    double field = 0; ///< [V/m at 1 A/µs]
};

/// What unknown conductivities do.
struct ConductivitySpread {
    planning::Spread roi;        ///< |mean E| in the ROI [V/m at 1 A/µs].
    double model_error = 0;      ///< Of the reduced basis, relative.
    std::vector<double> outputs; ///< Dose at the draws over the nominal dose.
    int n_draws = 0;
};

/// |mean E| in the ROI under an assumption about lesions.
struct LesionSpread {
    std::string scenario;
    std::string what;
    double field = 0;  ///< [V/m at 1 A/µs]
    double output = 1; ///< Dose over the nominal dose.
};

/// One way to sham.
struct ShamPose {
    std::string name;
    RigidTransform head_from_coil;
    double roi_ratio = 0;   ///< Mean |E| in the ROI over that of the planned pose.
    double scalp_ratio = 0; ///< 99th percentile of |E| in the scalp, likewise.
};

/// The same target of the other hemisphere.
struct OtherSide {
    std::string target;
    double this_side = 0; ///< Mean |E| at the conventional pose [V/m at 1 A/µs].
    double other_side = 0;
};

/// B and ∂A/∂t where an implant lies.
struct ImplantField {
    std::string name;
    Vector3 point = Vector3::Zero();
    double flux_density = 0; ///< |B| per ampere of coil current [T/A].
    double rate = 0;         ///< |∂A/∂t| at 1 A/µs [V/m].
};

/// What a plan found.
struct PlanResult {
    std::vector<CoilSearch> searches;
    std::size_t coil = 0; ///< Of the request's, the one that the plan is for.
    std::vector<planning::ScalpPlace> places;
    std::vector<planning::BestOfPlace> of_places;
    std::vector<planning::ShortlistedPose> shortlist;
    PlanRun best;
    PlanRun conventional;
    std::string conventional_rule;
    std::vector<PlacementSpread> placement;
    std::vector<StandOffField> stand_off;
    std::optional<ConductivitySpread> conductivity;
    std::vector<LesionSpread> lesions;
    std::optional<planning::DosePlan> dose;
    std::optional<double> motor_field; ///< Mean |E| in the motor ROI at the threshold's pose [V/m at 1 A/µs].
    std::vector<ShamPose> shams;
    std::optional<OtherSide> other_side;
    std::optional<Vector3> wall_axis;           ///< Across the ROI's sulci, as the planned coil sees them.
    std::optional<planning::CorticalBank> bank; ///< Nearest to the target; none where there is no cortex.
};

/// Searches, confirms and describes; writes `runs/planned` and `runs/conventional` into a folder. \throws as
/// planning::search_around() and planning::shortlist(), and InfeasibleError where the conventional pose does
/// not clear the head.
[[nodiscard]] PlanResult make_plan(const PlanRequest& request, const PreparedHead& prepared,
                                   const std::filesystem::path& folder, Session& session);

} // namespace corticoil::app
