#include "layered_box.h"

#include "core/locality_order.h"
#include "solver/node_tetrahedra.h"

#include <Eigen/Geometry>

#include <cmath>
#include <random>

namespace corticoil::solver::test_systems {

namespace {

constexpr double edge = 0.1; // [m]

bool is_inside(const Vector3& point) {
    constexpr double margin = 1e-6;
    return (point.array() > margin).all() && (point.array() < edge - margin).all();
}

double volume(const TetMesh& mesh, int t) {
    const auto corner = [&](int i) -> Vector3 { return mesh.nodes.col(mesh.tetrahedra(i, t)); };
    return (corner(1) - corner(0)).cross(corner(2) - corner(0)).dot(corner(3) - corner(0)) / 6;
}

/// Moves inner nodes as long as no tetrahedron gets thinner than a hundredth of a brick's.
void make_slivers(TetMesh& mesh, int n) {
    const double brick = edge / n;
    const double least_volume = std::pow(brick, 3) / 6 / 100;
    constexpr int n_passes = 6;
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> step(-0.4 * brick, 0.4 * brick);
    const NodeTetrahedra around = tetrahedra_around_nodes(mesh);
    for (int pass = 0; pass < n_passes; ++pass) {
        for (int node = 0; node < mesh.n_nodes(); ++node) {
            const Vector3 before = mesh.nodes.col(node);
            if (!is_inside(before)) continue;
            mesh.nodes.col(node) += Vector3(step(random), step(random), step(random));
            bool is_valid = true;
            for (const int t : around.of(node)) is_valid = is_valid && volume(mesh, t) > least_volume;
            if (!is_valid) mesh.nodes.col(node) = before;
        }
    }
}

} // namespace

LayeredBox::LayeredBox(const LayeredBoxOptions& options)
    : mesh(test::box_mesh(Vector3::Zero(), Vector3::Constant(edge), {options.n, options.n, options.n},
                          [](const Vector3& centre) { return centre.z() < edge / 2 ? 1 : 2; })) {
    if (options.has_slivers) make_slivers(mesh, options.n);
    mesh = reordered_for_locality(mesh).mesh;
    conductivity.resize(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        conductivity[t] = mesh.labels[static_cast<std::size_t>(t)] == 1 ? 1 : 1 / options.contrast;
    matrix = assemble_stiffness(ElementSpace(mesh, options.order), conductivity);
}

Eigen::MatrixXd LayeredBox::loads(int n_columns) const {
    std::mt19937_64 random(2);
    std::normal_distribution<double> normal;
    Eigen::MatrixXd result(matrix.rows(), n_columns);
    for (double& value : result.reshaped()) value = normal(random);
    result.rowwise() -= result.colwise().mean();
    return result;
}

} // namespace corticoil::solver::test_systems
