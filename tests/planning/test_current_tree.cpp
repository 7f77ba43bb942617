#include "planning/current_tree.h"

#include "core/constants.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>
#include <random>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.09;

Points random_points(int n, double from, double to, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform(from, to);
    Points points(3, n);
    for (int i = 0; i < n; ++i) {
        const Vector3 direction(normal(random), normal(random), normal(random));
        points.col(i) = uniform(random) * direction.normalized();
    }
    return points;
}

/// Elements normal to spheres, whose densities change as slowly over them as a head's do, for `n_sets` sets.
Eigen::MatrixXd smooth_elements(const Points& positions, int n_sets) {
    Eigen::MatrixXd elements(3 * n_sets, positions.cols());
    for (Eigen::Index j = 0; j < positions.cols(); ++j) {
        const Vector3 p = positions.col(j);
        for (int s = 0; s < n_sets; ++s) {
            const Vector3 pole = 0.05 * Vector3(std::cos(s), std::sin(s), 1).normalized();
            elements.col(j).segment<3>(Eigen::Index{3} * s) =
                p.normalized() * p.dot(pole) / std::pow((p - pole).norm() + 0.01, 2);
        }
    }
    return elements;
}

Eigen::MatrixXd direct_sum(const Points& positions, const Eigen::MatrixXd& elements, const Points& points) {
    Eigen::MatrixXd field = Eigen::MatrixXd::Zero(elements.rows(), points.cols());
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        for (Eigen::Index j = 0; j < positions.cols(); ++j) {
            const Vector3 away = positions.col(j) - points.col(i);
            const double scale = vacuum_permeability / (4 * pi) / std::pow(away.norm(), 3);
            for (Eigen::Index row = 0; row < elements.rows(); row += 3)
                field.col(i).segment<3>(row) += scale * away.cross(Vector3(elements.col(j).segment<3>(row)));
        }
    }
    return field;
}

double error_of(const Eigen::MatrixXf& field, const Eigen::MatrixXd& exact) {
    return (field.cast<double>() - exact).cwiseAbs().maxCoeff() / exact.cwiseAbs().maxCoeff();
}

TEST(CurrentTree, GivesTheDirectSumToItsBound) {
    const Points positions = random_points(30000, 0.5 * radius, radius, 1);
    const Points points = random_points(300, radius + 0.008, radius + 0.06, 2);
    // Sets that do not fill groups of three, and more than one group.
    for (const int n_sets : {1, 3, 5}) {
        Eigen::MatrixXd elements = smooth_elements(positions, n_sets);
        const Eigen::MatrixXd exact = direct_sum(positions, elements, points);
        const CurrentTree tree(positions);
        EXPECT_LT(error_of(tree.magnetic_field(elements, points), exact), CurrentTree::relative_error)
            << n_sets;
        // Wrong on purpose: one element in a hundred is missing.
        for (Eigen::Index j = 0; j < elements.cols(); j += 100) elements.col(j).setZero();
        EXPECT_GT(error_of(tree.magnetic_field(elements, points), exact), 5 * CurrentTree::relative_error)
            << n_sets;
    }
}

TEST(CurrentTree, HasTheFieldOfAShortWire) {
    // B = µ0/4π I dl × r/r³ with r from the element to the point: a current along x makes B along z where y >
    // 0.
    const CurrentTree tree(Points(Vector3::Zero()));
    const Eigen::MatrixXf field = tree.magnetic_field(Vector3(1, 0, 0), Vector3(0, 0.1, 0));
    EXPECT_NEAR(field(2, 0), vacuum_permeability / (4 * pi) / 0.01, 1e-6 * std::abs(field(2, 0)));
    EXPECT_EQ(field(0, 0), 0);
    EXPECT_EQ(field(1, 0), 0);
}

TEST(CurrentTree, IsBitwiseEqualForOneAndTwoThreads) {
    const Points positions = random_points(5000, 0.5 * radius, radius, 3);
    const Eigen::MatrixXd elements = smooth_elements(positions, 3);
    const Points points = random_points(200, radius + 0.01, radius + 0.05, 4);
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const Eigen::MatrixXf one = CurrentTree(positions).magnetic_field(elements, points);
    omp_set_num_threads(2);
    const Eigen::MatrixXf two = CurrentTree(positions).magnetic_field(elements, points);
    omp_set_num_threads(n_threads);
    EXPECT_TRUE((one.array() == two.array()).all());
}

TEST(CurrentTree, HasNoFieldWithoutSourcesAndBearsCoincidingOnes) {
    const Points point = Vector3(0, 0, 0.1);
    EXPECT_EQ(CurrentTree(Points(3, 0)).magnetic_field(Eigen::MatrixXd(3, 0), point).norm(), 0);
    const Points same = Points::Zero(3, 1000);
    const Eigen::MatrixXf field =
        CurrentTree(same).magnetic_field(Vector3(1, 0, 0).replicate(1, 1000), point);
    EXPECT_NEAR(-field(1, 0), 1000 * vacuum_permeability / (4 * pi) / 0.01, 1e-4 * std::abs(field(1, 0)));
}

} // namespace
} // namespace corticoil::planning
