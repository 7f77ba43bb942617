#include "imaging/brain_mask.h"

#include "imaging/mask_algebra.h"
#include "imaging/voxel_parts.h"

namespace corticoil::imaging {

Mask refine_brain_mask(const ScalarImage& t1, const Mask& carried, const BrainIntensities& intensities,
                       const TissuePriors& priors) {
    constexpr double reach = 8e-3; // How far the carried mask may miss the brain's surface [m].
    constexpr double bridge_radius =
        2.5e-3; // Vessels and dura that join brain to scalp are thinner than twice this [m].
    // Fat of the orbits and the temporal fossa has the brain's intensity too.
    constexpr float least_intracranial = 0.1F;
    const double darkest = 0.5 * (intensities.csf + intensities.grey);
    const double brightest = intensities.white + 3 * intensities.deviation;
    const Mask search = dilate(carried, reach);
    const Mask brain_like = mask_where(t1, [&](std::size_t n) {
        return search.voxels[n] != 0 && t1.voxels[n] > darkest && t1.voxels[n] < brightest &&
               is_likely(priors.intracranial, n, least_intracranial);
    });
    const Mask core = erode(carried, reach);
    const Mask eroded = parts_with(erode(brain_like, bridge_radius), core);
    const Mask regrown = both(dilate(eroded, 2 * bridge_radius), brain_like);
    return fill_enclosed(close(either(regrown, core), 2 * bridge_radius));
}

} // namespace corticoil::imaging
