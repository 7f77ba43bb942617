#pragma once

#include "core/types.h"

namespace corticoil::viz {

/// A parallel projection: lengths across the view have one scale everywhere, so that a scale bar holds.
/// Pixels count from the picture's upper left corner.
struct PictureCamera {
    int width = 0;
    int height = 0;
    Vector3 centre = Vector3::Zero(); ///< The point drawn at the picture's centre [m].
    Vector3 right = Vector3::UnitX(); ///< Unit vectors of the picture in the head frame, with
    Vector3 up = Vector3::UnitY();    ///< right × up = towards_viewer.
    Vector3 towards_viewer = Vector3::UnitZ();
    double metres_per_pixel = 1e-3;

    /// Pixel column and row of a point [m], and its height above the centre's plane towards the viewer [m].
    [[nodiscard]] Vector3 project(const Vector3& point) const;
};

/// Unit vectors of a camera that sits at `towards_viewer` and keeps `upward` up; for a view along `upward`
/// the direction `instead` is up.
[[nodiscard]] PictureCamera camera_looking_from(const Vector3& towards_viewer, const Vector3& upward,
                                                const Vector3& instead);

} // namespace corticoil::viz
