#include "core/constants.h"
#include "core/error.h"
#include "viz/field_bodies.h"
#include "viz/field_camera.h"
#include "viz/field_frames.h"
#include "viz/field_picture.h"
#include "viz/picture_layout.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <optional>

namespace corticoil::viz {

namespace {
/// The close view is tilted by this much about the coil's y axis, so that the windings that cross at the
/// centre do not cover the field beneath them.
constexpr double close_tilt = 24 * radians_per_degree;
constexpr double arrows_view_height = 0.085;
constexpr double streamlines_view_height = 0.150;
constexpr double candidates_view_height = 0.100; ///< [m] at least.
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

/// On which side of the head the target lies; over the midline the left one is shown.
double side_of_target(const FieldScene& scene) {
    constexpr double midline = 0.004; ///< [m]
    const Vector3 target = scene.roi_radius > 0 ? scene.roi_centre : scene.head_from_coil.translation();
    return target.x() - middle_of(scene.cortex).x() > midline ? 1 : -1;
}

Vector3 direction_of(const FieldScene& scene, FieldView view) {
    const double side = side_of_target(scene);
    switch (view) {
    case FieldView::close:
        return close_direction(scene);
    case FieldView::overview:
        return overview_direction(scene);
    case FieldView::motor:
        return {0.75 * side, 0.12, 1};
    case FieldView::leg:
        return {0.10 * side, -0.30, 1};
    case FieldView::prefrontal:
        return {0.75 * side, 1, 0.55};
    case FieldView::cerebellar:
        return {0.35 * side, -1, -0.35};
    case FieldView::left:
        return -Vector3::UnitX();
    case FieldView::right:
        return Vector3::UnitX();
    case FieldView::front:
        return Vector3::UnitY();
    case FieldView::back:
        return -Vector3::UnitY();
    case FieldView::top:
        return Vector3::UnitZ();
    case FieldView::bottom:
        return -Vector3::UnitZ();
    case FieldView::cut:
        // A little towards the coil, so that the head's outside is seen as well.
        return cut_plane(scene).normal - 0.35 * scene.head_from_coil.rotation().col(2);
    case FieldView::arrows:
    case FieldView::candidates:
        return -scene.head_from_coil.rotation().col(2);
    case FieldView::streamlines:
        return close_direction(scene);
    }
    CORTICOIL_ASSERT(false);
    return Vector3::UnitZ();
}

/// What a view must hold, in the camera's plane [m].
Eigen::AlignedBox2d extent_of(const FieldScene& scene, FieldView view, const PictureCamera& camera) {
    Eigen::AlignedBox2d box;
    const auto extend = [&](const Points& points) {
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            box.extend(Eigen::Vector2d(camera.right.dot(points.col(i)), camera.up.dot(points.col(i))));
        }
    };
    extend(scene.cortex.nodes);
    if (!is_framed(view)) extend(scalp_without_neck(scene).nodes);
    for (const Points& winding : scene.windings) extend(winding);
    if (scene.casing) extend(scene.casing->nodes);
    if (!is_framed(view)) extend(coil_marks(scene).handle_end);
    return box;
}

/// Whether a view is one of the six from the head's sides, which share a scale.
bool is_from_side(FieldView view) {
    return view == FieldView::left || view == FieldView::right || view == FieldView::front ||
           view == FieldView::back || view == FieldView::top || view == FieldView::bottom;
}

/// Pixels that a scene may fill.
struct Room {
    double width;
    double height;

    [[nodiscard]] double scale_for(const Eigen::Vector2d& extent) const {
        // The rest is room for the names of the marks.
        constexpr double filled = 0.96;
        return std::max(extent.x() / (filled * width), extent.y() / (filled * height));
    }
};

PictureCamera looking_from(const FieldScene& scene, FieldView view) {
    return camera_looking_from(direction_of(scene, view), Vector3::UnitZ(), Vector3::UnitY());
}

/// Scales and shifts the camera so that all nodes lie in the room around the picture's centre.
void fit(PictureCamera& camera, const FieldScene& scene, FieldView view, const Room& room) {
    const Eigen::AlignedBox2d box = extent_of(scene, view, camera);
    camera.metres_per_pixel = room.scale_for(box.sizes());
    if (is_from_side(view)) {
        for (const FieldView side : {FieldView::left, FieldView::front, FieldView::top}) {
            const Eigen::AlignedBox2d other = extent_of(scene, side, looking_from(scene, side));
            camera.metres_per_pixel = std::max(camera.metres_per_pixel, room.scale_for(other.sizes()));
        }
    }
    camera.centre = box.center().x() * camera.right + box.center().y() * camera.up +
                    camera.towards_viewer.dot(middle_of(scene.cortex)) * camera.towards_viewer;
}

/// What views of a part of the head show from top to bottom [m]; nothing for those that hold all.
std::optional<double> shown_height(const FieldScene& scene, FieldView view) {
    switch (view) {
    case FieldView::close:
        return close_view_height;
    case FieldView::arrows:
        return arrows_view_height;
    case FieldView::streamlines:
        return streamlines_view_height;
    case FieldView::candidates: {
        double farthest = 0;
        for (const CandidatePose& candidate : scene.candidates) {
            farthest = std::max(
                farthest,
                (candidate.head_from_coil.translation() - scene.head_from_coil.translation()).norm());
        }
        constexpr double border = 0.030;
        return std::max(candidates_view_height, 2 * (farthest + border));
    }
    default:
        return std::nullopt;
    }
}

/// A camera that shows the view in a room in the middle of its picture.
PictureCamera camera_for(const FieldScene& scene, FieldView view, const Room& room) {
    CORTICOIL_ASSERT(scene.cortex.n_nodes() > 0);
    PictureCamera camera = looking_from(scene, view);
    if (const std::optional<double> height = shown_height(scene, view)) {
        camera.metres_per_pixel = *height / room.height;
        camera.centre = view == FieldView::candidates ? scene.head_from_coil.translation() : scene.roi_centre;
    } else {
        fit(camera, scene, view, room);
    }
    return camera;
}
} // namespace

Plane cut_plane(const FieldScene& scene) {
    // Of the two halves that one goes that lies to the front, or above.
    const Vector3 y = scene.head_from_coil.rotation().col(1);
    const double sign = y.dot(Vector3(0.1, 1, 0.9)) >= 0 ? 1 : -1;
    const Vector3 point = scene.roi_radius > 0 ? scene.roi_centre : scene.head_from_coil.translation();
    return {point, sign * y};
}

PictureCamera panel_camera(const FieldScene& scene, FieldView view, int width, int height) {
    PictureCamera camera = camera_for(scene, view, {static_cast<double>(width), static_cast<double>(height)});
    camera.width = width;
    camera.height = height;
    return camera;
}

std::vector<PictureCamera> orbit_cameras(const FieldScene& scene, const PictureOptions& options,
                                         int n_frames) {
    const PictureCamera start = field_camera(scene, FieldView::overview, options);
    const PictureLayout layout(options);
    const Room room{layout.scene_width(), layout.scene_height()};
    const Vector3 middle = middle_of(scene.scalp.n_nodes() > 0 ? scalp_without_neck(scene) : scene.cortex);
    std::vector<PictureCamera> cameras;
    double metres_per_pixel = 0;
    for (int frame = 0; frame < n_frames; ++frame) {
        const Eigen::AngleAxisd turn(2 * pi * frame / n_frames, Vector3::UnitZ());
        PictureCamera camera =
            camera_looking_from(turn * start.towards_viewer, Vector3::UnitZ(), Vector3::UnitY());
        camera.width = options.width;
        camera.height = options.height;
        const Eigen::AlignedBox2d box = extent_of(scene, FieldView::overview, camera);
        // Around the head's middle, so that it stays in its place.
        const Eigen::Vector2d at(camera.right.dot(middle), camera.up.dot(middle));
        const Eigen::Vector2d half = (box.max() - at).cwiseMax(at - box.min());
        metres_per_pixel = std::max(metres_per_pixel, room.scale_for(2 * half));
        cameras.push_back(camera);
    }
    for (PictureCamera& camera : cameras) {
        camera.metres_per_pixel = metres_per_pixel;
        camera.centre =
            middle + metres_per_pixel * ((options.width / 2.0 - layout.scene_column()) * camera.right -
                                         (options.height / 2.0 - layout.scene_row()) * camera.up);
    }
    return cameras;
}

PictureCamera field_camera(const FieldScene& scene, FieldView view, const PictureOptions& options) {
    const PictureLayout layout(options);
    PictureCamera camera = camera_for(scene, view, {layout.scene_width(), layout.scene_height()});
    camera.width = options.width;
    camera.height = options.height;
    // The middle of the scene's part is not the picture's middle.
    camera.centre += camera.metres_per_pixel * ((options.width / 2.0 - layout.scene_column()) * camera.right -
                                                (options.height / 2.0 - layout.scene_row()) * camera.up);
    return camera;
}

} // namespace corticoil::viz
