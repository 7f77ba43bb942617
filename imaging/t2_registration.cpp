#include "imaging/t2_registration.h"

#include "core/error.h"
#include "imaging/air_level.h"
#include "imaging/itk_views.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil::imaging {

namespace {

constexpr double coarse = 8e-3; // Voxel edges of the levels [m].
constexpr double middle = 4e-3;
constexpr double fine = 2e-3;

/// A transform with what its metric says of it.
struct Candidate {
    Eigen::Affine3d t2_from_t1 = Eigen::Affine3d::Identity();
    double information = 0;
};

double information_of(const ScalarImage& t1, const ScalarImage& t2, const Eigen::Affine3d& t2_from_t1) {
    return mutual_information(view_of(t1), view_of(t2), rows_of_transform(t2_from_t1));
}

/// Centre of an image's intensities.
Vector3 centre_of(const ScalarImage& image) {
    Vector3 sum = Vector3::Zero();
    double total = 0;
    std::size_t n = 0;
    for (int k = 0; k < image.size[2]; ++k) {
        for (int j = 0; j < image.size[1]; ++j) {
            for (int i = 0; i < image.size[0]; ++i, ++n) {
                sum += static_cast<double>(image.voxels[n]) * Vector3(i, j, k);
                total += image.voxels[n];
            }
        }
    }
    return image.head_from_voxel * Vector3(sum / total);
}

/// A rigid search at one level. The factor of 15 between its steps takes it from a voxel to a small part.
Candidate improved(const ScalarImage& t1, const ScalarImage& t2, const Candidate& start, double spacing,
                   const Progress& progress) {
    constexpr double millimetres = 1e3;
    const bool is_fine = spacing <= fine;
    const AffineStage stage{.is_rigid = true,
                            .sampled_fraction = is_fine ? 0.2 : 1, // 2 mm have voxels enough.
                            .first_step_mm = 0.5 * spacing * millimetres,
                            .last_step_mm = 0.005 * spacing * millimetres,
                            .n_iterations = 120,
                            .progress = progress,
                            .task = "registering the T2"};
    Candidate found;
    found.t2_from_t1 = transform_of_rows(
        improve_registration(view_of(t1), view_of(t2), rows_of_transform(start.t2_from_t1), stage));
    found.information = information_of(t1, t2, found.t2_from_t1);
    return found;
}

/// The best of the searches at 8 mm.
Candidate find_roughly(const ScalarImage& t1, const ScalarImage& t2, const Progress& progress) {
    const ScalarImage small_t1 = coarsened(t1, coarse);
    const ScalarImage small_t2 = coarsened(t2, coarse);
    std::array<Candidate, 2> starts;
    starts[1].t2_from_t1 = Eigen::Translation3d(centre_of(small_t2) - centre_of(small_t1));
    Candidate best;
    for (const Candidate& start : starts) {
        if (information_of(small_t1, small_t2, start.t2_from_t1) <= 0) continue; // They do not overlap.
        const Candidate found = improved(small_t1, small_t2, start, coarse, progress);
        if (found.information > best.information) best = found;
    }
    return best;
}

/// The image with its air at 0. \throws Error naming it where it is empty or constant.
ScalarImage checked(const ScalarImage& t2, const std::string& name) {
    try {
        return with_air_at_zero(t2);
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", name, error.what()));
    }
}

} // namespace

Eigen::Affine3d register_t2(const ScalarImage& t1, const ScalarImage& t2, const std::string& name,
                            const Progress& progress) {
    try {
        Candidate found = find_roughly(t1, t2, part_of(progress, 0, 0.1));
        if (!(found.information > 0)) throw ComputationError("no overlap");
        found = improved(coarsened(t1, middle), coarsened(t2, middle), found, middle,
                         part_of(progress, 0.1, 0.4));
        const ScalarImage fine_t1 = coarsened(t1, fine);
        const ScalarImage fine_t2 = coarsened(t2, fine);
        found = improved(fine_t1, fine_t2, found, fine, part_of(progress, 0.4, 1));
        const double own = information_of(fine_t1, fine_t2, Eigen::Affine3d::Identity());
        return own >= found.information ? Eigen::Affine3d::Identity() : found.t2_from_t1;
    } catch (const ComputationError&) {
        throw Error(
            fmt::format("{}: cannot be laid on the T1: they do not overlap or show no head in common; "
                        "give the T2 or FLAIR of the same person, whole head",
                        name));
    }
}

PlacedT2 place_t2(const ScalarImage& given, const std::string& name, const ScalarImage& t1,
                  const Progress& progress) {
    const ScalarImage t2 = checked(given, name);
    PlacedT2 placed;
    placed.name = name;
    const std::array<double, 3> edges = voxel_spacing(t2.head_from_voxel);
    placed.coarsest_voxel = *std::max_element(edges.begin(), edges.end());
    placed.t2_from_t1 = register_t2(t1, t2, name, progress);
    placed.image = resample(t2, t1.size, t1.head_from_voxel, placed.t2_from_t1);
    const ScalarImage ones(t2.size, t2.head_from_voxel, 1);
    const ScalarImage share = resample(ones, t1.size, t1.head_from_voxel, placed.t2_from_t1);
    constexpr float whole = 0.999F; // Beside its faces the image fades to 0.
    placed.covered = mask_where(share, [&](std::size_t n) { return share.voxels[n] > whole; });
    return placed;
}

} // namespace corticoil::imaging
