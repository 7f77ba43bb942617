#pragma once

#include "core/image.h"

#include <cstddef>

namespace corticoil::imaging {

/// A brain labelled by FreeSurfer, FastSurfer or SynthSeg, as our tissues.
struct AsegBrain {
    /// White matter, grey matter and CSF of core/tissue.h; 0 elsewhere, also where the labels are of skull
    /// and scalp.
    LabelImage tissues;
    std::size_t n_hypointensities =
        0; ///< Voxels of white-matter hypointensities or lesions, kept as white matter.
};

/// Takes the numbers of FreeSurfer's colour table: aseg, and with the cortex parcellated aparc+aseg (both
/// atlases) and wmparc. White matter: 2, 41, 7, 46, 16, 85, 192, 250–255, 3000–4999, 5001, 5002, 13100–14199,
/// and lesions and hypointensities (25, 57, 77–79, 99). Grey matter: cortex and cerebellar cortex (3, 42, 8,
/// 47, 1000–2999, 11100–12199, lobules 601–628), deep nuclei and the ventral diencephalon. CSF: ventricles,
/// choroid plexus, vessels (in aseg perivascular spaces) and 24. Labels outside the brain (165, 257–259) are
/// dropped. `labels` is what a file holds, on any grid. \throws Error for values that are no integers,
/// numbers that are none of these, listing each with its number of voxels, and labels without white or grey
/// matter.
[[nodiscard]] AsegBrain aseg_brain(const ScalarImage& labels);

} // namespace corticoil::imaging
