#pragma once

#include "core/image.h"
#include "viz/picture_options.h"

#include <filesystem>

namespace corticoil::viz {

/// Draws a T1 with the outlines of its tissues on six axial, three coronal and three sagittal slices, as PNG:
/// grey values with each tissue's border to the layer around it in the tissue's colour, lesions filled, a
/// legend with each tissue's volume in ml, side letters, slice positions in mm and a scale bar. Axial and
/// coronal slices are in neurological convention: the picture's left is the head's left. The images may have
/// different grids and any voxel axes; both are sampled in the head frame, the T1 trilinearly, the labels at
/// the nearest voxel. With lesions (51, 52) the second row shows where most of them lie. Needs no OpenGL.
/// \throws Error if an image is empty, has an affine that cannot be inverted, holds no finite value or no
/// label, or if the file cannot be written. Cost: about 1 s at 1600×1200.
void draw_segmentation(const ScalarImage& t1, const LabelImage& tissues, const PictureOptions& options,
                       const std::filesystem::path& png);

} // namespace corticoil::viz
