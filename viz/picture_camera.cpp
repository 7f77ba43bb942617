#include "viz/picture_camera.h"

#include <Eigen/Geometry>

#include <cmath>

namespace corticoil::viz {

Vector3 PictureCamera::project(const Vector3& point) const {
    const Vector3 from_centre = point - centre;
    return {width / 2.0 + right.dot(from_centre) / metres_per_pixel,
            height / 2.0 - up.dot(from_centre) / metres_per_pixel, towards_viewer.dot(from_centre)};
}

PictureCamera camera_looking_from(const Vector3& towards_viewer, const Vector3& upward,
                                  const Vector3& instead) {
    // Above this cosine `upward` is nearly hidden behind itself.
    constexpr double nearly_parallel = 0.9;
    PictureCamera camera;
    camera.towards_viewer = towards_viewer.normalized();
    const bool along_up = std::abs(camera.towards_viewer.dot(upward.normalized())) > nearly_parallel;
    const Vector3& guide = along_up ? instead : upward;
    camera.right = guide.cross(camera.towards_viewer).normalized();
    camera.up = camera.towards_viewer.cross(camera.right);
    return camera;
}

} // namespace corticoil::viz
