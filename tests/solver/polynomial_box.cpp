#include "polynomial_box.h"

#include "support/box_mesh.h"

#include <algorithm>
#include <random>

namespace corticoil::solver::test_systems {

namespace {

constexpr double length = 0.1; // [m]

/// p = Σ_k (d_k·x)^degree over directions whose powers span every monomial of degree 2 and most of degree 3,
/// plus lower terms.
const std::array<Vector3, 7>& directions() {
    static const std::array<Vector3, 7> all{
        Vector3(1, 0.3, -0.2),   Vector3(-0.4, 1, 0.5), Vector3(0.2, -0.6, 1), Vector3(0.7, 0.7, -0.3),
        Vector3(-0.5, 0.4, 0.9), Vector3(1, -1, 0.2),   Vector3(0.3, 0.8, 0.8)};
    return all;
}

} // namespace

Eigen::VectorXd Polynomial::values(const Points& points) const {
    Eigen::VectorXd result = Eigen::VectorXd::Zero(points.cols());
    double sign = 1;
    for (const Vector3& direction : directions()) {
        const Eigen::ArrayXd s = (points.transpose() * direction).array() / length;
        result.array() += sign * (s.pow(degree) + s);
        sign = -sign;
    }
    return result;
}

VectorField Polynomial::gradients(const Points& points) const {
    VectorField result = VectorField::Zero(3, points.cols());
    double sign = 1;
    for (const Vector3& direction : directions()) {
        const Eigen::ArrayXd s = (points.transpose() * direction).array() / length;
        const Eigen::ArrayXd slope = (degree * s.pow(degree - 1) + 1) / length;
        result += sign * direction * slope.matrix().transpose();
        sign = -sign;
    }
    return result;
}

TetMesh shuffled_box(const std::array<int, 3>& n) {
    TetMesh mesh = test::box_mesh(Vector3::Zero(), Vector3::Constant(length), n,
                                  [](const Vector3& p) { return p.x() < length / 2 ? 1 : 2; });
    std::mt19937_64 random(3);
    const double most = 0.12 * length / *std::max_element(n.begin(), n.end());
    std::uniform_real_distribution<double> step(-most, most);
    for (Eigen::Index i = 0; i < mesh.nodes.cols(); ++i) {
        const Eigen::Array3d p = mesh.nodes.col(i);
        const Vector3 move(step(random), step(random), step(random));
        constexpr double margin = 1e-6;
        if ((p > margin).all() && (p < length - margin).all()) mesh.nodes.col(i) += move;
    }
    // Even permutations keep the orientation.
    constexpr std::array<std::array<int, 4>, 4> even{
        {{0, 1, 2, 3}, {1, 2, 0, 3}, {3, 2, 1, 0}, {2, 0, 1, 3}}};
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const Eigen::Vector4i corners = mesh.tetrahedra.col(t);
        const std::array<int, 4>& order = even[random() % even.size()];
        for (int i = 0; i < 4; ++i) mesh.tetrahedra(i, t) = corners[order[static_cast<std::size_t>(i)]];
    }
    return mesh;
}

} // namespace corticoil::solver::test_systems
