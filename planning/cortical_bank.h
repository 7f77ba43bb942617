#pragma once

#include "core/tet_mesh.h"
#include "planning/metrics.h"

#include <optional>

namespace corticoil::planning {

/// One bank of a sulcus or one crown of a gyrus: the part of a ROI's cortex whose surface looks one way.
struct CorticalBank {
    RoiSamples samples;                ///< The ROI's grey matter nearest to that part of the surface.
    Vector3 normal = Vector3::UnitZ(); ///< Out of the cortex: mean of the surface's normals, by area.
};

/// The bank or crown of the ROI that holds the point of the grey-matter surface nearest to `point` [m]: the
/// surface within 60° of the normal there. E's mean along a normal over both banks of a sulcus cancels; over
/// one it is what pyramidal axons in it see. \throws Error where the ROI's samples are nearest to other
/// surface throughout.
[[nodiscard]] CorticalBank cortical_bank(const TetMesh& mesh, const RoiSamples& samples,
                                         const Vector3& point);

/// The axis across the sulci of a ROI as a coil sees them: among directions perpendicular to `outward`, the
/// one along which the grey-matter surface's normals in the ROI have most area (the principal axis of Σ n nᵀ
/// dA, projected). Its sign means nothing. E along it crosses the sulcal walls. Nothing for a ROI without
/// surface.
[[nodiscard]] std::optional<Vector3> sulcal_wall_axis(const TetMesh& mesh, const Roi& roi,
                                                      const Vector3& outward);

} // namespace corticoil::planning
