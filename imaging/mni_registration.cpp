#include "imaging/mni_registration.h"

#include "core/constants.h"
#include "core/error.h"
#include "imaging/air_level.h"
#include "imaging/deformable_registration.h"
#include "imaging/head_mask.h"
#include "imaging/itk_views.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Depth below the top of the head over which the centres are compared [m]: vertex to skull base.
constexpr double cranium_height = 0.130;
/// Lowest plane of the template that takes part [m, MNI]: below the cerebellum, which ends near −60 mm.
constexpr double lowest_mni_z = -0.065;

/// The head's voxels [m].
std::vector<Vector3> head_points(const ScalarImage& image) {
    const Mask head = find_head(image).mask;
    std::vector<Vector3> points;
    for (int k = 0; k < head.size[2]; ++k) {
        for (int j = 0; j < head.size[1]; ++j) {
            for (int i = 0; i < head.size[0]; ++i) {
                if (head.at(i, j, k) != 0) points.emplace_back(head.head_from_voxel * Vector3(i, j, k));
            }
        }
    }
    return points;
}

/// Centre of the cranium in x and y, and its top: the head's points within cranium_height of its top, after
/// a rotation.
Vector3 find_cranium(const std::vector<Vector3>& points, const Eigen::Matrix3d& rotation) {
    double top = -1e9;
    for (const Vector3& point : points) top = std::max(top, rotation.row(2).dot(point));
    Vector3 sum = Vector3::Zero();
    double n = 0;
    for (const Vector3& point : points) {
        const Vector3 turned = rotation * point;
        if (turned[2] < top - cranium_height) continue;
        sum += turned;
        n += 1;
    }
    return {sum[0] / n, sum[1] / n, top};
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

/// Rotations that a head may have in its scanner: nodding most of all.
std::vector<Eigen::Matrix3d> likely_rotations() {
    constexpr double step = 20 * pi / 180; // Half of what the search from each start covers.
    std::vector<Eigen::Matrix3d> rotations;
    for (const int pitch : {0, -1, 1, -2, 2}) {
        for (const int roll : {0, -1, 1}) {
            for (const int yaw : {0, -1, 1}) {
                rotations.emplace_back((Eigen::AngleAxisd(yaw * step, Vector3::UnitZ()) *
                                        Eigen::AngleAxisd(roll * step, Vector3::UnitY()) *
                                        Eigen::AngleAxisd(pitch * step, Vector3::UnitX()))
                                           .toRotationMatrix());
            }
        }
    }
    return rotations;
}

/// A transform with what its metric says of it.
struct Candidate {
    Eigen::Affine3d head_from_mni = Eigen::Affine3d::Identity();
    double information = 0;
};

bool is_better(const Candidate& a, const Candidate& b) {
    return a.information > b.information;
}

/// The likely rotations, each with the heads' centres and tops laid on one another, best first.
std::vector<Candidate> find_starts(const ScalarImage& t1, const ScalarImage& template_t1) {
    constexpr double coarse = 8e-3; // [m]
    const ScalarImage small_t1 = coarsened(t1, coarse);
    const ScalarImage small_template = above_skull_base(coarsened(template_t1, coarse));
    const std::vector<Vector3> points = head_points(small_t1);
    const Vector3 mni =
        find_cranium(head_points(coarsened(template_t1, coarse)), Eigen::Matrix3d::Identity());
    std::vector<Candidate> starts;
    for (const Eigen::Matrix3d& rotation : likely_rotations()) {
        const Eigen::Affine3d upright_from_head(rotation);
        const Vector3 shift = find_cranium(points, rotation) - mni;
        Candidate start;
        start.head_from_mni = upright_from_head.inverse() * Eigen::Translation3d(shift);
        start.information = mutual_information(view_of(small_template), view_of(small_t1),
                                               rows_of_transform(start.head_from_mni));
        starts.push_back(start);
    }
    std::stable_sort(starts.begin(), starts.end(), is_better);
    return starts;
}

Eigen::Affine3d improved(const ScalarImage& mni_image, const ScalarImage& image, const Eigen::Affine3d& start,
                         const AffineStage& stage) {
    return transform_of_rows(
        improve_registration(view_of(mni_image), view_of(image), rows_of_transform(start), stage));
}

/// The rigid transform on which the search from the best starts ends highest.
Eigen::Affine3d find_rigid(const ScalarImage& t1, const ScalarImage& template_t1,
                           const std::vector<Candidate>& starts, const Progress& progress) {
    constexpr std::size_t n_tried = 3;
    Candidate best;
    for (std::size_t n = 0; n < std::min(n_tried, starts.size()); ++n) {
        // Longer first steps make the twelve parameters collapse onto a part of the head.
        const AffineStage stage{.is_rigid = true,
                                .first_step_mm = 4,
                                .last_step_mm = 0.1,
                                .n_iterations = 150,
                                .progress = part_of(progress, static_cast<double>(n) / n_tried,
                                                    static_cast<double>(n + 1) / n_tried)};
        Candidate found;
        found.head_from_mni = improved(template_t1, t1, starts[n].head_from_mni, stage);
        found.information =
            mutual_information(view_of(template_t1), view_of(t1), rows_of_transform(found.head_from_mni));
        if (n == 0 || is_better(found, best)) best = found;
    }
    return best.head_from_mni;
}

void check_volume(const Eigen::Affine3d& head_from_mni) {
    const double volume_ratio = head_from_mni.linear().determinant();
    constexpr double largest_ratio = 4; // A child's head has about a third of Colin27's volume.
    if (volume_ratio > 1 / largest_ratio && volume_ratio < largest_ratio) return;
    throw ComputationError(
        fmt::format("registration to MNI did not find the head (its volume would be {:.2f} of the "
                    "template's): check that the T1 shows a whole head and that its orientation is right",
                    volume_ratio));
}

/// The found transform, or none where the file's own frame fits as well: a head that lies in MNI space stays
/// there. On the template's points, so that equal images agree to the last bit.
Eigen::Affine3d better_of_own_frame(const ScalarImage& t1, const ScalarImage& fine_template, double fine,
                                    const Eigen::Affine3d& found) {
    const ScalarImage smoothed = smooth(t1, fine / 2); // As shrink() does.
    const auto information = [&](const Eigen::Affine3d& head_from_mni) {
        return mutual_information(view_of(fine_template), view_of(smoothed),
                                  rows_of_transform(head_from_mni));
    };
    const Eigen::Affine3d own = Eigen::Affine3d::Identity();
    return information(own) >= information(found) ? own : found;
}

MniMapping find_affine(const ScalarImage& t1, const ScalarImage& template_t1, const Progress& progress) {
    constexpr double coarse = 4e-3; // Voxel edges of the levels [m].
    constexpr double fine = 2e-3;
    report(progress, 0, "registering to MNI");
    const std::vector<Candidate> starts = find_starts(t1, template_t1);
    const ScalarImage coarse_t1 = coarsened(t1, coarse);
    const ScalarImage coarse_template = above_skull_base(coarsened(template_t1, coarse));
    Eigen::Affine3d head_from_mni =
        find_rigid(coarse_t1, coarse_template, starts, part_of(progress, 0.1, 0.4));
    head_from_mni = improved(coarse_template, coarse_t1, head_from_mni,
                             {.first_step_mm = 0.5,
                              .last_step_mm = 0.02,
                              .n_iterations = 300,
                              .progress = part_of(progress, 0.4, 0.7)});
    const ScalarImage fine_template = above_skull_base(coarsened(template_t1, fine));
    head_from_mni = improved(fine_template, coarsened(t1, fine), head_from_mni,
                             {.sampled_fraction = 0.15,
                              .first_step_mm = 0.2,
                              .last_step_mm = 0.01,
                              .n_iterations = 150,
                              .progress = part_of(progress, 0.7, 1)});
    check_volume(head_from_mni);
    MniMapping mapping;
    mapping.mni_from_head = better_of_own_frame(t1, fine_template, fine, head_from_mni).inverse();
    return mapping;
}

} // namespace

MniMapping register_to_mni(const ScalarImage& given, const ScalarImage& template_t1,
                           const RegistrationOptions& options) {
    const ScalarImage t1 = with_air_at_zero(given);
    if (!options.is_deformable) return find_affine(t1, template_t1, options.progress);
    constexpr double affine_share = 0.1; // Of the time.
    const MniMapping affine = find_affine(t1, template_t1, part_of(options.progress, 0, affine_share));
    return add_warp(affine, t1, template_t1,
                    {.n_threads = options.n_threads, .progress = part_of(options.progress, affine_share, 1)})
        .mapping;
}

} // namespace corticoil::imaging
