#include "imaging/mni_registration.h"

#include "core/error.h"
#include "imaging/deformable_registration.h"
#include "imaging/head_mask.h"
#include "imaging/itk_views.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

/// Depth below the top of the head over which the centres are compared [m]: vertex to skull base.
constexpr double cranium_height = 0.130;
/// Lowest plane of the template that takes part [m, MNI]: below the cerebellum, which ends near −60 mm.
constexpr double lowest_mni_z = -0.065;

/// Centre and top of the cranium: the head's voxels within cranium_height of its top.
struct Cranium {
    Vector3 centre = Vector3::Zero();
    double top = 0;
};

ScalarImage coarsened(const ScalarImage& image, double spacing) {
    const std::array<double, 3> edges = voxel_spacing(image.head_from_voxel);
    std::array<int, 3> step{};
    for (std::size_t axis = 0; axis < 3; ++axis)
        step[axis] = std::max(1, static_cast<int>(std::round(spacing / edges[axis])));
    return shrink(image, step);
}

Cranium find_cranium(const ScalarImage& image) {
    const Mask head = find_head(image).mask;
    const auto for_each_head_voxel = [&](auto visit) {
        for (int k = 0; k < head.size[2]; ++k) {
            for (int j = 0; j < head.size[1]; ++j) {
                for (int i = 0; i < head.size[0]; ++i) {
                    if (head.at(i, j, k) != 0) visit(Vector3(head.head_from_voxel * Vector3(i, j, k)));
                }
            }
        }
    };
    Cranium cranium;
    cranium.top = -1e9;
    for_each_head_voxel([&](const Vector3& point) { cranium.top = std::max(cranium.top, point[2]); });
    double n = 0;
    for_each_head_voxel([&](const Vector3& point) {
        if (point[2] < cranium.top - cranium_height) return;
        cranium.centre += point;
        n += 1;
    });
    cranium.centre /= n;
    return cranium;
}

/// The part of the template that takes part in the comparison: whole slices above lowest_mni_z.
ScalarImage above_skull_base(const ScalarImage& image) {
    const InferiorAxis down = inferior_axis(image.head_from_voxel);
    const auto axis = static_cast<std::size_t>(down.axis);
    const auto height = [&](int slice) {
        Vector3 index = 0.5 * Vector3(image.size[0] - 1, image.size[1] - 1, image.size[2] - 1);
        index[down.axis] = slice;
        return (image.head_from_voxel * index)[2];
    };
    int first = 0;
    int last = image.size[axis] - 1;
    while (first < last && height(first) < lowest_mni_z) ++first;
    while (last > first && height(last) < lowest_mni_z) --last;
    VoxelBox box{{0, 0, 0}, image.size};
    box.first[axis] = first;
    box.size[axis] = last - first + 1;
    return crop(image, box);
}

MniMapping find_affine(const ScalarImage& t1, const ScalarImage& template_t1, const Progress& progress) {
    constexpr double coarse = 4e-3; // Voxel edges of the levels [m].
    constexpr double fine = 2e-3;
    const ScalarImage coarse_t1 = coarsened(t1, coarse);
    const ScalarImage coarse_template = above_skull_base(coarsened(template_t1, coarse));
    const Cranium head = find_cranium(coarse_t1);
    const Cranium mni = find_cranium(coarsened(template_t1, coarse));

    // The centres fix left-right and front-back, the tops fix the height.
    Eigen::Affine3d head_from_mni = Eigen::Affine3d::Identity();
    head_from_mni.translation() = head.centre - mni.centre;
    head_from_mni.translation()[2] = head.top - mni.top;

    const auto improve = [&](const ScalarImage& mni_image, const ScalarImage& image,
                             const AffineStage& stage) {
        head_from_mni = transform_of_rows(improve_registration(view_of(mni_image), view_of(image),
                                                               rows_of_transform(head_from_mni), stage));
    };
    // Longer first steps make the twelve parameters collapse onto a part of the head.
    improve(coarse_template, coarse_t1,
            {.is_rigid = true,
             .first_step_mm = 4,
             .last_step_mm = 0.1,
             .n_iterations = 150,
             .progress = part_of(progress, 0, 0.2)});
    improve(coarse_template, coarse_t1,
            {.first_step_mm = 0.5,
             .last_step_mm = 0.02,
             .n_iterations = 300,
             .progress = part_of(progress, 0.2, 0.6)});
    improve(above_skull_base(coarsened(template_t1, fine)), coarsened(t1, fine),
            {.sampled_fraction = 0.15,
             .first_step_mm = 0.2,
             .last_step_mm = 0.01,
             .n_iterations = 150,
             .progress = part_of(progress, 0.6, 1)});
    const double volume_ratio = head_from_mni.linear().determinant();
    constexpr double largest_ratio = 4; // A child's head has about a third of Colin27's volume.
    if (!(volume_ratio > 1 / largest_ratio && volume_ratio < largest_ratio)) {
        throw ComputationError(fmt::format("registration to MNI did not find the head (its volume would be "
                                           "{:.2f} of the template's): check that the T1 shows a "
                                           "whole head and that its orientation is right",
                                           volume_ratio));
    }
    MniMapping mapping;
    mapping.mni_from_head = head_from_mni.inverse();
    return mapping;
}

} // namespace

MniMapping register_to_mni(const ScalarImage& t1, const ScalarImage& template_t1,
                           const RegistrationOptions& options) {
    if (!options.is_deformable) return find_affine(t1, template_t1, options.progress);
    constexpr double affine_share = 0.1; // Of the time.
    const MniMapping affine = find_affine(t1, template_t1, part_of(options.progress, 0, affine_share));
    return add_warp(affine, t1, template_t1,
                    {.n_threads = options.n_threads, .progress = part_of(options.progress, affine_share, 1)})
        .mapping;
}

} // namespace corticoil::imaging
