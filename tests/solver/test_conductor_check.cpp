#include "solver/conductor_check.h"

#include "core/head_model.h"
#include "support/box_mesh.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>

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

TEST(ConductorCheck, PartsThatDoNotTouchAreNamed) {
    Conductor conductor;
    const Points centres = barycentres(conductor.mesh);
    conductor.mesh =
        extract(conductor.mesh, [&](int t) { return centres(0, t) < 0.025 || centres(0, t) > 0.05; });
    conductor.conductivity = Eigen::VectorXd(Eigen::VectorXd::Ones(conductor.mesh.n_tetrahedra()));
    EXPECT_THAT(conductor.message(), HasSubstr("24 tetrahedra are not connected with the largest part"));
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
