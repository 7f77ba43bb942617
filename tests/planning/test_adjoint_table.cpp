#include "planning/adjoint_table.h"

#include "coils/coil_library.h"
#include "coils/reduced_dipoles.h"
#include "planning/roi_parts.h"
#include "support/error_of.h"
#include "support/round_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace corticoil::planning {
namespace {

constexpr double radius = 0.09; // Of the round head.

coils::Coil few_dipoles(const std::string& name, int n) {
    coils::Coil coil;
    coil.name = name + " by dipoles";
    coil.dipoles = coils::reduced_dipoles(coils::load_coil(name), n).dipoles;
    return coil;
}

/// A head with the adjoint field of two parts of a ROI 25 mm under the scalp: six functionals, more than one
/// line of the table holds.
struct Case {
    Case()
        : head(make_head_model(test::round_head(16), default_conductivities())), simulator(head),
          field(simulator, functionals_of(head), {.tolerance = 1e-8}) {}
    static std::vector<solver::FieldFunctional> functionals_of(const HeadModel& head) {
        std::vector<solver::FieldFunctional> all;
        const RoiSamples samples =
            roi_samples(head.mesh, ball_roi("ball", Vector3(0.01, 0.005, 0.05), 0.012));
        for (const RoiSamples& part : roi_parts(samples, 2))
            for (const solver::FieldFunctional& mean : mean_field_functionals(part)) all.push_back(mean);
        return all;
    }

    HeadModel head;
    Simulator simulator;
    AdjointField field;
};

/// Above the head's top half, to 60 mm from it.
TableRegion region() {
    return {
        Eigen::AlignedBox3d(Vector3(-0.13, -0.13, 0.02), Vector3(0.13, 0.13, 0.15)),
        [](const Vector3& point) { return point.norm() > radius + 0.004 && point.norm() < radius + 0.07; }};
}

/// Coils over the top, turned and lifted.
std::vector<RigidTransform> poses(const coils::Coil& coil) {
    const double lift = 0.002 - std::min(0.0, (coil.dipoles.positions.row(2).maxCoeff() * -1));
    std::vector<RigidTransform> result;
    for (int i = 0; i < 12; ++i) {
        const Eigen::Matrix3d turn(Eigen::AngleAxisd(0.5 * i, Vector3::UnitZ()));
        const Eigen::Matrix3d tilt(Eigen::AngleAxisd(0.3 * std::sin(2 * i), Vector3::UnitX()));
        const RigidTransform above(Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, radius + lift + 5e-4 * i));
        result.push_back(RigidTransform(tilt, Vector3::Zero()) * above *
                         RigidTransform(turn, Vector3::Zero()));
    }
    return result;
}

double largest_error(const Case& given, const AdjointTable& table, const coils::Coil& exact_coil,
                     const coils::Coil& table_coil) {
    const TableDipoles dipoles(table_coil.dipoles);
    double largest = 0;
    double error = 0;
    for (const RigidTransform& pose : poses(exact_coil)) {
        const Eigen::VectorXd expected = given.field.values(exact_coil, pose);
        largest = std::max(largest, expected.norm());
        error = std::max(error, (table.values(dipoles, pose) - expected).norm());
    }
    return error / largest;
}

TEST(AdjointTable, GivesTheValuesOfDipolesToAThousandth) {
    const Case given;
    const AdjointTable table(given.field, region());
    ASSERT_EQ(table.n_functionals(), 6);
    const coils::Coil coil = few_dipoles("figure8_70mm", 70); // More than are looked up together.
    EXPECT_LT(largest_error(given, table, coil, coil), 1e-3);
    coils::Coil flipped = coil;
    flipped.dipoles.moments.col(11) *= -1;
    EXPECT_GT(largest_error(given, table, coil, flipped), 5e-3);
    // Four times as far between nodes is too far.
    const AdjointTable coarse(given.field, region(), {.spacing = 0.020});
    EXPECT_GT(largest_error(given, coarse, coil, coil), 2e-3);
}

TEST(AdjointTable, HoldsWhereItIsNeededAndSaysWhereNot) {
    const Case given;
    const AdjointTable table(given.field, region());
    EXPECT_TRUE(table.covers(Vector3(0, 0, radius + 0.010)));
    EXPECT_TRUE(table.covers(Vector3(0.05, 0.03, radius + 0.005)));
    EXPECT_FALSE(table.covers(Vector3(0, 0, radius - 0.020))) << "inside the head";
    EXPECT_FALSE(table.covers(Vector3(0, 0, 0.17))) << "beyond the region";
    EXPECT_FALSE(table.covers(Vector3(0, 1, 0)));
    EXPECT_FALSE(table.covers(Vector3::Constant(std::nan(""))));
    coils::MagneticDipoles dipole{Vector3::Zero(), Vector3::UnitZ()};
    std::vector<float> values(6);
    EXPECT_TRUE(
        table.try_values(TableDipoles(dipole), {Eigen::Matrix3d::Identity(), Vector3(0, 0, 0.1)}, values));
    EXPECT_NE(values[0], 0);
    const RigidTransform inside(Eigen::Matrix3d::Identity(), Vector3(0, 0.01, 0.05));
    EXPECT_FALSE(table.try_values(TableDipoles(dipole), inside, values));
    EXPECT_THAT(test::error_of([&] { (void)table.values(TableDipoles(dipole), inside); }),
                ::testing::AllOf(::testing::HasSubstr("outside what the field was tabulated for"),
                                 ::testing::HasSubstr("10.0 50.0 mm")));
    // No more nodes than what is needed and its neighbourhood.
    const double volume = 2.0 / 3 * 3.15 * (std::pow(radius + 0.07 + 0.015, 3) - std::pow(radius - 0.006, 3));
    EXPECT_LT(static_cast<double>(table.n_nodes()), volume / std::pow(0.005, 3));
}

TEST(AdjointTable, GivesTheSameFromManyThreads) {
    const Case given;
    const AdjointTable table(given.field, region());
    const coils::Coil coil = few_dipoles("figure8_70mm", 40);
    const TableDipoles dipoles(coil.dipoles);
    const std::vector<RigidTransform> all = poses(coil);
    std::vector<std::vector<float>> values(all.size(), std::vector<float>(6));
#pragma omp parallel for schedule(dynamic) num_threads(3)
    for (std::size_t i = 0; i < all.size(); ++i) (void)table.try_values(dipoles, all[i], values[i]);
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::vector<float> alone(6);
        ASSERT_TRUE(table.try_values(dipoles, all[i], alone));
        EXPECT_EQ(values[i], alone);
    }
}

} // namespace
} // namespace corticoil::planning
