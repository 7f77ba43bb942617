#include "imaging/deformable_registration.h"

#include "core/constants.h"
#include "core/error.h"
#include "imaging/head_mask.h"
#include "imaging/itk_deformable.h"
#include "imaging/itk_views.h"
#include "imaging/local_correlation.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

namespace corticoil::imaging {

namespace {

/// Edge of the grid's voxels [m]: cortical folds are wider.
constexpr double grid_spacing = 2e-3;
/// Width of the grid beyond the template's faces [m], over which the displacements fade to zero.
constexpr double grid_margin = 8e-3;
/// How far beyond the skin voxels count [m]: air close to the skin tells where the skin is, the rest is
/// noise.
constexpr double skin_margin = 4e-3;

/// The image on a larger grid of the same lattice, continued by its outermost values.
ScalarImage padded(const ScalarImage& image, int margin) {
    const std::array<int, 3> size{image.size[0] + 2 * margin, image.size[1] + 2 * margin,
                                  image.size[2] + 2 * margin};
    ScalarImage result(size, image.head_from_voxel * Eigen::Translation3d(-margin, -margin, -margin));
    const auto inside = [&](int index, std::size_t axis) {
        return std::clamp(index - margin, 0, image.size[axis] - 1);
    };
    std::size_t n = 0;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i)
                result.voxels[n++] = image.at(inside(i, 0), inside(j, 1), inside(k, 2));
        }
    }
    return result;
}

/// An image on the registration's grid with the voxels that count.
struct GridImage {
    ScalarImage image;
    Mask mask;
};

GridImage template_on_grid(const ScalarImage& template_t1) {
    const ScalarImage coarse = coarsened(template_t1, grid_spacing);
    const double spacing = voxel_spacing(coarse.head_from_voxel)[0];
    const int margin = static_cast<int>(std::ceil(grid_margin / spacing));
    GridImage result;
    result.image = padded(coarse, margin);
    const Mask head = dilate(find_head(coarse).mask, skin_margin);
    result.mask = Mask(result.image.size, result.image.head_from_voxel);
    paste(head, {{margin, margin, margin}, coarse.size}, result.mask);
    return result;
}

GridImage head_on_grid(const ScalarImage& t1, const MniMapping& affine, const ScalarImage& grid) {
    const double scale = std::cbrt(affine.mni_from_head.linear().determinant());
    const ScalarImage smoothed = smooth(t1, grid_spacing / 2 / scale);
    const Mask head = dilate(find_head(smoothed).mask, skin_margin);
    GridImage result;
    result.image = ScalarImage(grid.size, grid.head_from_voxel);
    result.mask = Mask(grid.size, grid.head_from_voxel);
    const Eigen::Affine3d index_from_index =
        t1.head_from_voxel.inverse() * affine.mni_from_head.inverse() * grid.head_from_voxel;
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i, ++n) {
                const Vector3 index = index_from_index * Vector3(i, j, k);
                result.image.voxels[n] = interpolate_or_continue(smoothed, index);
                result.mask.voxels[n] = nearest_label(head, index);
            }
        }
    }
    return result;
}

DeformableOptions schedule(const WarpOptions& options) {
    DeformableOptions deformable;
    deformable.levels = {{.shrink = 4, .smoothing_mm = 4, .n_iterations = 100},
                         {.shrink = 2, .smoothing_mm = 2, .n_iterations = 70},
                         {.shrink = 1, .smoothing_mm = 0, .n_iterations = 20}};
    deformable.n_threads = options.n_threads;
    deformable.progress = part_of(options.progress, 0, 0.95);
    return deformable;
}

/// Whether the images agree so well that displacements would follow nothing but noise.
bool is_alike(const GridImage& fixed, const GridImage& moving, int radius) {
    const Mask mask = both(fixed.mask, moving.mask);
    const CorrelatedImages images{
        .size = mask.size, .fixed = fixed.image.voxels, .moving = moving.image.voxels, .mask = mask.voxels};
    const auto in_order = [](int n, const std::function<void(int)>& slice) {
        for (int k = 0; k < n; ++k) slice(k);
    };
    constexpr double alike = 0.999; // Squared correlation; of two scans of one head less.
    return correlation_force(images, radius, in_order).mean > alike;
}

/// Displacements of the head's points per point of MNI space [m] from those within MNI space [mm].
VectorImage as_head_warp(const MniMapping& affine, const ScalarImage& grid,
                         const std::vector<float>& displacement) {
    VectorImage warp(grid.size, grid.head_from_voxel, Eigen::Vector3f::Zero());
    const Eigen::Matrix3d head_from_mni = affine.mni_from_head.linear().inverse() * metres_per_millimetre;
    for (std::size_t n = 0; n < warp.voxels.size(); ++n) {
        const Vector3 u(displacement[3 * n], displacement[3 * n + 1], displacement[3 * n + 2]);
        warp.voxels[n] = (head_from_mni * u).cast<float>();
    }
    return warp;
}

/// A grid along the head's axes over all of the T1.
struct Grid {
    std::array<int, 3> size{};
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();
};

/// \throws Error where that is larger than any scanner's.
Grid grid_over(const ScalarImage& t1) {
    Eigen::AlignedBox3d box;
    for (int corner = 0; corner < 8; ++corner) {
        Vector3 index;
        for (int axis = 0; axis < 3; ++axis)
            index[axis] = ((corner >> axis) & 1) * (t1.size[static_cast<std::size_t>(axis)] - 1);
        box.extend(Vector3(t1.head_from_voxel * index));
    }
    constexpr double largest_extent = 1; // [m] Twice a scanner's field of view.
    if (!(box.sizes().maxCoeff() <= largest_extent)) {
        throw Error(
            fmt::format("the T1 covers {:.3g} × {:.3g} × {:.3g} m: no scanner's field of view is over "
                        "half a metre; is the size of its voxels right?",
                        box.sizes()[0], box.sizes()[1], box.sizes()[2]));
    }
    Grid grid;
    for (int axis = 0; axis < 3; ++axis) {
        grid.size[static_cast<std::size_t>(axis)] =
            static_cast<int>(std::ceil(box.sizes()[axis] / grid_spacing)) + 1;
    }
    grid.head_from_voxel = Eigen::Translation3d(box.min()) * Eigen::Scaling(grid_spacing);
    return grid;
}

/// Central differences of MNI → head at a voxel, over the affine part: the identity where nothing is
/// stretched.
double relative_jacobian(const VectorImage& head_warp, const Eigen::Matrix3d& mni_from_head,
                         const std::array<int, 3>& at) {
    Eigen::Matrix3d per_index;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        std::array<int, 3> low = at;
        std::array<int, 3> high = at;
        --low[axis];
        ++high[axis];
        per_index.col(static_cast<Eigen::Index>(axis)) =
            0.5 *
            (head_warp.at(high[0], high[1], high[2]) - head_warp.at(low[0], low[1], low[2])).cast<double>();
    }
    const Eigen::Matrix3d gradient = per_index * head_warp.head_from_voxel.linear().inverse();
    return (Eigen::Matrix3d::Identity() + mni_from_head * gradient).determinant();
}

void measure_folds(const Mask& head, WarpedMapping& result) {
    const VectorImage& warp = *result.mapping.head_warp;
    const Eigen::Matrix3d mni_from_head = result.mapping.mni_from_head.linear();
    for (int k = 1; k + 1 < warp.size[2]; ++k) {
        for (int j = 1; j + 1 < warp.size[1]; ++j) {
            for (int i = 1; i + 1 < warp.size[0]; ++i) {
                if (head.at(i, j, k) == 0) continue;
                const double jacobian = relative_jacobian(warp, mni_from_head, {i, j, k});
                result.smallest_jacobian = std::min(result.smallest_jacobian, jacobian);
                result.n_folds += jacobian <= 0 ? 1 : 0;
            }
        }
    }
}

} // namespace

WarpedMapping add_warp(const MniMapping& affine, const ScalarImage& t1, const ScalarImage& template_t1,
                       const WarpOptions& options) {
    const Grid grid = grid_over(t1);
    report(options.progress, 0, "fitting the template to the head");
    const GridImage fixed = template_on_grid(template_t1);
    const GridImage moving = head_on_grid(t1, affine, fixed.image);
    const ImagePair images{view_of(fixed.image), view_of(moving.image), fixed.mask.voxels,
                           moving.mask.voxels};
    const DeformableOptions deformable = schedule(options);
    const std::vector<float> displacement = is_alike(fixed, moving, deformable.radius)
                                                ? std::vector<float>(3 * fixed.image.voxels.size(), 0.0F)
                                                : register_deformable(images, deformable);

    WarpedMapping result;
    result.mapping = affine;
    auto head_warp = std::make_shared<VectorImage>(as_head_warp(affine, fixed.image, displacement));
    InverseWarp inverse = invert_head_warp(affine, *head_warp, grid.size, grid.head_from_voxel);
    result.n_not_inverted = inverse.n_not_inverted;
    result.mapping.head_warp = std::move(head_warp);
    result.mapping.mni_warp = std::make_shared<VectorImage>(std::move(inverse.mni_warp));
    measure_folds(fixed.mask, result);
    report(options.progress, 1, "fitting the template to the head");
    return result;
}

} // namespace corticoil::imaging
