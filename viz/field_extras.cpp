#include "viz/field_extras.h"

#include "core/tissue.h"
#include "viz/ambient_shading.h"
#include "viz/field_bodies.h"
#include "viz/field_camera.h"
#include "viz/field_lines.h"
#include "viz/plane_section.h"
#include "viz/solid_shapes.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>

namespace corticoil::viz {

namespace {
constexpr Colour scalp_colour{0.86F, 0.73F, 0.64F};
constexpr Colour boundary_colour{0.16F, 0.16F, 0.18F};

/// Shapes with a colour each, as one body.
class ColouredShapes {
  public:
    void add(SurfaceMesh shape, const Colour& colour) {
        colours_.insert(colours_.end(), static_cast<std::size_t>(shape.n_nodes()), colour);
        shapes_.push_back(std::move(shape));
        n_colours_before_ = colours_.size();
    }
    /// A tube along a line, coloured along it.
    void add_tube(const FieldLine& line, double radius, const ColourScale& scale) {
        SurfaceMesh shape = tube(line.points, radius);
        if (shape.n_nodes() == 0) return;
        const auto n_points = line.points.cols();
        const auto per_ring = static_cast<std::size_t>((shape.n_nodes() - 2) / n_points);
        for (Eigen::Index i = 0; i < n_points; ++i)
            colours_.insert(colours_.end(), per_ring, scale(line.magnitude[i]));
        colours_.push_back(scale(line.magnitude[0]));
        colours_.push_back(scale(line.magnitude[n_points - 1]));
        colours_.resize(n_colours_before_ + static_cast<std::size_t>(shape.n_nodes()), colours_.back());
        shapes_.push_back(std::move(shape));
        n_colours_before_ = colours_.size();
    }
    [[nodiscard]] Body body() const { return {joined(shapes_), colours_, Light::studio}; }

  private:
    std::vector<SurfaceMesh> shapes_;
    std::vector<Colour> colours_;
    std::size_t n_colours_before_ = 0;
};

/// Places on the cortex around the target, a little inside it, that face the coil.
std::vector<std::pair<int, Vector3>> places_on_cortex(const FieldScene& scene, double radius, double spacing,
                                                      double depth) {
    const VectorField normals = node_normals(scene.cortex);
    const Vector3 outward = -scene.head_from_coil.rotation().col(2);
    // Walls of sulci, which face sideways, would hide their marks.
    constexpr double facing = 0.25;
    std::vector<std::pair<int, Vector3>> places;
    SurfaceMesh facing_part = scene.cortex;
    for (int node = 0; node < scene.cortex.n_nodes(); ++node) {
        if (normals.col(node).dot(outward) < facing) facing_part.nodes.col(node).setConstant(1e3);
    }
    for (const int node : thinned_nodes(facing_part, scene.roi_centre, radius, spacing))
        places.emplace_back(node, scene.cortex.nodes.col(node) - depth * normals.col(node));
    return places;
}
} // namespace

Colour section_colour(int label) {
    switch (label) {
    case tissue::scalp:
        return scalp_colour;
    case tissue::bone:
    case tissue::compact_bone:
        return {0.94F, 0.91F, 0.82F};
    case tissue::spongy_bone:
        return {0.88F, 0.80F, 0.66F};
    case tissue::csf:
        return {0.76F, 0.85F, 0.92F};
    case tissue::eyes:
        return {0.84F, 0.89F, 0.94F};
    default:
        return {0.80F, 0.76F, 0.74F};
    }
}

SurfaceMesh ribbons(const std::vector<Points>& lines, const Vector3& normal, double width, double lift) {
    SurfaceMesh result;
    const auto n = static_cast<Eigen::Index>(lines.size());
    result.nodes.resize(3, 4 * n);
    result.triangles.resize(3, 2 * n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const Points& line = lines[static_cast<std::size_t>(i)];
        const Vector3 along = line.col(1) - line.col(0);
        const Vector3 aside = width / 2 * normal.cross(along).normalized();
        result.nodes.col(4 * i) = line.col(0) - aside + lift * normal;
        result.nodes.col(4 * i + 1) = line.col(1) - aside + lift * normal;
        result.nodes.col(4 * i + 2) = line.col(1) + aside + lift * normal;
        result.nodes.col(4 * i + 3) = line.col(0) + aside + lift * normal;
        const auto first = static_cast<int>(4 * i);
        result.triangles.col(2 * i) << first, first + 1, first + 2;
        result.triangles.col(2 * i + 1) << first, first + 2, first + 3;
    }
    return result;
}

std::vector<Body> cut_bodies(const FieldScene& scene, const FieldLook& look, const ColourScale& scale) {
    const Plane plane = cut_plane(scene);
    const PlaneSection section = section_of(*scene.volume, plane);
    Body face{section.surface, {}, Light::none};
    face.node_colours.reserve(section.labels.size());
    for (std::size_t i = 0; i < section.labels.size(); ++i) {
        const int label = section.labels[i];
        face.node_colours.push_back(look.cut_by_tissue ? tissue_colour(label)
                                    : tissue::is_brain(label)
                                        ? scale(section.magnitude[static_cast<Eigen::Index>(i)])
                                        : section_colour(label));
    }
    constexpr double line_width = 0.0005; ///< [m]
    const Body lines{
        ribbons(section.boundaries, plane.normal, line_width, line_width), {boundary_colour}, Light::none};
    // The neck goes where the scalp's does.
    const SurfaceMesh scalp = scalp_without_neck(scene);
    const double lowest =
        scene.scalp.n_nodes() > 0 ? scalp.nodes.row(2).minCoeff() : scene.cortex.nodes.row(2).minCoeff();
    const Plane neck{Vector3(0, 0, lowest), -Vector3::UnitZ()};
    std::vector<Body> bodies{below(face, neck), below(lines, neck)};
    if (look.shows(Part::scalp) && scalp.n_triangles() > 0)
        bodies.push_back(below({scalp, {scalp_colour}, Light::studio}, plane));
    return bodies;
}

std::vector<Body> arrow_bodies(const FieldScene& scene, const ColourScale& scale) {
    constexpr double radius = 0.060; ///< [m] around the target.
    constexpr double spacing = 0.0035;
    constexpr double longest = 0.0075; ///< [m] at the end of the colour bar.
    constexpr double weakest = 0.04;   ///< Of that: shorter ones would be specks.
    constexpr double depth = 0.0006;   ///< [m] under the surface, in grey matter.
    const SmoothField field(*scene.volume, scene.roi_centre, radius + 0.005,
                            [](int label) { return label == tissue::grey_matter; });
    const VectorField normals = node_normals(scene.cortex);
    ColouredShapes arrows;
    for (const auto& [node, place] : places_on_cortex(scene, radius, spacing, depth)) {
        const std::optional<Vector3> e = field.at(place);
        if (!e || !(e->norm() > weakest * scale.cap)) continue;
        const double length = longest * std::min(1.0, e->norm() / scale.cap);
        const Vector3 half = length / 2 * e->normalized();
        const Vector3 middle = scene.cortex.nodes.col(node) + (0.0008 + 0.25 * length) * normals.col(node);
        arrows.add(arrow(middle - half, middle + half, 0.05 * length + 0.0001), scale(e->norm()));
    }
    Body cortex{scene.cortex, {}, Light::studio};
    const Eigen::VectorXd openness = node_openness(scene.cortex);
    constexpr Colour grey{0.66F, 0.65F, 0.64F};
    constexpr double darkest = 0.42;
    for (int node = 0; node < scene.cortex.n_nodes(); ++node)
        cortex.node_colours.push_back(
            mix(black, grey, static_cast<float>(darkest + (1 - darkest) * openness[node])));
    return {arrows.body(), cortex};
}

std::vector<Body> streamline_bodies(const FieldScene& scene, const ColourScale& scale) {
    constexpr double radius = 0.075; ///< [m] of the part of the head that lines run in.
    constexpr double seed_radius = 0.050;
    constexpr double seed_spacing = 0.006;
    constexpr double seed_depth = 0.002;
    constexpr double tube_radius = 0.00045;
    constexpr double weakest = 0.12; ///< Of the colour bar's end.
    const SmoothField field(*scene.volume, scene.roi_centre, radius, tissue::is_intracranial);
    std::vector<Vector3> seeds;
    for (const auto& [node, place] : places_on_cortex(scene, seed_radius, seed_spacing, seed_depth))
        seeds.push_back(place);
    ColouredShapes tubes;
    for (const FieldLine& line : field_lines(field, seeds, {.weakest = weakest * scale.cap}))
        tubes.add_tube(line, tube_radius, scale);
    return {tubes.body()};
}

std::vector<Body> candidate_bodies(const FieldScene& scene, const ColourScale& scale) {
    std::vector<Body> bodies;
    if (scene.scalp.n_triangles() > 0)
        bodies.push_back({scalp_without_neck(scene), {scalp_colour}, Light::studio});
    constexpr double half_length = 0.004; ///< [m]
    constexpr double arrow_radius = 0.00035;
    constexpr double best_is_larger = 2.2;
    ColouredShapes arrows;
    for (std::size_t i = scene.candidates.size(); i-- > 0;) {
        const CandidatePose& candidate = scene.candidates[i];
        const double size = i == 0 ? best_is_larger : 1.0;
        const RigidTransform& pose = candidate.head_from_coil;
        arrows.add(arrow(pose.apply_to_point(Vector3(0, -size * half_length, 0)),
                         pose.apply_to_point(Vector3(0, size * half_length, 0)), size * arrow_radius),
                   scale(candidate.value));
    }
    bodies.push_back(arrows.body());
    return bodies;
}

} // namespace corticoil::viz
