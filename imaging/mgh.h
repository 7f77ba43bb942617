#pragma once

#include "imaging/nifti.h"

#include <filesystem>

namespace corticoil::imaging {

/// Reads a FreeSurfer volume (.mgh, or .mgz: the same under gzip): one frame of bytes, 16- or 32-bit integers
/// or 32-bit floats, big-endian. Orientation: the header's direction cosines and centre, which FreeSurfer
/// takes over from the scanner, so the frame is that of the scan's NIfTI file. Voxels that are not finite
/// count as 0, with a warning. \throws Error for a file that is missing, truncated, no MGH version 1, larger
/// than 4e8 voxels, of several frames or another type, or without a usable orientation. Memory grows with
/// what the file really holds.
[[nodiscard]] LoadedImage read_mgh(const std::filesystem::path& path);

/// Reads an image by its ending: read_mgh() for .mgh and .mgz, else read_nifti().
[[nodiscard]] LoadedImage read_image(const std::filesystem::path& path);

} // namespace corticoil::imaging
