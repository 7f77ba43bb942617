#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "core/progress.h"

namespace corticoil::imaging {

struct RegistrationOptions {
    bool is_deformable = true; ///< Displacements on top of the affine (deformable_registration.h).
    int n_threads = 0;         ///< 0: all processors. The result does not depend on it.
    Progress progress = {};
};

/// Takes a head to MNI space, by a template in MNI space (Colin27, see templates.h): first an affine (12
/// parameters) by mutual information, from coarse to fine, started from the best of 45 rotations that lay the
/// heads' tops and centres on one another; only the template above the skull base counts, so that necks and
/// chins do not matter. A file that lies in MNI space already, judged by the same measure, stays there. Then,
/// unless it is not wanted, displacements by local correlation in both directions. The result repeats
/// exactly, on any number of threads.
///
/// Expects the T1's axes within about 30° of the head's own, nodding within 50°, as scanners record them.
/// \throws Error for an image that shows no head, ComputationError where the images stop overlapping.
[[nodiscard]] MniMapping register_to_mni(const ScalarImage& t1, const ScalarImage& template_t1,
                                         const RegistrationOptions& options = {});

} // namespace corticoil::imaging
