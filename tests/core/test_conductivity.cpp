#include "core/conductivity.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace corticoil {
namespace {

TEST(Conductivity, TensorsMultiplyAsMatrices) {
    SymmetricTensors tensors(6, 2);
    tensors.col(0) << 3, 4, 5, 0.1, 0.2, 0.3;
    tensors.col(1) << 1, 1, 1, 0, 0, 0;
    Conductivity conductivity(tensors);
    ASSERT_FALSE(conductivity.is_isotropic());
    EXPECT_EQ(conductivity.size(), 2);
    Eigen::Matrix3d expected;
    expected << 3, 0.1, 0.2, 0.1, 4, 0.3, 0.2, 0.3, 5;
    EXPECT_EQ(conductivity.tensor(0), expected);
    EXPECT_DOUBLE_EQ(conductivity.mean(0), 4);
    const Vector3 v(1, -2, 7);
    EXPECT_TRUE(conductivity.times(0, v).isApprox(expected * v, 1e-15));
    conductivity *= 2;
    EXPECT_EQ(conductivity.tensor(0), 2 * expected);
    EXPECT_THROW((void)conductivity.isotropic(), std::logic_error);
    EXPECT_THROW((void)conductivity[0], std::logic_error);
}

TEST(Conductivity, NumbersAreMultiplesOfTheIdentity) {
    const Conductivity conductivity(Eigen::VectorXd(Eigen::Vector2d(0.5, 2)));
    ASSERT_TRUE(conductivity.is_isotropic());
    EXPECT_EQ(conductivity.tensor(1), 2 * Eigen::Matrix3d::Identity());
    EXPECT_EQ(conductivity.times(0, Vector3(2, 4, 6)), Vector3(1, 2, 3));
    EXPECT_DOUBLE_EQ(conductivity.mean(1), 2);
    EXPECT_THROW((void)conductivity.tensors(), std::logic_error);
}

} // namespace
} // namespace corticoil
