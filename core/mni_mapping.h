#pragma once

#include "core/types.h"
#include "core/vector_image.h"

#include <Eigen/Geometry>

#include <memory>

namespace corticoil {

/// The mapping between a head and MNI space, both RAS [m]: an affine, and where a deformable registration was
/// made, a displacement on top of it in each direction. Copies share the displacements.
struct MniMapping {
    Eigen::Affine3d mni_from_head = Eigen::Affine3d::Identity();

    /// On a grid of the head frame: to_mni(p) = mni_from_head · p + mni_warp(p), then brought to within 0.05
    /// mm of the inverse of to_head() where the grid is too coarse for that. None: the affine alone.
    std::shared_ptr<const VectorImage> mni_warp;
    /// On a grid of MNI space: to_head(q) = mni_from_head⁻¹ · q + head_warp(q); present where mni_warp is.
    std::shared_ptr<const VectorImage> head_warp;

    [[nodiscard]] bool is_deformable() const { return mni_warp != nullptr && head_warp != nullptr; }

    [[nodiscard]] Vector3 to_mni(const Vector3& p_head) const;
    [[nodiscard]] Vector3 to_head(const Vector3& p_mni) const;

    /// A direction in MNI axes as a unit vector in the head's axes, by the affine: directions are meant for
    /// the whole head, and a local warp would turn them by its noise.
    [[nodiscard]] Vector3 direction_to_head(const Vector3& direction_mni) const;
};

} // namespace corticoil
