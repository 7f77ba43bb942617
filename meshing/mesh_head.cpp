#include "meshing/mesh_head.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/delaunay_refinement.h"
#include "meshing/islands.h"
#include "meshing/label_field.h"
#include "meshing/label_map_checks.h"
#include "meshing/quality_gate.h"
#include "meshing/size_field.h"
#include "meshing/sliver_removal.h"
#include "meshing/volume_calibration.h"
#include "meshing/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

namespace corticoil::meshing {

Resolution parse_resolution(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    for (const Resolution resolution : {Resolution::draft, Resolution::standard, Resolution::fine}) {
        if (lower == to_string(resolution)) return resolution;
    }
    throw Error(fmt::format("resolution '{}' is unknown; use draft, standard or fine", text));
}

std::string_view to_string(Resolution resolution) {
    switch (resolution) {
    case Resolution::draft:
        return "draft";
    case Resolution::standard:
        return "standard";
    case Resolution::fine:
        return "fine";
    }
    return "standard";
}

ElementSize base_size(Resolution resolution) {
    switch (resolution) {
    case Resolution::draft:
        return {1.55e-3, 0.45e-3, 2.1e-3};
    case Resolution::standard:
        return {0.84e-3, 0.25e-3, 1.12e-3};
    case Resolution::fine:
        return {0.62e-3, 0.18e-3, 0.83e-3};
    }
    return {};
}

namespace {

/// Voxels of air around the tissues, so that no smoothing reaches the border.
constexpr int margin_voxels = 4;

/// Interfaces are found to this distance [mm], far below any facet distance.
constexpr double position_tolerance_mm = 1e-3;

/// Parts of a label smaller than this get no first nodes of their own: the refinement may or may not find
/// them.
constexpr std::size_t smallest_probed_part = 8;

/// Fragments of a tissue below this volume are given to the tissue around them: a few voxels of noise [mm³].
constexpr double smallest_fragment_mm3 = 10.0;

/// Slivers are removed up to this dihedral angle [degrees]; the calibration keeps them there.
constexpr double wanted_dihedral_degrees = 15.0;

/// Interfaces move at most this part of the resolution's facet distance when slivers are exchanged, and this
/// part per round when volumes are calibrated.
constexpr double shift_per_distance = 0.25;
constexpr double calibration_per_distance = 0.5;

/// Edges below this part of the facet distance are merged: the interfaces' bound does not ask for them.
constexpr double shortest_edge_per_distance = 0.5;

/// A head's label map in the frame in which it is meshed: millimetres along the voxel axes.
struct MeshFrame {
    LabelImage labels;
    Vector3 spacing_mm = Vector3::Ones();

    [[nodiscard]] Vector3 voxel(const Vector3& point) const { return point.cwiseQuotient(spacing_mm); }
    [[nodiscard]] Vector3 point(const Vector3& voxel) const { return voxel.cwiseProduct(spacing_mm); }
};

TetMesh refine_head(const MeshFrame& frame, const LabelField& field, const HeadMeshOptions& options) {
    const SizeField sizes(frame.labels, options);
    RefinementProblem problem;
    problem.label = [&](const Vector3& p) { return field.label_at(frame.voxel(p)); };
    problem.high =
        frame.point(Vector3(frame.labels.size[0] - 1, frame.labels.size[1] - 1, frame.labels.size[2] - 1));
    problem.facet_size = [&](const Vector3& p, int a, int b) {
        return sizes.facet_size(frame.voxel(p), a, b);
    };
    problem.facet_distance = [&](const Vector3& p, int a, int b) {
        return sizes.facet_distance(frame.voxel(p), a, b);
    };
    problem.cell_size = [&](const Vector3& p, int label) { return sizes.cell_size(frame.voxel(p), label); };
    for (const auto& [from, to] : interface_probes(frame.labels, smallest_probed_part)) {
        problem.probes.emplace_back(frame.point(from), frame.point(to));
    }
    problem.position_tolerance = position_tolerance_mm;
    return refine_delaunay(problem);
}

/// The point of the interface of `label` and `other` on a line, by bisection.
std::optional<Vector3> project_on_interface(const std::function<int(const Vector3&)>& label_at, Vector3 low,
                                            Vector3 high, int label, int other) {
    const int label_low = label_at(low);
    const int label_high = label_at(high);
    const bool is_between =
        (label_low == label && label_high == other) || (label_low == other && label_high == label);
    if (!is_between) return std::nullopt;
    while ((high - low).norm() > position_tolerance_mm) {
        const Vector3 middle = 0.5 * (low + high);
        const int label_middle = label_at(middle);
        if (label_middle != label_low && label_middle != label_high) return std::nullopt;
        (label_middle == label_low ? low : high) = middle;
    }
    return Vector3(0.5 * (low + high));
}

TetMesh improve_head(const TetMesh& mesh, const MeshFrame& frame, const LabelField& field,
                     const HeadMeshOptions& options) {
    const double distance_mm = millimetres_per_metre * base_size(options.resolution).distance;
    SliverRemovalOptions slivers;
    slivers.goal_degrees = wanted_dihedral_degrees;
    slivers.interface_shift = shift_per_distance * distance_mm;
    slivers.shortest_edge = shortest_edge_per_distance * distance_mm;
    slivers.project = [&](const Vector3& point, const Vector3& direction, double reach, int label,
                          int other) {
        const auto label_at = [&](const Vector3& p) { return field.label_at(frame.voxel(p)); };
        return project_on_interface(label_at, point - reach * direction, point + reach * direction, label,
                                    other);
    };
    const TetMesh improved = remove_slivers(mesh, slivers);
    VolumeCalibrationOptions calibration;
    calibration.largest_shift = calibration_per_distance * distance_mm;
    calibration.smallest_dihedral_degrees = wanted_dihedral_degrees;
    const double voxel_mm3 = frame.spacing_mm.prod();
    for (const std::uint8_t label : frame.labels.voxels) {
        if (label != tissue::air) calibration.volumes[label] += voxel_mm3;
    }
    return calibrate_volumes(improved, calibration);
}

/// From the mesh frame to the head frame [m].
void move_to_head(TetMesh& mesh, const MeshFrame& frame) {
    const Eigen::Affine3d head_from_mesh =
        frame.labels.head_from_voxel * Eigen::Scaling(Vector3(frame.spacing_mm.cwiseInverse()));
    for (int n = 0; n < mesh.n_nodes(); ++n) mesh.nodes.col(n) = head_from_mesh * Vector3(mesh.nodes.col(n));
    // A mirrored grid turns every tetrahedron inside out.
    if (head_from_mesh.linear().determinant() < 0.0) mesh.tetrahedra.row(2).swap(mesh.tetrahedra.row(3));
}

} // namespace

HeadMesh mesh_head(const LabelImage& tissues, const HeadMeshOptions& options) {
    HeadMesh result;
    check_label_map(tissues);
    report(options.progress, 0.0, "smoothing the label map");
    const LargestConductor conductor = keep_largest_conductor(tissues);
    if (conductor.n_removed_voxels > 0) {
        result.warnings.push_back(
            fmt::format("label map: left out {} voxels in {} parts that touch the head nowhere",
                        conductor.n_removed_voxels, conductor.n_removed_parts));
    }
    const MeshFrame frame{crop_to_tissue(conductor.labels, margin_voxels), voxel_spacing_mm(tissues)};
    const LabelField field(frame.labels);
    report(options.progress, 0.1, "refining the mesh");
    const IslandFreeMesh raw = remove_islands(refine_head(frame, field, options), smallest_fragment_mm3);
    report(options.progress, 0.8, "removing slivers");
    const TetMesh improved = improve_head(raw.mesh, frame, field, options);
    result.mesh = remove_islands(improved, smallest_fragment_mm3).mesh;
    move_to_head(result.mesh, frame);
    report(options.progress, 0.95, "measuring the mesh");
    result.quality = assess(result.mesh, &tissues);
    const std::vector<std::string> notable = check_quality(
        result.quality, {options.resolution, metres_per_millimetre * frame.spacing_mm.maxCoeff()});
    result.warnings.insert(result.warnings.end(), notable.begin(), notable.end());
    report(options.progress, 1.0, "meshed");
    return result;
}

} // namespace corticoil::meshing
