#include "solver/conductor_check.h"

#include "core/describe_point.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>

namespace corticoil::solver {

namespace {

/// A tetrahedron below this share of the cube of its longest edge is degenerate: a regular one has 0.118.
constexpr double least_relative_volume = 1e-9;

/// Throws if `is_bad` holds for any of 0 … n−1, saying how many and where the first one is.
void refuse(int n, const std::function<bool(int)>& is_bad,
            const std::function<std::string(int)>& describe_first, const std::string& what,
            const std::string& remedy) {
    int n_bad = 0;
    std::optional<int> first;
    for (int i = 0; i < n; ++i) {
        if (!is_bad(i)) continue;
        ++n_bad;
        if (!first) first = i;
    }
    if (first)
        throw Error(fmt::format("mesh: {} {} (first: {}); {}", n_bad, what, describe_first(*first), remedy));
}

double relative_volume(const TetMesh& mesh, int t, double volume) {
    double longest_squared = 0;
    for (int i = 0; i < 4; ++i) {
        for (int j = i + 1; j < 4; ++j) {
            const Vector3 edge =
                mesh.nodes.col(mesh.tetrahedra(i, t)) - mesh.nodes.col(mesh.tetrahedra(j, t));
            longest_squared = std::max(longest_squared, edge.squaredNorm());
        }
    }
    return volume / std::pow(longest_squared, 1.5);
}

void check_geometry(const TetMesh& mesh) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    const auto at = [&](int t) {
        return fmt::format("tetrahedron {} at {}", t, describe_point(mesh.nodes.col(mesh.tetrahedra(0, t))));
    };
    refuse(
        mesh.n_tetrahedra(), [&](int t) { return volumes[t] < 0; }, at, "inverted tetrahedra",
        "swap two of their nodes or mesh again");
    refuse(
        mesh.n_tetrahedra(),
        [&](int t) { return relative_volume(mesh, t, volumes[t]) < least_relative_volume; }, at,
        "degenerate tetrahedra (flat or without volume)", "remove them or mesh again");
}

} // namespace

void check_conductor(const TetMesh& mesh, const Conductivity& conductivity) {
    if (mesh.n_tetrahedra() == 0) throw Error("mesh: holds no tetrahedra");
    CORTICOIL_ASSERT(conductivity.size() == mesh.n_tetrahedra());
    CORTICOIL_ASSERT(mesh.labels.size() == static_cast<std::size_t>(mesh.n_tetrahedra()));
    CORTICOIL_ASSERT(mesh.tetrahedra.minCoeff() >= 0 && mesh.tetrahedra.maxCoeff() < mesh.n_nodes());
    const auto node = [](int i) { return fmt::format("node {}", i); };
    const auto tetrahedron = [&](int t) {
        return fmt::format("tetrahedron {} with {:g} S/m and label {}", t, conductivity.mean(t),
                           mesh.labels[static_cast<std::size_t>(t)]);
    };
    refuse(
        mesh.n_nodes(), [&](int i) { return !mesh.nodes.col(i).allFinite(); }, node,
        "nodes whose coordinates are not finite numbers", "mesh again");
    std::vector<bool> is_used(static_cast<std::size_t>(mesh.n_nodes()), false);
    for (const int used : mesh.tetrahedra.reshaped()) is_used[static_cast<std::size_t>(used)] = true;
    refuse(
        mesh.n_nodes(), [&](int i) { return !is_used[static_cast<std::size_t>(i)]; }, node,
        "nodes of no tetrahedron", "remove them");
    check_geometry(mesh);
    refuse(
        mesh.n_tetrahedra(), [&](int t) { return !(conductivity.mean(t) > 0) || !std::isfinite(conductivity.mean(t)); },
        tetrahedron, "tetrahedra whose conductivity is not a positive number", "correct the conductivities");
    const std::vector<int> parts = connected_parts(mesh);
    refuse(
        mesh.n_tetrahedra(), [&](int t) { return parts[static_cast<std::size_t>(t)] != 0; },
        [&](int t) { return fmt::format("at {}", describe_point(mesh.nodes.col(mesh.tetrahedra(0, t)))); },
        "tetrahedra are not connected with the largest part", "keep the largest part only");
}

} // namespace corticoil::solver
