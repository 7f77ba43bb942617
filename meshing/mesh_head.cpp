#include "meshing/mesh_head.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/label_field.h"
#include "meshing/label_map_checks.h"
#include "meshing/labelled_domain.h"
#include "meshing/quality_gate.h"
#include "meshing/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

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
        return {0.82e-3, 0.25e-3, 1.10e-3};
    case Resolution::fine:
        return {0.62e-3, 0.18e-3, 0.83e-3};
    }
    return {};
}

namespace {

/// Voxels of air around the tissues, so that no smoothing reaches the border.
constexpr int margin_voxels = 4;

/// A head's label map in the frame in which it is meshed: millimetres along the voxel axes.
struct MeshFrame {
    LabelImage labels;
    Vector3 spacing_mm = Vector3::Ones();

    [[nodiscard]] Vector3 voxel(const Vector3& point) const { return point.cwiseQuotient(spacing_mm); }
};

LabelledDomain domain_of(const MeshFrame& frame, const LabelField& field) {
    LabelledDomain domain;
    domain.label_at = [&](const Vector3& point) { return field.label_at(frame.voxel(point)); };
    domain.voxels = &frame.labels;
    domain.mesh_from_voxel = Eigen::Scaling(frame.spacing_mm);
    const double voxel_mm3 = frame.spacing_mm.prod();
    for (const std::uint8_t label : frame.labels.voxels) {
        if (label != tissue::air) domain.volumes[label] += voxel_mm3;
    }
    return domain;
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
    result.mesh = mesh_domain(domain_of(frame, field), options);
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
