#pragma once

#include "core/image.h"
#include "imaging/lesion_masks.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// What became of lesion masks in a label map; volumes in m³.
struct LesionReport {
    int n_lesions = 0;             ///< 26-connected parts of labels 51 and 52.
    double given_volume = 0;       ///< In the masks.
    double lesion_volume = 0;      ///< Labelled 51.
    double black_hole_volume = 0;  ///< Labelled 52.
    std::size_t n_in_csf = 0;      ///< Voxels left out as CSF that the mask spilled into.
    std::size_t n_outside = 0;     ///< Voxels left out in bone, scalp or air.
    std::size_t n_grey_matter = 0; ///< Voxels that replaced grey matter: cortical or deep grey lesions.
    std::vector<std::string> warnings;
};

/// Writes lesions into a head's labels: 51, or 52 for black holes, where the voxel lies in the brain.
///
/// Left out: voxels in bone, scalp, eyes or air, and those of CSF outside the lesions that the masks' edges
/// reach into: CSF by label, and with `t1` (unfilled; the labels then come from the filled one) also by an
/// intensity near that of CSF, as far as such voxels hang together with CSF outside the mask. What is dark
/// within a lesion is a black hole and stays, and so does all of the black-hole mask in the brain.
/// \throws Error where less than half of the volume is left: the mask belongs to another image.
LesionReport insert_lesions(const LesionMasks& lesions, const std::optional<ScalarImage>& t1,
                            LabelImage& labels);

} // namespace corticoil::imaging
