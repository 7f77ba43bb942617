#include "planning/dose.h"

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::planning {

namespace {

constexpr double full_output = 100; // [%MSO]
constexpr double per_cent = 100;

void check_field(double field, const std::string& where) {
    if (std::isfinite(field) && field > 0) return;
    throw Error(
        fmt::format("dose: the field in {} is {:g} V/m at 1 A/s; a dose needs a positive one: check the "
                    "pose and the ROI",
                    where, field));
}

void check_driver(const Driver& driver) {
    if (std::isfinite(driver.didt_at_full_output) && driver.didt_at_full_output > 0) return;
    throw Error(fmt::format("dose: no dI/dt at full output is known for coil {}{}; give it", driver.coil,
                            driver.stimulator.empty() ? "" : " on " + driver.stimulator));
}

/// The factor between the pulses of threshold and target.
double pulse_factor(const Driver& threshold, const DoseRequest& request) {
    if (request.pulse_factor) {
        if (std::isfinite(*request.pulse_factor) && *request.pulse_factor > 0) return *request.pulse_factor;
        throw Error(
            fmt::format("dose: the pulse factor is {:g}; give a positive number", *request.pulse_factor));
    }
    if (threshold.pulse == request.driver.pulse) return 1;
    throw Error(fmt::format(
        "dose: the threshold was measured with {} pulses and the target gets {} ones; thresholds of the two "
        "differ, and by how much depends on the stimulators: give the factor on the output with "
        "--pulse-factor, "
        "or measure the threshold with the pulses of the protocol",
        threshold.pulse.empty() ? "unnamed" : threshold.pulse,
        request.driver.pulse.empty() ? "unnamed" : request.driver.pulse));
}

void warn_of_ceiling(DosePlan& plan, const Driver& driver) {
    constexpr double near_ceiling = 90; // [%MSO] Little is left for a threshold that drifts.
    if (plan.percent_mso > full_output) {
        plan.warnings.push_back(fmt::format(
            "the E-matched dose is {:.0f} %MSO: {} on {} cannot give it; take another coil, stimulator or a "
            "lower fraction",
            plan.percent_mso, driver.coil,
            driver.stimulator.empty() ? "this stimulator" : driver.stimulator));
    } else if (plan.percent_mso > near_ceiling) {
        plan.warnings.push_back(fmt::format("the E-matched dose is {:.0f} %MSO, close to the stimulator's "
                                            "ceiling; trains heat coils at such outputs",
                                            plan.percent_mso));
    }
    if (plan.percent_mso_of_threshold && *plan.percent_mso_of_threshold > full_output) {
        plan.warnings.push_back(fmt::format("the %MT dose is {:.0f} %MSO, above the stimulator's ceiling",
                                            *plan.percent_mso_of_threshold));
    }
}

} // namespace

DosePlan dose_from_threshold(const MotorThreshold& threshold, const DoseRequest& request) {
    if (!(threshold.percent_mso >= 1 && threshold.percent_mso <= full_output)) {
        throw Error(fmt::format(
            "dose: a motor threshold of {:g} %MSO cannot have been measured; where there is none at full "
            "output, "
            "take the other hemisphere's, an active one, or give the wanted field with --e-dose: nothing is "
            "extrapolated",
            threshold.percent_mso));
    }
    if (!(request.fraction > 0 && std::isfinite(request.fraction)))
        throw Error(fmt::format("dose: the fraction of the threshold is {:g}; give for example 0.8",
                                request.fraction));
    check_driver(threshold.driver);
    check_driver(request.driver);
    check_field(threshold.field, "the motor ROI");
    check_field(request.field, "the target's ROI");
    const double factor = pulse_factor(threshold.driver, request);
    const double didt_at_threshold = threshold.percent_mso / per_cent * threshold.driver.didt_at_full_output;
    DosePlan plan;
    plan.wanted_field = request.fraction * threshold.field * didt_at_threshold * factor;
    plan.didt = plan.wanted_field / request.field;
    plan.percent_mso = per_cent * plan.didt / request.driver.didt_at_full_output;
    plan.percent_mso_of_threshold = request.fraction * threshold.percent_mso;
    plan.field_of_threshold =
        *plan.percent_mso_of_threshold / per_cent * request.driver.didt_at_full_output * request.field;
    if (threshold.percent_mso == full_output) {
        plan.warnings.push_back(
            "the threshold is at the stimulator's ceiling: the true one may be higher, and "
            "every dose from it too low");
    }
    if (threshold.driver.coil != request.driver.coil ||
        threshold.driver.stimulator != request.driver.stimulator) {
        plan.warnings.push_back(fmt::format(
            "the threshold was measured with {} on {}, the target gets {} on {}: the %MT dose means little",
            threshold.driver.coil, threshold.driver.stimulator, request.driver.coil,
            request.driver.stimulator));
    }
    warn_of_ceiling(plan, request.driver);
    return plan;
}

DosePlan dose_for_field(double wanted_field, const DoseRequest& request) {
    check_driver(request.driver);
    check_field(request.field, "the target's ROI");
    if (!(std::isfinite(wanted_field) && wanted_field > 0))
        throw Error(fmt::format("--e-dose: {:g} V/m; give a positive field, for example 100", wanted_field));
    DosePlan plan;
    plan.wanted_field = wanted_field;
    plan.didt = wanted_field / request.field;
    plan.percent_mso = per_cent * plan.didt / request.driver.didt_at_full_output;
    warn_of_ceiling(plan, request.driver);
    return plan;
}

std::pair<double, double> output_range(double percent_mso, const std::vector<double>& relative_outputs) {
    CORTICOIL_ASSERT(!relative_outputs.empty());
    const auto [least, most] = std::minmax_element(relative_outputs.begin(), relative_outputs.end());
    return {percent_mso * *least, percent_mso * *most};
}

} // namespace corticoil::planning
