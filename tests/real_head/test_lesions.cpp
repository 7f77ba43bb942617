// Lesions from a mask to the mesh, on the demo's head.
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/lesion_labels.h"
#include "imaging/lesion_masks.h"
#include "imaging/nifti.h"
#include "imaging/resample.h"
#include "meshing/mesh_head.h"
#include "real_head/demo_files.h"
#include "support/check_data.h"
#include "support/error_of.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace corticoil {
namespace {

using test::demo;

struct Ball {
    Vector3 centre_mm;
    double radius_mm;
};

/// Lesions where MS puts them, in MNI space: beside the ventricles and under the cortex, 2 to 6 mm in radius.
std::vector<Ball> typical_lesions() {
    return {{{26, -44, 22}, 6},   {{-26, -44, 22}, 5}, {{22, 18, 20}, 4},  {{-22, 18, 20}, 3},
            {{24, -10, 30}, 3},   {{-24, -10, 30}, 4}, {{36, -20, 42}, 2}, {{-36, -20, 42}, 2},
            {{-30, 30, 18}, 2.5}, {{32, -62, 24}, 3}};
}

ScalarImage mask_of(const std::vector<Ball>& balls, const LabelImage& grid) {
    ScalarImage mask(grid.size, grid.head_from_voxel);
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i, ++n) {
                const Vector3 p = millimetres_per_metre * (grid.head_from_voxel * Vector3(i, j, k));
                for (const Ball& ball : balls)
                    if ((p - ball.centre_mm).norm() <= ball.radius_mm) mask.voxels[n] = 1;
            }
        }
    }
    return mask;
}

/// A patient's lesions where there are check data, else made ones; the demo's head lies in MNI space.
ScalarImage lesion_mask(const LabelImage& tissues) {
    const auto path = test::check_data("ms/patient26_lesions_MNI1mm.nii.gz");
    return path ? imaging::read_nifti(*path).image : mask_of(typical_lesions(), tissues);
}

/// The demo's labels with lesions in them.
LabelImage with_lesions(const ScalarImage& mask, LabelImage tissues, imaging::LesionReport& report) {
    LabelImage head = tissues;
    for (std::uint8_t& voxel : head.voxels) voxel = voxel != 0 ? 1 : 0;
    imaging::LesionImages images;
    images.lesions = mask;
    const ScalarImage t1 = imaging::read_nifti(demo / "subject/t1.nii.gz").image;
    const ScalarImage on_labels =
        imaging::resample(t1, tissues.size, tissues.head_from_voxel, Eigen::Affine3d::Identity());
    report = imaging::insert_lesions(imaging::place_lesions(images, head), on_labels, tissues);
    return tissues;
}

/// Share of the mesh's lesion volume whose tetrahedra have their barycentres in lesions of a label map.
double share_inside(const TetMesh& mesh, const LabelImage& labels) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const Points centres = barycentres(mesh);
    const Eigen::Affine3d index_from_head = labels.head_from_voxel.inverse();
    double inside = 0;
    double all = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != tissue::lesion) continue;
        const Vector3 centre = centres.col(t);
        all += volumes[t];
        if (imaging::nearest_label(labels, index_from_head * centre) == tissue::lesion) inside += volumes[t];
    }
    return inside / all;
}

TEST(RealHeadLesions, SurviveFromTheMaskToTheMesh) {
    const LabelImage tissues = imaging::read_label_nifti(demo / "subject/tissues.nii.gz");
    const ScalarImage mask = lesion_mask(tissues);
    imaging::LesionReport report;
    const LabelImage labels = with_lesions(mask, tissues, report);
    const double labelled = label_volumes(labels)[tissue::lesion];
    ASSERT_GT(labelled, 0);
    const meshing::HeadMesh head = meshing::mesh_head(labels, {meshing::Resolution::draft, {}, {}, {}});
    const double meshed = volumes_by_label(head.mesh).at(tissue::lesion);
    const double inside = share_inside(head.mesh, labels);

    ScalarImage shifted = mask;
    shifted.head_from_voxel.pretranslate(Vector3(0, 30e-3, 0));
    imaging::LesionReport shifted_report;
    const LabelImage elsewhere = with_lesions(shifted, tissues, shifted_report);
    const double inside_shifted = share_inside(head.mesh, elsewhere);
    fmt::print("  {} lesions, given {:.2f} ml, labelled {:.2f} ml, meshed {:.2f} ml; inside {:.3f}, shifted "
               "{:.3f}\n",
               report.n_lesions, 1e6 * report.given_volume, 1e6 * labelled, 1e6 * meshed, inside,
               inside_shifted);
    RecordProperty("lesions_labelled_of_given", std::to_string(labelled / report.given_volume));
    RecordProperty("lesions_meshed_of_labelled", std::to_string(meshed / labelled));
    RecordProperty("lesions_inside", std::to_string(inside));
    EXPECT_NEAR(meshed / labelled, 1, 0.05);
    EXPECT_GT(labelled / report.given_volume, 0.8);
    EXPECT_GT(inside, 0.8);
    EXPECT_LT(inside_shifted, 0.2) << "lesions 30 mm off must miss";
}

} // namespace
} // namespace corticoil
