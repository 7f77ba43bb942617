#pragma once

#include <Eigen/Geometry>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// What the 348 bytes of a NIfTI-1 header say, checked. Source: nifti1.h, NIfTI-1.1 standard (2007).
struct NiftiHeader {
    static constexpr std::size_t size_in_bytes = 348;

    bool is_byte_swapped = false;
    std::array<int, 3> size{0, 0, 0};
    int n_volumes = 1; ///< Along the fourth axis.
    int intent = 0;    ///< NIFTI_INTENT_…; 0 where the file states none.
    int datatype = 0;  ///< NIFTI_TYPE_…; one that nifti_voxel_bytes() knows.
    std::size_t voxel_offset = 352;
    double slope = 1; ///< value = slope · stored + intercept; 1 and 0 where the file has none.
    double intercept = 0;
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity(); ///< [m], RAS.
    std::vector<std::string> warnings;

    [[nodiscard]] std::size_t n_voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
    /// Of all volumes.
    [[nodiscard]] std::size_t n_values() const { return n_voxels() * static_cast<std::size_t>(n_volumes); }
};

/// Codes of the real number types of NIfTI-1.
namespace nifti_type {
inline constexpr int uint8 = 2;
inline constexpr int int16 = 4;
inline constexpr int int32 = 8;
inline constexpr int float32 = 16;
inline constexpr int float64 = 64;
inline constexpr int int8 = 256;
inline constexpr int uint16 = 512;
inline constexpr int uint32 = 768;
inline constexpr int int64 = 1024;
inline constexpr int uint64 = 1280;
} // namespace nifti_type

/// Bytes of one voxel of a real number type, 0 for every other type.
[[nodiscard]] std::size_t nifti_voxel_bytes(int datatype);

/// NIFTI_INTENT_VECTOR, and the number of components of the vectors that we read.
inline constexpr int intent_vector = 1007;
inline constexpr int n_vector_components = 3;

/// Parses and checks the header of a file of `n_volumes` volumes; `name` stands before each message. \throws
/// Error as read_nifti() and, for more than one volume, read_tensor_nifti() and read_vector_nifti() document;
/// three volumes are the components of vectors, along the fifth axis.
[[nodiscard]] NiftiHeader parse_nifti_header(std::span<const unsigned char> bytes, const std::string& name,
                                             int n_volumes = 1);

/// Voxels of the largest image that is read.
inline constexpr double maximum_voxels = 4e8;

/// Checks where an image says it lies; `form` names what says so. \throws Error for an affine that is not
/// finite, further than 10 m away, sheared by more than 0.01, or of voxels that no scanner makes.
void check_orientation(const Eigen::Affine3d& head_from_voxel, const std::string& name,
                       const std::string& form);

enum class NiftiContent { numbers, vectors };

/// The 348 bytes of a header and the 4 of an empty extension list, with equal sform and qform of code 1.
/// \throws Error where the grid has no NIfTI form.
[[nodiscard]] std::array<unsigned char, 352>
format_nifti_header(const std::array<int, 3>& size, const Eigen::Affine3d& head_from_voxel, int datatype,
                    const std::string& name, NiftiContent content = NiftiContent::numbers);

} // namespace corticoil::imaging
