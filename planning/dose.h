#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::planning {

/// A coil on a stimulator.
struct Driver {
    std::string coil;
    std::string stimulator;
    double didt_at_full_output = 0; ///< Initial rate of change of the current at 100 % [A/s].
    std::string pulse = {}; ///< `monophasic`, `biphasic` or whatever the user calls it; empty: not given.
};

/// A motor threshold that was measured on this person, and the field that it stands for.
struct MotorThreshold {
    double percent_mso = 0;       ///< Of the maximum stimulator output.
    Driver driver;
    double field = 0; ///< Mean E in the motor ROI at its pose [V/m at 1 A/s].
};

/// What is wanted at a target.
struct DoseRequest {
    double fraction = 1; ///< Of the threshold, as protocols state it: 0.8 for "80 % RMT".
    Driver driver;       ///< At the target.
    double field = 0;    ///< The same metric of E in the target's ROI at the target's pose [V/m at 1 A/s].
    /// Factor on the output for another pulse shape; needed where the two differ.
    std::optional<double> pulse_factor = std::nullopt;
};

/// A dose two ways, with what to know about it.
struct DosePlan {
    double wanted_field = 0; ///< In the target's ROI [V/m].
    double didt = 0;         ///< For it [A/s].
    double percent_mso = 0;  ///< For it; above 100 where the stimulator cannot reach it.
    std::optional<double> percent_mso_of_threshold; ///< fraction × threshold, as protocols do.
    std::optional<double> field_of_threshold;       ///< What that gives in the target's ROI [V/m].
    std::vector<std::string> warnings;
};

/// The output at which the target's ROI gets the fraction of the field that the motor ROI has at threshold:
/// %MSO = %MT · fraction · (dI/dt at 100 % of the threshold's driver over that of the target's) · E_motor /
/// E_target. Assumes that a threshold stands for the same E wherever it is applied, which demyelination may
/// break: the %MT dose stands beside it. \throws Error for a threshold outside 1 … 100 %MSO (none was
/// measured: nothing is extrapolated), fields that are not positive, and pulses that differ without a factor.
[[nodiscard]] DosePlan dose_from_threshold(const MotorThreshold& threshold, const DoseRequest& request);

/// The output at which the target's ROI gets a field of the user's [V/m]. \throws Error for a field or a
/// request's field that is not positive.
[[nodiscard]] DosePlan dose_for_field(double wanted_field, const DoseRequest& request);

/// Least and most of an output over scenarios, as ratios of E_motor / E_target (or of 1 / E_target) to the
/// nominal one. \throws std::logic_error for none.
[[nodiscard]] std::pair<double, double> output_range(double percent_mso,
                                                     const std::vector<double>& relative_outputs);

} // namespace corticoil::planning
