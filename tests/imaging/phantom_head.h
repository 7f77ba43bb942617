#pragma once

#include "core/image.h"
#include "support/error_of.h"

#include <array>
#include <string>

namespace corticoil::imaging::test {

/// A head of nested superellipsoids with a folded border of white matter, ventricles and a neck, about the
/// size of Colin27 and placed as in MNI space.
struct PhantomHead {
    LabelImage labels;
    ScalarImage t1; ///< With noise (fixed seed) and a bias field of ±15 %.
};

struct PhantomGrid {
    std::array<int, 3> size{84, 98, 92};
    Eigen::Affine3d head_from_voxel; ///< [m]
    /// Where a point of this head lies in the phantom's own frame.
    Eigen::Affine3d phantom_from_head = Eigen::Affine3d::Identity();
    double bias = 0.15;

    PhantomGrid();
};

/// The tissue at a point of the phantom's frame [m].
[[nodiscard]] int phantom_tissue(const Vector3& point);

/// The T1's intensity of a tissue without noise and bias field.
[[nodiscard]] float phantom_intensity(int label);

[[nodiscard]] PhantomHead make_phantom_head(const PhantomGrid& grid = {});

/// 2 |A ∩ B| / (|A| + |B|) for one label.
[[nodiscard]] double dice(const LabelImage& a, const LabelImage& b, int label);

using corticoil::test::error_of;

} // namespace corticoil::imaging::test
