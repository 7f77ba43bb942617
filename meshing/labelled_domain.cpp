#include "meshing/labelled_domain.h"

#include "core/constants.h"
#include "meshing/delaunay_refinement.h"
#include "meshing/islands.h"
#include "meshing/size_field.h"
#include "meshing/sliver_removal.h"
#include "meshing/volume_calibration.h"
#include "meshing/voxel_parts.h"

#include <optional>

namespace corticoil::meshing {

namespace {

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

TetMesh refine_domain(const LabelledDomain& domain, const HeadMeshOptions& options) {
    const SizeField sizes(*domain.voxels, options);
    const Eigen::Affine3d voxel_from_mesh = domain.mesh_from_voxel.inverse();
    const auto voxel = [&](const Vector3& point) -> Vector3 { return voxel_from_mesh * point; };
    const auto point = [&](const Vector3& index) -> Vector3 { return domain.mesh_from_voxel * index; };
    RefinementProblem problem;
    problem.label = domain.label_at;
    const std::array<int, 3>& size = domain.voxels->size;
    problem.low = point(Vector3::Zero());
    problem.high = point(Vector3(size[0] - 1, size[1] - 1, size[2] - 1));
    problem.facet_size = [&](const Vector3& p, int a, int b) { return sizes.facet_size(voxel(p), a, b); };
    problem.facet_distance = [&](const Vector3& p, int a, int b) {
        return sizes.facet_distance(voxel(p), a, b);
    };
    problem.cell_size = [&](const Vector3& p, int label) { return sizes.cell_size(voxel(p), label); };
    for (const auto& [from, to] : interface_probes(*domain.voxels, smallest_probed_part))
        problem.probes.emplace_back(point(from), point(to));
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

TetMesh improve(const TetMesh& mesh, const LabelledDomain& domain, Resolution resolution) {
    const double distance_mm = millimetres_per_metre * base_size(resolution).distance;
    SliverRemovalOptions slivers;
    slivers.goal_degrees = wanted_dihedral_degrees;
    slivers.interface_shift = shift_per_distance * distance_mm;
    slivers.shortest_edge = shortest_edge_per_distance * distance_mm;
    slivers.project = [&](const Vector3& point, const Vector3& direction, double reach, int label,
                          int other) {
        return project_on_interface(domain.label_at, point - reach * direction, point + reach * direction,
                                    label, other);
    };
    const TetMesh improved = remove_slivers(mesh, slivers);
    VolumeCalibrationOptions calibration;
    calibration.largest_shift = calibration_per_distance * distance_mm;
    calibration.smallest_dihedral_degrees = wanted_dihedral_degrees;
    calibration.volumes = domain.volumes;
    return calibrate_volumes(improved, calibration);
}

} // namespace

TetMesh mesh_domain(const LabelledDomain& domain, const HeadMeshOptions& options) {
    report(options.progress, 0.1, "refining the mesh");
    const IslandFreeMesh raw = remove_islands(refine_domain(domain, options), smallest_fragment_mm3);
    report(options.progress, 0.8, "removing slivers");
    return remove_islands(improve(raw.mesh, domain, options.resolution), smallest_fragment_mm3).mesh;
}

} // namespace corticoil::meshing
