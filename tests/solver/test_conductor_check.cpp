#include "solver/conductor_check.h"

#include "core/head_model.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <omp.h>

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::solver {
namespace {

using ::testing::HasSubstr;

TetMesh bar() {
    return test::box_mesh(Vector3(0, 0, 0), Vector3(0.1, 0.1, 0.1), {4, 2, 2},
                          [](const Vector3&) { return 1; });
}

struct Conductor {
    TetMesh mesh = bar();
    Eigen::VectorXd conductivity = Eigen::VectorXd::Ones(mesh.n_tetrahedra());

    [[nodiscard]] std::string message() const {
        return test::error_of([&] { check_conductor(mesh, conductivity); });
    }
};

TEST(ConductorCheck, ASoundConductorPasses) {
    const Conductor sound;
    EXPECT_NO_THROW(check_conductor(sound.mesh, sound.conductivity));
}

TEST(ConductorCheck, ConductivitiesMustBePositive) {
    for (const double wrong : {0.0, -0.3, std::numeric_limits<double>::quiet_NaN()}) {
        Conductor conductor;
        conductor.conductivity[5] = wrong;
        EXPECT_THAT(conductor.message(),
                    HasSubstr("1 tetrahedra whose conductivity is not a positive number"));
    }
}

TEST(ConductorCheck, InvertedAndFlatTetrahedraAreNamed) {
    Conductor inverted;
    std::swap(inverted.mesh.tetrahedra(0, 3), inverted.mesh.tetrahedra(1, 3));
    EXPECT_THAT(inverted.message(), HasSubstr("1 inverted tetrahedra (first: tetrahedron 3"));
    Conductor flat;
    flat.mesh.nodes.row(2).setZero();
    EXPECT_THAT(flat.message(), HasSubstr("degenerate"));
}

TEST(ConductorCheck, NonFiniteAndUnusedNodesAreNamed) {
    Conductor broken;
    broken.mesh.nodes(1, 4) = std::numeric_limits<double>::infinity();
    EXPECT_THAT(broken.message(),
                HasSubstr("1 nodes whose coordinates are not finite numbers (first: node 4)"));
    Conductor unused;
    unused.mesh.nodes.conservativeResize(3, unused.mesh.n_nodes() + 2);
    unused.mesh.nodes.rightCols(2).setZero();
    EXPECT_THAT(unused.message(), HasSubstr("2 nodes of no tetrahedron"));
}

TEST(ConductorCheck, IndicesOutOfRangeAreNamed) {
    for (const int wrong : {-1, 45, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        Conductor conductor;
        ASSERT_EQ(conductor.mesh.n_nodes(), 45);
        conductor.mesh.tetrahedra(2, 7) = wrong;
        conductor.mesh.tetrahedra(0, 9) = wrong;
        EXPECT_THAT(
            conductor.message(),
            HasSubstr(
                "2 tetrahedra with node indices out of range, 0 … 44 (first: tetrahedron 7 with nodes "));
        EXPECT_THAT(conductor.message(), HasSubstr(std::to_string(wrong)));
    }
}

TEST(ConductorCheck, AMeshWithoutTetrahedraIsNamed) {
    EXPECT_THAT(test::error_of([] { check_conductor(TetMesh{}, Conductivity{}); }),
                HasSubstr("holds no tetrahedra"));
}

TEST(ConductorCheck, DegenerateDependsOnShapeNotOnSizeOrSide) {
    Conductor tiny;
    tiny.mesh.nodes *= 1e-9;
    EXPECT_THAT(tiny.message(), HasSubstr("no error")) << "a small mesh is no flat one";
    // One node moved through the opposite face by less than rounding shows: flat, not inverted.
    for (const double height : {1e-13, -1e-13, 0.0}) {
        Conductor sliver;
        sliver.mesh = test::box_mesh(Vector3::Zero(), Vector3::Constant(0.1), {1, 1, 1},
                                     [](const Vector3&) { return 1; });
        sliver.mesh.nodes.conservativeResize(3, 9);
        sliver.mesh.nodes.col(8) = Vector3(0.05, 0.02, height); // Nodes 0, 1, 2 lie in z = 0.
        sliver.mesh.tetrahedra.conservativeResize(4, 7);
        sliver.mesh.tetrahedra.col(6) = Eigen::Vector4i(0, 1, 2, 8);
        sliver.mesh.labels.push_back(1);
        sliver.conductivity = Eigen::VectorXd::Ones(7);
        EXPECT_THAT(sliver.message(),
                    HasSubstr("1 degenerate tetrahedra (flat or without volume) (first: tetrahedron 6 "
                              "at 0.0 0.0 0.0 mm); remove them or mesh again"));
    }
    Conductor point;
    for (int corner = 1; corner < 4; ++corner) point.mesh.tetrahedra(corner, 4) = point.mesh.tetrahedra(0, 4);
    EXPECT_THAT(point.message(), HasSubstr("1 degenerate tetrahedra"));
}

TEST(ConductorCheck, TensorsMustBePositiveDefinite) {
    const Conductor sound;
    SymmetricTensors tensors(6, sound.mesh.n_tetrahedra());
    tensors.colwise() = (Eigen::Matrix<double, 6, 1>() << 1, 1, 1, 0.9, 0, 0).finished();
    EXPECT_NO_THROW(check_conductor(sound.mesh, Conductivity(tensors)));
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    // A diagonal entry that is zero or negative; eigenvalues 2, 1, 0 and 2.1, 1, −0.1; indefinite through all
    // three off-diagonals; numbers that are not finite.
    for (const auto& wrong : std::vector<std::array<double, 6>>{{0, 1, 1, 0, 0, 0},
                                                                {1, -1, 1, 0, 0, 0},
                                                                {1, 1, -1e-3, 0, 0, 0},
                                                                {1, 1, 1, 1, 0, 0},
                                                                {1, 1, 1, 1.1, 0, 0},
                                                                {1, 1, 1, 0, 0, -1.1},
                                                                {1, 1, 1, 0.8, 0.8, -0.8},
                                                                {1, 1, 1, nan, 0, 0},
                                                                {infinity, 1, 1, 0, 0, 0}}) {
        SymmetricTensors bad = tensors;
        bad.col(11) = Eigen::Map<const Eigen::Matrix<double, 6, 1>>(wrong.data());
        const std::string message = test::error_of([&] { check_conductor(sound.mesh, Conductivity(bad)); });
        EXPECT_THAT(message,
                    HasSubstr("1 tetrahedra whose conductivity tensor is not positive definite (first: "
                              "tetrahedron 11 with xx "));
        EXPECT_THAT(message, HasSubstr("correct the tensors or limit their eigenvalues"));
    }
}

TEST(ConductorCheck, RepeatedTetrahedraAreNamed) {
    Conductor conductor;
    const int n = conductor.mesh.n_tetrahedra();
    conductor.mesh.tetrahedra.conservativeResize(4, n + 2);
    // The same nodes in another, even order.
    const Eigen::Vector4i nodes = conductor.mesh.tetrahedra.col(13);
    conductor.mesh.tetrahedra.col(n) = Eigen::Vector4i(nodes[1], nodes[2], nodes[0], nodes[3]);
    conductor.mesh.tetrahedra.col(n + 1) = conductor.mesh.tetrahedra.col(50);
    conductor.mesh.labels.resize(static_cast<std::size_t>(n) + 2, 1);
    conductor.conductivity = Eigen::VectorXd::Ones(n + 2);
    EXPECT_THAT(conductor.message(),
                HasSubstr("2 tetrahedra that repeat an earlier one (first: tetrahedron " + std::to_string(n) +
                          " at "));
}

TEST(ConductorCheck, MessagesDoNotDependOnTheNumberOfThreads) {
    Conductor conductor;
    for (const int t : {5, 40, 70}) conductor.conductivity[t] = -1;
    const int n_threads = omp_get_max_threads();
    omp_set_num_threads(1);
    const std::string message = conductor.message();
    for (const int n : {2, 3, 7}) {
        omp_set_num_threads(n);
        EXPECT_EQ(conductor.message(), message);
        EXPECT_NO_THROW(check_conductor(Conductor{}.mesh, Conductor{}.conductivity));
    }
    omp_set_num_threads(n_threads);
    EXPECT_THAT(
        message,
        HasSubstr("3 tetrahedra whose conductivity is not a positive number (first: tetrahedron 5 with "
                  "-1 S/m and label 1); correct the conductivities"));
}

TEST(ConductorCheck, PartsThatDoNotTouchAreNamed) {
    Conductor conductor;
    const Points centres = barycentres(conductor.mesh);
    conductor.mesh =
        extract(conductor.mesh, [&](int t) { return centres(0, t) < 0.025 || centres(0, t) > 0.05; });
    conductor.conductivity = Eigen::VectorXd(Eigen::VectorXd::Ones(conductor.mesh.n_tetrahedra()));
    EXPECT_THAT(conductor.message(),
                HasSubstr("24 tetrahedra are not connected with the largest part, in 1 smaller part (first: "
                          "tetrahedron "));
    EXPECT_THAT(conductor.message(), HasSubstr("keep the largest part only"));
}

TEST(HeadModel, UnknownLabelsAndBadConductivitiesAreRefused) {
    Conductor conductor;
    conductor.mesh.labels[2] = 17;
    EXPECT_THAT(test::error_of([&] { (void)make_head_model(conductor.mesh, default_conductivities()); }),
                HasSubstr("label 17, which has no conductivity"));
    conductor.mesh.labels[2] = 3;
    Conductivities conductivities = default_conductivities();
    conductivities[3] = -1;
    EXPECT_THAT(test::error_of([&] { (void)make_head_model(conductor.mesh, conductivities); }),
                HasSubstr("conductivity of CSF (3) is -1 S/m"));
}

} // namespace
} // namespace corticoil::solver
