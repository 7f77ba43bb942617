#pragma once

#include "coils/coil.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::coils {

/// Reads a coil as its sampled vector potential from a NIfTI-1 file, `.nii` or `.nii.gz`, with its
/// continuations (fit_continuation()), and what lies beside it (read_files_beside()). \throws Error as
/// parse_nifti_potential(), and where the grid neither reaches 20 mm under the coil's centre nor can be
/// continued there.
[[nodiscard]] Coil read_nifti_coil(const std::filesystem::path& path);

/// The sampled potentials in the bytes of a NIfTI-1 file (gzip or not); `name` stands in messages. Without
/// continuations.
///
/// Values are A for 1 A [T·m/A], in any byte order, as 32- or 64-bit floats or 16-bit integers with a scale;
/// the affine (sform, else qform) leads from voxels to the coil's frame. The three components lie along the
/// fourth axis; a fifth counts stimulators. Files with the components along the fifth axis, as NIfTI's own
/// vectors have them, are told by their size. Several stimulators, each at 1 A, are one potential each: a
/// coil of all of them has their sum. Memory and time in proportion to the data that are really there.
/// \throws Error naming the file for anything else, and as check_sampled_potential().
[[nodiscard]] std::vector<SampledPotential> parse_nifti_potential(std::string_view bytes,
                                                                  const std::string& name);

} // namespace corticoil::coils
