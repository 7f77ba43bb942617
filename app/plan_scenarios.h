#pragma once

#include "app/plan.h"

#include <optional>
#include <vector>

namespace corticoil::app {

/// The run of the motor threshold: its coil over its target, at its pose or the conventional one.
[[nodiscard]] RunRequest motor_request(const PlanRequest& request, const PreparedHead& prepared);

/// The dose that a plan's flags ask for; nothing where they ask for none. \throws Error as
/// planning::dose_from_threshold().
[[nodiscard]] std::optional<planning::DosePlan> dose_of(const PlanRequest& request, const PlanResult& result);

/// What other conductivities and, in a head with lesions, assumptions about them do to the ROI's field and
/// the dose.
void add_scenarios(const PlanRequest& request, const PreparedHead& prepared, PlanResult& result,
                   const std::optional<PlanRun>& motor, Session& session);

/// Ways to sham with the same coil: tilted by 45° and 90° with both wings or one at the scalp, a spacer of 20
/// and 40 mm, and over the vertex where the subject has 10-10 positions; with what they leave.
[[nodiscard]] std::vector<ShamPose> sham_poses(const PlanRequest& request, const PreparedHead& prepared,
                                               const RunRequest& planned, Session& session);

/// The target of the other hemisphere under its own conventional pose; nothing for targets that have none.
[[nodiscard]] std::optional<OtherSide> other_side(const PlanRequest& request, const PreparedHead& prepared,
                                                  const PlanRun& conventional, Session& session);

/// A place where an implant lies, or a point of its lead.
struct ImplantPoint {
    std::string name;
    Vector3 point = Vector3::Zero(); ///< [m]
};

/// |B| and |∂A/∂t| at implants for a coil at a pose.
[[nodiscard]] std::vector<ImplantField> implant_fields(const std::vector<ImplantPoint>& points,
                                                       const coils::Coil& coil,
                                                       const RigidTransform& head_from_coil);

/// ∫ ∂A/∂t·dl along a lead's points [V at 1 A/µs]: what drives the lead's loop, without the charges that the
/// head puts on it.
[[nodiscard]] double voltage_along(const std::vector<Vector3>& lead, const coils::Coil& coil,
                                   const RigidTransform& head_from_coil);

} // namespace corticoil::app
