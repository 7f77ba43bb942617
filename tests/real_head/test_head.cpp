// Tissues and mesh of Colin27 as the demo made them.
#include "core/constants.h"
#include "core/tissue.h"
#include "imaging/nifti.h"
#include "io/gmsh.h"
#include "meshing/mesh_head.h"
#include "meshing/mesh_quality.h"
#include "planning/target.h"
#include "real_head/demo_files.h"
#include "support/check_data.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace corticoil {
namespace {

using test::demo;

TEST(RealHead, TissueVolumesAreThoseOfColin27) {
    // Litres within the T1's field of view; Colin27 in MNI space is larger than a person. Source: an
    // independent label map of the same head (mcx, colin27_v3).
    const nlohmann::json volumes =
        io::read_json(demo / "subject/subject.json")["files"]["tissues.nii.gz"]["volumes_ml"];
    const std::map<std::string, double> expected{
        {"white_matter", 660}, {"grey_matter", 990}, {"csf", 310}, {"bone", 500}};
    for (const auto& [tissue, ml] : expected) {
        EXPECT_NEAR(volumes[tissue].get<double>() / ml, 1, 0.15) << tissue;
    }
    const double brain = volumes["white_matter"].get<double>() + volumes["grey_matter"].get<double>();
    EXPECT_GT(brain, 1500);
    EXPECT_LT(brain, 1800);
}

TEST(RealHead, TissuesAgreeWithAnIndependentLabelMap) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "heads/colin27_tissues.nii.gz");
    const LabelImage theirs = imaging::read_label_nifti(path);
    const LabelImage ours = imaging::read_label_nifti(demo / "subject/tissues.nii.gz");
    const Eigen::Affine3d ours_from_theirs = ours.head_from_voxel.inverse() * theirs.head_from_voxel;
    std::map<int, double> in_ours;
    std::map<int, double> in_theirs;
    std::map<int, double> in_both;
    for (int k = 0; k < theirs.size[2]; ++k) {
        for (int j = 0; j < theirs.size[1]; ++j) {
            for (int i = 0; i < theirs.size[0]; ++i) {
                const Vector3 voxel = (ours_from_theirs * Vector3(i, j, k)).array().round();
                const int a = theirs.at(i, j, k);
                const Eigen::Vector3i at = voxel.cast<int>();
                ASSERT_TRUE(ours.contains(at[0], at[1], at[2])) << "ours must cover the T1's field of view";
                // Their map has no eyes: they are part of the scalp.
                const int found = ours.at(at[0], at[1], at[2]);
                const int b = found == tissue::eyes ? tissue::scalp : found;
                in_theirs[a] += 1;
                in_ours[b] += 1;
                if (a == b) in_both[a] += 1;
            }
        }
    }
    // Two published maps of this head agree with each other to 0.90, 0.86, 0.68, 0.64 and 0.89.
    const std::map<int, double> least{{tissue::white_matter, 0.89},
                                      {tissue::grey_matter, 0.84},
                                      {tissue::csf, 0.58},
                                      {tissue::bone, 0.72},
                                      {tissue::scalp, 0.92}};
    for (const auto& [label, dice] : least) {
        const double found = 2 * in_both[label] / (in_ours[label] + in_theirs[label]);
        RecordProperty("dice_" + std::to_string(label), std::to_string(found));
        EXPECT_GE(found, dice) << describe_tissue(label);
    }
}

TEST(RealHead, LayersAreNested) {
    const nlohmann::json tissues = io::read_json(demo / "subject/subject.json")["files"]["tissues.nii.gz"];
    EXPECT_GE(tissues["quality"]["layers"]["nested_percent"].get<double>(), 99.9);
    EXPECT_GE(tissues["quality"]["layers"]["brain_under_csf_percent"].get<double>(), 99.9);
}

TEST(RealHead, MeshIsOneSoundConductor) {
    const LabelImage tissues = imaging::read_label_nifti(demo / "subject/tissues.nii.gz");
    const meshing::MeshQuality quality = meshing::assess(io::read_gmsh(demo / "subject/head.msh"), &tissues);
    EXPECT_EQ(quality.n_inverted, 0);
    EXPECT_EQ(quality.n_parts, 1);
    EXPECT_EQ(quality.n_unused_nodes, 0);
    EXPECT_GE(quality.smallest_dihedral_angle, 5);
    EXPECT_GT(quality.n_nodes, 80'000);
    for (const auto& [label, figures] : quality.tissues) {
        ASSERT_TRUE(figures.volume_drift.has_value());
        RecordProperty("drift_" + std::to_string(label), std::to_string(*figures.volume_drift));
        if (label > tissue::scalp) continue;
        EXPECT_LT(std::abs(*figures.volume_drift), 0.05) << describe_tissue(label);
    }
}

TEST(RealHead, StandardMeshIsFineUnderCoils) {
    const LabelImage tissues = imaging::read_label_nifti(demo / "subject/tissues.nii.gz");
    const nlohmann::json mni = io::read_json(demo / "subject/mni.json")["mni_from_head"];
    Eigen::Affine3d mni_from_head = Eigen::Affine3d::Identity();
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
            mni_from_head(row, column) =
                mni[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)].get<double>() *
                (column == 3 ? metres_per_millimetre : 1.0);
        }
    }
    const meshing::HeadMesh standard = meshing::mesh_head(tissues, {});
    const TetMesh draft = io::read_gmsh(demo / "subject/head.msh");
    EXPECT_GE(standard.quality.n_nodes, 500'000);
    EXPECT_LE(standard.quality.n_nodes, 900'000);
    EXPECT_GE(standard.quality.smallest_dihedral_angle, 8);
    EXPECT_LE(standard.quality.boundary.value().mean, 0.6e-3);
    for (const auto& [label, figures] : standard.quality.tissues) {
        EXPECT_LE(std::abs(figures.volume_drift.value()), 0.02) << describe_tissue(label);
        EXPECT_LE(figures.boundary.value().mean, 0.6e-3) << describe_tissue(label);
    }
    for (const planning::Target& target : planning::reported_targets()) {
        const Vector3 place = mni_from_head.inverse() * target.near_mni;
        const auto edge = [&](const TetMesh& mesh) {
            return meshing::mean_edge_near(mesh, tissue::grey_matter, place, 0.030).value();
        };
        RecordProperty("edge_mm_" + target.name, std::to_string(millimetres_per_metre * edge(standard.mesh)));
        EXPECT_LE(edge(standard.mesh), 1.5e-3) << target.name;
        EXPECT_GT(edge(draft), 1.5e-3) << target.name << ": a draft is too coarse";
    }
}

} // namespace
} // namespace corticoil
