#pragma once

#include "core/image.h"
#include "core/types.h"

#include <optional>
#include <string>

namespace corticoil::planning {

/// A region of interest: a ball or the non-zero voxels of a mask. It always means the grey matter in it.
struct Roi {
    std::string description;          ///< As in reports: "ball of 10 mm around M1_HAND_L".
    Vector3 centre = Vector3::Zero(); ///< [m]; of a mask, its centre of mass.
    double radius = 0;                ///< Of the ball [m]; of a mask, that of the ball of the same volume.
    std::optional<LabelImage> mask;

    [[nodiscard]] bool contains(const Vector3& point) const;
};

/// The ball of `radius` [m] around `centre` [m]. \throws Error for a radius that is not positive.
[[nodiscard]] Roi ball_roi(const std::string& what, const Vector3& centre, double radius);

/// The non-zero voxels of a mask. \throws Error for an empty one.
[[nodiscard]] Roi mask_roi(const std::string& what, LabelImage mask);

} // namespace corticoil::planning
