#pragma once

#include "imaging/voxel_distance.h"

namespace corticoil::imaging {

/// Makes grey and white matter one part that lies in or at `brain_mask`: islands become CSF, enclosed specks
/// of another class become what surrounds them.
void clean_brain(LabelImage& classes, const Mask& brain_mask);

/// Makes a label map fit for meshing: single-voxel spurs and specks go (Gaussian vote of half a voxel), small
/// parts join their surroundings, the layers are closed again, and the head is one 6-connected part without
/// holes.
void clean_labels(LabelImage& labels);

} // namespace corticoil::imaging
