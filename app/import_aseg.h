#pragma once

#include "app/session.h"
#include "core/image.h"

#include <string>

namespace corticoil::app {

/// White matter, grey matter and CSF of a label map of FreeSurfer, FastSurfer or SynthSeg (.mgz, .mgh, .nii,
/// .nii.gz). Says how many voxels of hypointensities stay white matter. \throws Error as
/// imaging::aseg_brain().
[[nodiscard]] LabelImage load_aseg(const std::string& path, Session& session);

} // namespace corticoil::app
