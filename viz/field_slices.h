#pragma once

#include "core/image.h"
#include "viz/field_picture.h"

#include <filesystem>

namespace corticoil::viz {

/// Draws the T1 on a coronal, a sagittal and an axial slice through the target, and the coronal one enlarged,
/// with |E| in the brain, outlines of the tissues, the region of interest and the coil's casing, as PNG. The
/// colours end where those of the other pictures of the scene do. Axial and coronal slices are in
/// neurological convention, with letters. The scene has E in the volume. Needs no OpenGL. \throws Error as
/// draw_field() and draw_segmentation().
void draw_field_slices(const FieldScene& scene, const ScalarImage& t1, const LabelImage& tissues,
                       const PictureOptions& options, const std::filesystem::path& png);

} // namespace corticoil::viz
