#pragma once

#include "coils/coil.h"
#include "planning/metrics.h"

namespace corticoil::test {

/// Volume mean of |E| [V/m] over a ROI's samples if the head were a sphere: the samples keep their places in
/// the coil's frame, and the sphere's centre lies on the coil's axis so that its surface is at the stand-off
/// [m].
[[nodiscard]] double mean_in_sphere(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                    const planning::RoiSamples& samples, double didt, double stand_off);

} // namespace corticoil::test
