#pragma once

#include "app/plan.h"

#include <filesystem>

namespace corticoil::app {

/// Draws `figures/plan.png` (planned and conventional field on the cortex, one scale),
/// `figures/objective.png` (the best value at every searched place of the scalp) and `figures/robustness.png`
/// into a plan's folder, from the runs in it; without EGL, a warning and only the last.
void draw_plan(const PlanRequest& request, const PlanResult& result, const SurfaceMesh& scalp,
               const std::filesystem::path& folder, Session& session);

} // namespace corticoil::app
