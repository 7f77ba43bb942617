#pragma once

#include "core/image.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// Lesions as people hand them over: masks on any grid, placed by their affines.
struct LesionImages {
    std::optional<ScalarImage> lesions; ///< Not 0 in lesions, one value.
    std::optional<ScalarImage>
        black_holes; ///< Likewise, of T1 black holes; part of `lesions` or beside them.
    std::string lesions_name = "lesion mask"; ///< For messages, for instance the file's name.
    std::string black_holes_name = "black-hole mask";

    [[nodiscard]] bool is_empty() const { return !lesions && !black_holes; }
};

/// Lesions on a head's grid.
struct LesionMasks {
    LabelImage lesions;                ///< All of them, black holes included.
    LabelImage black_holes;            ///< Part of `lesions`.
    double given_volume = 0;           ///< Of all lesions, in the images as given [m³].
    std::vector<std::string> warnings; ///< In words.
};

/// A mask on another grid: each lesion (26-connected part) keeps its volume to half a voxel, and its place:
/// it becomes the voxels that it covers most, at least one. Interpolation with a threshold would lose small
/// lesions instead. What lies outside the grid is left out. \throws Error naming `name` for an image that is
/// empty, or holds other values than 0 and one more.
[[nodiscard]] LabelImage resample_lesions(const ScalarImage& image, const std::string& name,
                                          const std::array<int, 3>& size,
                                          const Eigen::Affine3d& head_from_voxel);

/// Puts lesions onto a head's grid and checks that they can be that head's. \throws Error, naming the image,
/// as resample_lesions(); where less than half of the volume lies in `head`, as for a mask of another space;
/// and for more than half a litre, as for a brain mask or one whose sense is reversed. Warns of what lies
/// outside the head, and of a mask with as many voxels as the head's grid in another place: `head` is on the
/// whole grid of the image that the masks belong to.
[[nodiscard]] LesionMasks place_lesions(const LesionImages& images, const LabelImage& head);

} // namespace corticoil::imaging
