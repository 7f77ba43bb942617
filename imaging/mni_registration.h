#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "core/progress.h"

namespace corticoil::imaging {

/// The affine (12 parameters) that takes a head to MNI space, by mutual information with a template in MNI
/// space (Colin27, see templates.h), from coarse to fine; started from the heads' tops and centres. Only the
/// template above the skull base counts, so that necks and chins do not matter. The result repeats exactly,
/// on any number of threads.
///
/// Expects the T1's axes within about 30° of the head's own, as scanners record them.
/// \throws Error for an image that shows no head, ComputationError where the images stop overlapping.
[[nodiscard]] MniMapping register_to_mni(const ScalarImage& t1, const ScalarImage& template_t1,
                                         const Progress& progress = {});

} // namespace corticoil::imaging
