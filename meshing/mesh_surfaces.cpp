#include "meshing/mesh_surfaces.h"

#include "core/constants.h"
#include "meshing/label_map_checks.h"
#include "meshing/labelled_domain.h"
#include "meshing/quality_gate.h"

namespace corticoil::meshing {

namespace {

/// Surfaces are exact, so a mesh has less excuse to miss their volumes than those of voxels.
constexpr double largest_volume_drift = 0.05;

/// The domain in millimetres of the head.
LabelledDomain domain_of(const HeadSurfaces& surfaces) {
    LabelledDomain domain;
    domain.label_at = [&](const Vector3& mm) { return surfaces.label_at(mm * metres_per_millimetre); };
    domain.voxels = &surfaces.voxels();
    domain.mesh_from_voxel = Eigen::Scaling(millimetres_per_metre) * surfaces.voxels().head_from_voxel;
    for (std::size_t label = 1; label < surfaces.volumes().size(); ++label) {
        const double volume = surfaces.volumes()[label];
        if (volume > 0) domain.volumes[static_cast<int>(label)] = volume * cubic_millimetres_per_cubic_metre;
    }
    return domain;
}

/// Figures against the volumes between the surfaces.
MeshQuality assess_against(const HeadSurfaces& surfaces, const TetMesh& mesh) {
    MeshQuality quality = assess(mesh);
    for (auto& [label, tissue] : quality.tissues) {
        const double reference = surfaces.volumes()[static_cast<std::size_t>(label)];
        if (reference <= 0) continue;
        tissue.reference_volume = reference;
        tissue.volume_drift = tissue.volume / reference - 1;
    }
    return quality;
}

} // namespace

HeadMesh mesh_surfaces(const HeadSurfaces& surfaces, const HeadMeshOptions& options) {
    HeadMesh result;
    check_label_map(surfaces.voxels());
    result.mesh = mesh_domain(domain_of(surfaces), options);
    result.mesh.nodes *= metres_per_millimetre;
    report(options.progress, 0.95, "measuring the mesh");
    result.quality = assess_against(surfaces, result.mesh);
    MeshOrigin origin;
    origin.resolution = options.resolution;
    origin.what = "surfaces";
    origin.largest_volume_drift = largest_volume_drift;
    result.warnings = check_quality(result.quality, origin);
    report(options.progress, 1.0, "meshed");
    return result;
}

} // namespace corticoil::meshing
