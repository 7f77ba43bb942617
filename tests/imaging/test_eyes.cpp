#include "imaging/eyes.h"

#include "core/tissue.h"

#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::imaging {
namespace {

/// Two eyeballs of 12 mm in fat, in muscle of intensity 70, labelled soft tissue with a sheet of grey matter.
struct Orbits {
    ScalarImage t1{{120, 80, 80},
                   Eigen::Affine3d(Eigen::Translation3d(-0.0595, 0.020, -0.080)) * Eigen::Scaling(1e-3)};
    LabelImage labels{t1.size, t1.head_from_voxel, tissue::scalp};
    /// A few millimetres from where Colin27 has them.
    Vector3 centre{0.035, 0.060, -0.036};
    double radius = 0.012;

    explicit Orbits(float vitreous) {
        for (int k = 0; k < t1.size[2]; ++k) {
            for (int j = 0; j < t1.size[1]; ++j) {
                for (int i = 0; i < t1.size[0]; ++i) {
                    const double distance = from_centre(i, j, k);
                    t1.at(i, j, k) = distance < radius ? vitreous : distance < 0.018 ? 150.0F : 70.0F;
                    if (k == 40) labels.at(i, j, k) = tissue::grey_matter;
                }
            }
        }
    }
    [[nodiscard]] double from_centre(int i, int j, int k) const {
        const Vector3 point = t1.head_from_voxel * Vector3(i, j, k);
        return (Vector3(std::abs(point[0]), point[1], point[2]) - centre).norm();
    }
};

TEST(Eyes, AreFoundInDarkAndInGreyVitreous) {
    for (const float vitreous : {20.0F, 50.0F}) { // Less and more than half of muscle.
        Orbits orbits(vitreous);
        EXPECT_EQ(add_eyes(orbits.t1, MniMapping{}, orbits.labels), 2) << vitreous;
        double n_eyes = 0, n_both = 0, n_true = 0;
        for (int k = 0; k < orbits.t1.size[2]; ++k) {
            for (int j = 0; j < orbits.t1.size[1]; ++j) {
                for (int i = 0; i < orbits.t1.size[0]; ++i) {
                    const int label = orbits.labels.at(i, j, k);
                    if (k == 40) {
                        ASSERT_EQ(label, tissue::grey_matter) << "never into the brain";
                        continue;
                    }
                    const bool is_true = orbits.from_centre(i, j, k) < orbits.radius;
                    n_true += is_true ? 1 : 0;
                    n_eyes += label == tissue::eyes ? 1 : 0;
                    n_both += is_true && label == tissue::eyes ? 1 : 0;
                }
            }
        }
        EXPECT_GT(2 * n_both / (n_eyes + n_true), 0.9) << vitreous;
    }
}

TEST(Eyes, AirAndWhatDoesNotShowAreNoEyes) {
    for (const float vitreous : {2.0F, 150.0F}) {
        Orbits orbits(vitreous);
        EXPECT_EQ(add_eyes(orbits.t1, MniMapping{}, orbits.labels), 0) << vitreous;
    }
}

} // namespace
} // namespace corticoil::imaging
