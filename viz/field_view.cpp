#include "core/constants.h"
#include "core/error.h"
#include "viz/field_bodies.h"
#include "viz/field_picture.h"
#include "viz/picture_layout.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {
constexpr double degree = pi / 180;
/// The close view is tilted by this much about the coil's y axis, so that the windings that cross at the
/// centre do not cover the field beneath them.
constexpr double close_tilt = 24 * degree;
constexpr double close_view_height =
    0.140; ///< [m] shown from top to bottom of the scene's part of the picture.

Vector3 middle_of(const SurfaceMesh& surface) {
    return (surface.nodes.rowwise().minCoeff() + surface.nodes.rowwise().maxCoeff()) / 2;
}

Vector3 close_direction(const FieldScene& scene) {
    const Vector3 outward = -scene.head_from_coil.rotation().col(2);
    const Vector3 y = scene.head_from_coil.rotation().col(1);
    const Vector3 radial = (scene.roi_centre - middle_of(scene.cortex)).normalized();
    const Vector3 one_side = Eigen::AngleAxisd(close_tilt, y) * outward;
    const Vector3 other_side = Eigen::AngleAxisd(-close_tilt, y) * outward;
    return one_side.dot(radial) >= other_side.dot(radial) ? one_side : other_side;
}

/// From the coil's side of the head, in front of it unless the coil is at the back, from above unless the
/// coil is low.
Vector3 overview_direction(const FieldScene& scene) {
    const Vector3 coil = (scene.head_from_coil.translation() - middle_of(scene.cortex)).normalized();
    // Nearer to the midline than this the left side is shown.
    constexpr double midline = 0.1;
    const double side = coil.x() > midline ? 1 : -1;
    const double forward = coil.y() > -0.45 ? 0.75 : -0.85;
    const double upward = coil.z() > 0.75 ? 0.75 : coil.z() > 0 ? 0.45 : 0.12;
    return Vector3(side, forward, upward).normalized();
}

/// Scales and shifts the camera so that all nodes lie of the scene's part of the picture.
void fit(PictureCamera& camera, const FieldScene& scene, const PictureLayout& layout) {
    Eigen::AlignedBox2d box;
    const auto extend = [&](const Points& points) {
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            box.extend(Eigen::Vector2d(camera.right.dot(points.col(i)), camera.up.dot(points.col(i))));
        }
    };
    extend(scene.cortex.nodes);
    extend(scalp_without_neck(scene).nodes);
    for (const Points& winding : scene.windings) extend(winding);
    if (scene.casing) extend(scene.casing->nodes);
    extend(coil_marks(scene).handle_end);
    // The rest is room for the names of the marks.
    constexpr double filled = 0.96;
    camera.metres_per_pixel = std::max(box.sizes().x() / (filled * layout.scene_width()),
                                       box.sizes().y() / (filled * layout.scene_height()));
    camera.centre = box.center().x() * camera.right + box.center().y() * camera.up +
                    camera.towards_viewer.dot(middle_of(scene.cortex)) * camera.towards_viewer;
}
} // namespace

PictureCamera field_camera(const FieldScene& scene, FieldView view, const PictureOptions& options) {
    CORTICOIL_ASSERT(scene.cortex.n_nodes() > 0);
    const PictureLayout layout(options);
    const bool is_close = view == FieldView::close;
    PictureCamera camera = camera_looking_from(is_close ? close_direction(scene) : overview_direction(scene),
                                               Vector3::UnitZ(), Vector3::UnitY());
    camera.width = options.width;
    camera.height = options.height;
    if (is_close) {
        camera.metres_per_pixel = close_view_height / layout.scene_height();
        camera.centre = scene.roi_centre;
    } else {
        fit(camera, scene, layout);
    }
    // The middle of the scene's part is not the picture's middle.
    camera.centre += camera.metres_per_pixel * ((options.width / 2.0 - layout.scene_column()) * camera.right -
                                                (options.height / 2.0 - layout.scene_row()) * camera.up);
    return camera;
}

} // namespace corticoil::viz
