#include "viz/field_bodies.h"

#include "viz/ambient_shading.h"
#include "viz/solid_shapes.h"
#include "viz/surface_statistics.h"

namespace corticoil::viz {

namespace {
constexpr double mark_lift = 0.006; ///< [m] the marks float on the handle's side of the coil's plane.
constexpr double darkest_sulcus = 0.38;
/// E across the cortex is greatest in sulcal walls: they stay light enough to read its sign.
constexpr double darkest_wall = 0.62;

/// How thick lines are: pixels of a 1200-pixel picture, so that they look alike in both views.
double in_metres(double pixels, const PictureCamera& camera) {
    return pixels * camera.metres_per_pixel * camera.height / 1200.0;
}
} // namespace

CoilMarks coil_marks(const FieldScene& scene) {
    constexpr double handle_begins = 0.030; ///< [m] from the centre.
    constexpr double handle_ends = 0.095;
    constexpr double arrow_begins = 0.004;
    constexpr double arrow_ends = 0.046;
    const Vector3 centre = scene.head_from_coil.apply_to_point(Vector3(0, 0, -mark_lift));
    const Vector3 along_handle = scene.head_from_coil.apply_to_vector(Vector3(0, -1, 0));
    CoilMarks marks{centre + handle_begins * along_handle, centre + handle_ends * along_handle, {}};
    if (scene.induced_direction) {
        const Vector3 direction = scene.induced_direction->normalized();
        marks.induced =
            std::pair(Vector3(centre + arrow_begins * direction), Vector3(centre + arrow_ends * direction));
    }
    return marks;
}

std::array<Vector3, 3> coil_axis_tips(const FieldScene& scene) {
    constexpr double length = 0.040; ///< [m]
    std::array<Vector3, 3> tips;
    for (int axis = 0; axis < 3; ++axis)
        tips[static_cast<std::size_t>(axis)] =
            scene.head_from_coil.apply_to_point(length * Vector3::Unit(axis));
    return tips;
}

Body cortex_body(const FieldScene& scene, const Eigen::VectorXd& values, const ColourScale& scale) {
    Body body{scene.cortex, {}, Light::studio};
    const Eigen::VectorXd openness = node_openness(scene.cortex);
    const double darkest = scale.is_diverging ? darkest_wall : darkest_sulcus;
    body.node_colours.reserve(static_cast<std::size_t>(scene.cortex.n_nodes()));
    for (int node = 0; node < scene.cortex.n_nodes(); ++node) {
        const Colour colour = scale(values[node]);
        const double shade = darkest + (1 - darkest) * openness[node];
        body.node_colours.push_back(mix(black, colour, static_cast<float>(shade)));
    }
    return body;
}

std::vector<Body> mark_bodies(const FieldScene& scene, const FieldLook& look, const PictureCamera& camera,
                              const PictureTheme& theme) {
    std::vector<Body> bodies;
    if (look.shows(Part::axes)) {
        const std::array<Vector3, 3> tips = coil_axis_tips(scene);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            bodies.push_back({arrow(scene.head_from_coil.translation(), tips[axis], in_metres(4, camera)),
                              {axis_colours[axis]},
                              Light::studio});
        }
    }
    if (look.shows(Part::roi) && look.shows(Part::cortex) && scene.roi_radius > 0) {
        const double rim = in_metres(4.0, camera);
        const double line = in_metres(2.0, camera);
        std::vector<SurfaceMesh> rims;
        std::vector<SurfaceMesh> lines;
        for (const Points& piece : sphere_cut(scene.cortex, scene.roi_centre, scene.roi_radius)) {
            const Points nearer = piece.colwise() + Vector3(2 * rim * camera.towards_viewer);
            rims.push_back(tube(piece.colwise() + Vector3(rim * camera.towards_viewer), rim));
            lines.push_back(tube(nearer, line));
        }
        bodies.push_back({joined(rims), {white}, Light::none});
        bodies.push_back({joined(lines), {black}, Light::none});
    }
    if (!look.shows(Part::marks)) return bodies;
    const CoilMarks marks = coil_marks(scene);
    Points handle(3, 2);
    handle << marks.handle_start, marks.handle_end;
    bodies.push_back({tube(handle, in_metres(7, camera)), {theme.handle}, Light::studio});
    if (marks.induced) {
        bodies.push_back({arrow(marks.induced->first, marks.induced->second, in_metres(5.5, camera)),
                          {induced_colour},
                          Light::studio});
    }
    return bodies;
}

SurfaceMesh scalp_without_neck(const FieldScene& scene) {
    constexpr double kept_below_brain = 0.030;
    const double lowest = scene.cortex.nodes.row(2).minCoeff() - kept_below_brain;
    SurfaceMesh kept;
    kept.nodes = scene.scalp.nodes;
    kept.nodes.row(2) = kept.nodes.row(2).cwiseMax(lowest);
    kept.triangles.resize(3, scene.scalp.n_triangles());
    int n_kept = 0;
    for (int t = 0; t < scene.scalp.n_triangles(); ++t) {
        const Eigen::Vector3i corners = scene.scalp.triangles.col(t);
        const bool is_above = (scene.scalp.nodes(2, corners[0]) > lowest) ||
                              (scene.scalp.nodes(2, corners[1]) > lowest) ||
                              (scene.scalp.nodes(2, corners[2]) > lowest);
        if (is_above) kept.triangles.col(n_kept++) = corners;
    }
    kept.triangles.conservativeResize(3, n_kept);
    return kept;
}

Body winding_body(const FieldScene& scene, bool is_thin) {
    constexpr double thin_wire =
        0.0003; ///< [m] radius drawn; real wires are thicker and would hide the hot spot.
    constexpr double thick_wire = 0.0007;
    std::vector<SurfaceMesh> tubes;
    for (const Points& winding : scene.windings) {
        tubes.push_back(tube(winding, is_thin ? thin_wire : thick_wire));
    }
    return {joined(tubes), {copper}, Light::studio};
}

} // namespace corticoil::viz
