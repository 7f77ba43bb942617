#pragma once

#include "core/diffusion_tensor.h"
#include "core/image.h"
#include "core/vector_image.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// An image from a file, with what a user should know about the file.
struct LoadedImage {
    ScalarImage image;
    std::vector<std::string>
        warnings; ///< In words, each starting with the file's name; empty when all is well.
};

/// Reads a NIfTI-1 file (.nii, .nii.gz): one 3-D volume (4-D with a single volume too) of any real number
/// type, with the file's scaling applied.
///
/// Orientation: the sform if its code > 0, else the qform if its code > 0. Where both exist and a corner of
/// the grid lies more than 0.1 mm apart in the two, a warning says so. Voxels that are not finite count as 0,
/// with a warning. \throws Error for a file that is missing, truncated, not NIfTI-1, larger than 4e8 voxels,
/// of colours or complex numbers, of several volumes, or without a usable orientation (none, sheared by more
/// than 0.01, not finite). Memory grows with what the file really holds, not with what its header claims.
[[nodiscard]] LoadedImage read_nifti(const std::filesystem::path& path);

/// Reads a NIfTI-1 file of labels, with the same orientation and the same errors as read_nifti().
/// \throws Error also where a voxel is not an integer from 0 to 255.
[[nodiscard]] LabelImage read_label_nifti(const std::filesystem::path& path);

/// A tensor image from a file, with what a user should know about the file.
struct LoadedTensorImage {
    TensorImage image;
    std::vector<std::string> warnings; ///< As LoadedImage's.
};

/// Reads diffusion tensors as FSL's `dtifit --save_tensor` writes them: a NIfTI-1 file of six volumes along
/// the fourth axis (xx, xy, xz, yy, yz, zz) without an intent, components in FSL's axes; they are turned into
/// the head frame by head_from_fsl_axes(). Voxels outside the mask hold zeros. The image must lie where the
/// T1 lies (registered to it, or of the same session without motion). Same orientation rules and errors as
/// read_nifti(). \throws Error also for another number of volumes, an intent code (NIFTI_INTENT_SYMMATRIX has
/// another order and no agreed axes), and components that are not finite.
[[nodiscard]] LoadedTensorImage read_tensor_nifti(const std::filesystem::path& path);

/// Writes a NIfTI-1 file of 32-bit floats in millimetres, compressed where the name ends in .gz; sform and
/// qform are equal, with code 1 (scanner). The file appears under its name only when it is complete. \throws
/// Error where the file cannot be written or the grid has no NIfTI form (empty, or more than 32767 voxels on
/// an axis).
void write_nifti(const std::filesystem::path& path, const ScalarImage& image);

/// The same for labels, as unsigned bytes.
void write_nifti(const std::filesystem::path& path, const LabelImage& labels);

/// Reads displacements: a NIfTI-1 file of three components along the fifth axis (NIFTI_INTENT_VECTOR), mm in
/// the file, metres in memory, along RAS axes. \throws Error as read_nifti(), and where a component is not
/// finite.
[[nodiscard]] VectorImage read_vector_nifti(const std::filesystem::path& path);

/// Writes displacements [m] that way, in mm rounded to 1/1024, which lets them be compressed.
void write_nifti(const std::filesystem::path& path, const VectorImage& displacements);

/// Writes vectors that are no displacements that way, with their components as they are.
void write_nifti_field(const std::filesystem::path& path, const VectorImage& field);

} // namespace corticoil::imaging
