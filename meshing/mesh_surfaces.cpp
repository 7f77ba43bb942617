#include "meshing/mesh_surfaces.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/delaunay_refinement.h"
#include "meshing/islands.h"
#include "meshing/label_map_checks.h"
#include "meshing/size_field.h"
#include "meshing/sliver_removal.h"
#include "meshing/volume_calibration.h"
#include "meshing/voxel_parts.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

namespace corticoil::meshing {

namespace {

// As for label maps, see mesh_head.cpp.
constexpr double position_tolerance_mm = 1e-3;
constexpr std::size_t smallest_probed_part = 8;
constexpr double smallest_fragment_mm3 = 10.0;
constexpr double wanted_dihedral_degrees = 15.0;
constexpr double shift_per_distance = 0.25;
constexpr double calibration_per_distance = 0.5;
constexpr double shortest_edge_per_distance = 0.5;
constexpr double smallest_dihedral_degrees = 5.0;

/// Surfaces are exact, so a mesh has less excuse to miss their volumes than those of voxels.
constexpr double largest_volume_drift = 0.05;

/// The mesh is made in millimetres of the head.
struct Frame {
    const HeadSurfaces& surfaces;

    [[nodiscard]] const LabelImage& voxels() const { return surfaces.voxels(); }
    [[nodiscard]] int label_at(const Vector3& mm) const {
        return surfaces.label_at(mm * metres_per_millimetre);
    }
    [[nodiscard]] Vector3 voxel(const Vector3& mm) const {
        return voxels().head_from_voxel.inverse() * Vector3(mm * metres_per_millimetre);
    }
    [[nodiscard]] Vector3 point(const Vector3& voxel) const {
        return (voxels().head_from_voxel * voxel) * millimetres_per_metre;
    }
};

TetMesh refine(const Frame& frame, const HeadMeshOptions& options) {
    const SizeField sizes(frame.voxels(), options);
    RefinementProblem problem;
    problem.label = [&](const Vector3& p) { return frame.label_at(p); };
    const std::array<int, 3>& size = frame.voxels().size;
    problem.low = frame.point(Vector3::Zero());
    problem.high = frame.point(Vector3(size[0] - 1, size[1] - 1, size[2] - 1));
    problem.facet_size = [&](const Vector3& p, int a, int b) {
        return sizes.facet_size(frame.voxel(p), a, b);
    };
    problem.facet_distance = [&](const Vector3& p, int a, int b) {
        return sizes.facet_distance(frame.voxel(p), a, b);
    };
    problem.cell_size = [&](const Vector3& p, int label) { return sizes.cell_size(frame.voxel(p), label); };
    for (const auto& [from, to] : interface_probes(frame.voxels(), smallest_probed_part))
        problem.probes.emplace_back(frame.point(from), frame.point(to));
    problem.position_tolerance = position_tolerance_mm;
    return refine_delaunay(problem);
}

/// The point of the interface of two labels on a line, by bisection.
std::optional<Vector3> project(const Frame& frame, Vector3 low, Vector3 high, int label, int other) {
    const int label_low = frame.label_at(low);
    const int label_high = frame.label_at(high);
    if (!(label_low == label && label_high == other) && !(label_low == other && label_high == label))
        return std::nullopt;
    while ((high - low).norm() > position_tolerance_mm) {
        const Vector3 middle = 0.5 * (low + high);
        const int label_middle = frame.label_at(middle);
        if (label_middle != label_low && label_middle != label_high) return std::nullopt;
        (label_middle == label_low ? low : high) = middle;
    }
    return Vector3(0.5 * (low + high));
}

TetMesh improve(const TetMesh& mesh, const Frame& frame, const HeadMeshOptions& options) {
    const double distance_mm = millimetres_per_metre * base_size(options.resolution).distance;
    SliverRemovalOptions slivers;
    slivers.goal_degrees = wanted_dihedral_degrees;
    slivers.interface_shift = shift_per_distance * distance_mm;
    slivers.shortest_edge = shortest_edge_per_distance * distance_mm;
    slivers.project = [&](const Vector3& point, const Vector3& direction, double reach, int label,
                          int other) {
        return project(frame, point - reach * direction, point + reach * direction, label, other);
    };
    const TetMesh improved = remove_slivers(mesh, slivers);
    VolumeCalibrationOptions calibration;
    calibration.largest_shift = calibration_per_distance * distance_mm;
    calibration.smallest_dihedral_degrees = wanted_dihedral_degrees;
    for (std::size_t label = 1; label < frame.surfaces.volumes().size(); ++label) {
        const double volume = frame.surfaces.volumes()[label];
        if (volume > 0)
            calibration.volumes[static_cast<int>(label)] = volume * cubic_millimetres_per_cubic_metre;
    }
    return calibrate_volumes(improved, calibration);
}

/// Figures against the volumes between the surfaces. \throws Error if the mesh misses a limit.
MeshQuality checked_quality(const TetMesh& mesh, const HeadSurfaces& surfaces, Resolution resolution) {
    MeshQuality quality = assess(mesh);
    const auto refuse = [&](const std::string& problem) {
        throw Error(
            fmt::format("mesh: {}; smooth the surfaces, widen the gaps between them or choose another "
                        "resolution than {}",
                        problem, to_string(resolution)));
    };
    if (quality.n_inverted > 0) refuse(fmt::format("{} inverted tetrahedra", quality.n_inverted));
    if (quality.n_parts != 1) refuse(fmt::format("the conductor is in {} parts", quality.n_parts));
    if (quality.smallest_dihedral_angle < smallest_dihedral_degrees) {
        refuse(fmt::format("smallest dihedral angle {:.2f}° is below {}°", quality.smallest_dihedral_angle,
                           smallest_dihedral_degrees));
    }
    for (std::size_t label = 1; label < surfaces.volumes().size(); ++label) {
        const double reference = surfaces.volumes()[label];
        if (reference <= 0) continue;
        TissueQuality& tissue = quality.tissues[static_cast<int>(label)];
        tissue.reference_volume = reference;
        tissue.volume_drift = tissue.volume / reference - 1;
        if (std::abs(*tissue.volume_drift) <= largest_volume_drift) continue;
        refuse(fmt::format(
            "{} has {:.2f} ml where the surfaces hold {:.2f} ml", describe_tissue(static_cast<int>(label)),
            tissue.volume * millilitres_per_cubic_metre, reference * millilitres_per_cubic_metre));
    }
    return quality;
}

} // namespace

HeadMesh mesh_surfaces(const HeadSurfaces& surfaces, const HeadMeshOptions& options) {
    HeadMesh result;
    const Frame frame{surfaces};
    check_label_map(frame.voxels());
    report(options.progress, 0.0, "refining the mesh");
    const IslandFreeMesh raw = remove_islands(refine(frame, options), smallest_fragment_mm3);
    report(options.progress, 0.8, "removing slivers");
    result.mesh = remove_islands(improve(raw.mesh, frame, options), smallest_fragment_mm3).mesh;
    result.mesh.nodes *= metres_per_millimetre;
    report(options.progress, 0.95, "measuring the mesh");
    result.quality = checked_quality(result.mesh, surfaces, options.resolution);
    report(options.progress, 1.0, "meshed");
    return result;
}

} // namespace corticoil::meshing
