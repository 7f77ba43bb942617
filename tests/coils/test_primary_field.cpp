#include "coils/primary_field.h"

#include "coils/parametric.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>
#include <omp.h>

#include <cmath>

namespace corticoil::coils {
namespace {

Coil small_loop(double radius) {
    WindingOptions winding;
    winding.inner_radius = radius * 0.999;
    winding.outer_radius = radius * 1.001;
    winding.n_turns = 1;
    winding.conductor_height = radius * 1e-3;
    winding.n_segments = 64;
    return round_coil("loop", winding);
}

Coil dipole_at_origin(const Vector3& moment) {
    Coil coil;
    coil.dipoles.positions = Vector3::Zero();
    coil.dipoles.moments = moment;
    return coil;
}

TEST(PrimaryField, LongStraightWireTendsToTheTextbookField) {
    // B of an infinite wire: µ0 I / (2π ρ); from the curl of A by central differences.
    Coil coil;
    WirePath wire;
    wire.is_closed = false;
    wire.vertices.resize(3, 2);
    wire.vertices << 0, 0, 0, 0, -500, 500;
    coil.wires.push_back(wire);
    const double rho = 0.1;
    const double step = 1e-4;
    Points points(3, 2);
    points << rho - step, rho + step, 0, 0, 0, 0;
    const VectorField potential = vector_potential(coil, points);
    const double b = -(potential(2, 1) - potential(2, 0)) / (2 * step);
    EXPECT_NEAR(b / (vacuum_permeability / (2 * pi * rho)), 1, 2e-6);
}

TEST(PrimaryField, SmallLoopTendsToTheDipoleAtSecondOrder) {
    const Points point = Vector3(0.03, 0.01, 0.05);
    std::vector<double> errors;
    for (const double radius : {4e-3, 2e-3, 1e-3}) {
        const Coil loop = small_loop(radius);
        const VectorField reference =
            vector_potential(dipole_at_origin(Vector3(0, 0, pi * radius * radius)), point);
        errors.push_back((vector_potential(loop, point) - reference).norm() / reference.norm());
    }
    EXPECT_NEAR(std::log2(errors[0] / errors[1]), 2, 0.15);
    EXPECT_NEAR(std::log2(errors[1] / errors[2]), 2, 0.15);
    EXPECT_LT(errors[2], 1e-3);
    // A loop of the wrong sense must not pass for the dipole.
    const VectorField flipped = vector_potential(dipole_at_origin(Vector3(0, 0, -pi * 1e-6)), point);
    EXPECT_GT((vector_potential(small_loop(1e-3), point) - flipped).norm() / flipped.norm(), 1.9);
}

TEST(PrimaryField, DivergenceOfAVanishesAndCurlOfAIsTheFieldOfADipole) {
    const Vector3 moment(0.3, -0.2, 0.9);
    const Coil coil = dipole_at_origin(moment);
    const Vector3 at(0.04, 0.02, 0.05);
    const double step = 1e-5;
    Eigen::Matrix3d jacobian;
    for (int axis = 0; axis < 3; ++axis) {
        Points pair(3, 2);
        pair.col(0) = at - step * Vector3::Unit(axis);
        pair.col(1) = at + step * Vector3::Unit(axis);
        const VectorField potential = vector_potential(coil, pair);
        jacobian.col(axis) = (potential.col(1) - potential.col(0)) / (2 * step);
    }
    const double r = at.norm();
    const Vector3 b =
        vacuum_permeability / (4 * pi) * (3 * at * moment.dot(at) / std::pow(r, 5) - moment / std::pow(r, 3));
    const Vector3 curl(jacobian(2, 1) - jacobian(1, 2), jacobian(0, 2) - jacobian(2, 0),
                       jacobian(1, 0) - jacobian(0, 1));
    EXPECT_LT((curl - b).norm() / b.norm(), 1e-6);
    EXPECT_LT(std::abs(jacobian.trace()) / b.norm(), 1e-6);
}

/// B per ampere by the law of Biot and Savart, each segment in pieces.
Vector3 magnetic_field(const std::vector<WirePath>& wires, const Vector3& at) {
    constexpr int n_pieces = 50;
    Vector3 sum = Vector3::Zero();
    for (const WirePath& wire : wires) {
        const Eigen::Index n = wire.vertices.cols();
        for (Eigen::Index i = 0; i < n; ++i) {
            const Vector3 step = (wire.vertices.col((i + 1) % n) - wire.vertices.col(i)) / n_pieces;
            for (int piece = 0; piece < n_pieces; ++piece) {
                const Vector3 from_wire = at - wire.vertices.col(i) - (piece + 0.5) * step;
                sum += wire.current * step.cross(from_wire) / std::pow(from_wire.norm(), 3);
            }
        }
    }
    return vacuum_permeability / (4 * pi) * sum;
}

TEST(PrimaryField, DivergenceOfAVanishesAndCurlOfAIsTheFieldOfClosedWires) {
    WindingOptions winding;
    winding.inner_radius = 0.028;
    winding.outer_radius = 0.0435;
    winding.n_turns = 3;
    winding.conductor_height = 0.007;
    const Coil coil = figure_of_eight_coil("eight", winding, 0.045);
    const double step = 1e-5;
    for (const Vector3& at : {Vector3(0.01, 0.005, 0.012), Vector3(-0.05, 0.03, 0.04)}) {
        Eigen::Matrix3d jacobian;
        for (int axis = 0; axis < 3; ++axis) {
            Points pair(3, 2);
            pair << at - step * Vector3::Unit(axis), at + step * Vector3::Unit(axis);
            const VectorField potential = vector_potential(coil, pair);
            jacobian.col(axis) = (potential.col(1) - potential.col(0)) / (2 * step);
        }
        const Vector3 curl(jacobian(2, 1) - jacobian(1, 2), jacobian(0, 2) - jacobian(2, 0),
                           jacobian(1, 0) - jacobian(0, 1));
        const Vector3 b = magnetic_field(coil.wires, at);
        EXPECT_LT((curl - b).norm() / b.norm(), 1e-5);
        EXPECT_LT(std::abs(jacobian.trace()) / b.norm(), 1e-6);
        std::vector<WirePath> one_wing(coil.wires.begin(), coil.wires.begin() + 6);
        EXPECT_GT((curl - magnetic_field(one_wing, at)).norm() / b.norm(), 1e-2);
    }
}

TEST(PrimaryField, EquivalentDipolesAgreeWithTheWires) {
    WindingOptions winding;
    winding.inner_radius = 0.028;
    winding.outer_radius = 0.0435;
    winding.n_turns = 9;
    winding.conductor_height = 0.007;
    winding.face_to_conductor = 0.003;
    const Coil coil = figure_of_eight_coil("eight", winding, 0.045);
    Points points(3, 4);
    points << 0, 0.01, -0.03, 0.05, 0, 0.02, 0.01, 0, 0.02, 0.03, 0.025, 0.02;
    const VectorField wires = vector_potential(coil, points);
    std::vector<double> errors;
    for (const int n_rings : {4, 8, 16}) {
        Coil dipoles;
        dipoles.dipoles = equivalent_dipoles(coil, n_rings);
        errors.push_back((vector_potential(dipoles, points) - wires).norm() / wires.norm());
    }
    EXPECT_LT(errors[1], 2e-3);
    EXPECT_LT(errors[2], errors[1] / 3);
}

TEST(PrimaryField, EquivalentDipolesComeInAReasonableNumberOfRings) {
    EXPECT_THROW((void)equivalent_dipoles(small_loop(0.02), 0), Error);
    EXPECT_THROW((void)equivalent_dipoles(small_loop(0.02), 100000), Error);
}

TEST(PrimaryField, EquivalentDipolesOfAWireThroughItsOwnCentre) {
    // Two squares in one path, with opposite senses: a figure-of-eight whose crossing is its centroid.
    Coil coil;
    coil.wires.resize(1);
    coil.wires[0].vertices.resize(3, 8);
    coil.wires[0].vertices << 0, 0.04, 0.04, 0, 0, -0.04, -0.04, 0, 0, 0, 0.04, 0.04, 0, 0, -0.04, -0.04, 0,
        0, 0, 0, 0, 0, 0, 0;
    const MagneticDipoles dipoles = equivalent_dipoles(coil, 8);
    EXPECT_TRUE(dipoles.positions.allFinite() && dipoles.moments.allFinite());
    Coil as_dipoles;
    as_dipoles.dipoles = dipoles;
    const Points point = Vector3(0.01, 0.02, 0.06);
    const VectorField exact = vector_potential(coil, point);
    EXPECT_LT((vector_potential(as_dipoles, point) - exact).norm() / exact.norm(), 5e-3);
}

TEST(PrimaryField, MovesWithTheCoilAndScalesWithTheRateOfCurrent) {
    const Coil coil = small_loop(0.02);
    const RigidTransform pose(Eigen::AngleAxisd(0.7, Vector3(1, 2, -1).normalized()).toRotationMatrix(),
                              Vector3(0.1, -0.05, 0.02));
    const Points points = Points::Random(3, 20) * 0.05 + Vector3(0, 0, 0.1).replicate(1, 20);
    const VectorField here = rate_of_vector_potential({coil, RigidTransform(), 2e6}, points);
    const VectorField there = rate_of_vector_potential({coil, pose, 2e6}, pose.apply_to_points(points));
    EXPECT_LT((there - pose.apply_to_vectors(here)).norm() / here.norm(), 1e-12);
    EXPECT_LT((here - 2 * rate_of_vector_potential({coil, RigidTransform(), 1e6}, points)).norm(),
              1e-12 * here.norm());
}

TEST(PrimaryField, DoesNotDependOnTheNumberOfThreads) {
    const Coil coil = small_loop(0.02);
    const Points points = Points::Random(3, 1000) * 0.05 + Vector3(0, 0, 0.1).replicate(1, 1000);
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const VectorField one = vector_potential(coil, points);
    omp_set_num_threads(4);
    const VectorField four = vector_potential(coil, points);
    omp_set_num_threads(n_threads);
    EXPECT_TRUE((one.array() == four.array()).all());
}

} // namespace
} // namespace corticoil::coils
