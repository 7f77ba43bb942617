#pragma once

#include "app/plan.h"
#include "app/plan_scenarios.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace corticoil::app {

/// Implants of a plan and what the coil does to them.
struct ImplantReport {
    std::vector<ImplantField> fields;
    std::optional<double> lead_voltage; ///< [V at 1 A/µs]
};

/// A plan as plan.json holds it, without version and configuration: keys carry units.
[[nodiscard]] nlohmann::json plan_as_json(const PlanRequest& request, const PlanResult& result,
                                          const ImplantReport& implants);

/// The short list as poses.csv: one line per pose, best first, with its matrix by rows in mm.
[[nodiscard]] std::string poses_as_csv(const PlanResult& result);

/// A plan for people.
[[nodiscard]] std::string plan_as_text(const PlanRequest& request, const PlanResult& result,
                                       const ImplantReport& implants);

} // namespace corticoil::app
