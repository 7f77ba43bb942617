#include "solver/conductor_check.h"

#include "core/describe_point.h"
#include "core/error.h"
#include "solver/joined_sets.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace corticoil::solver {

namespace {

/// A tetrahedron below this share of the cube of its longest edge is degenerate: a regular one has 0.118.
constexpr double least_relative_volume = 1e-9;
/// A tensor is not positive definite where a pivot of its Cholesky factorisation is below this share of the
/// diagonal entry it comes from: that is rounding.
constexpr double least_relative_pivot = 1e-12;

/// How many are bad, and the first of them.
struct Finding {
    int n = 0;
    int first = std::numeric_limits<int>::max();
};

template <typename Predicate>
Finding find(int n, Predicate is_bad) {
    int n_bad = 0;
    int first = std::numeric_limits<int>::max();
#pragma omp parallel for schedule(static) reduction(+ : n_bad) reduction(min : first)
    for (int i = 0; i < n; ++i) {
        if (!is_bad(i)) continue;
        ++n_bad;
        first = std::min(first, i);
    }
    return {n_bad, first};
}

/// Throws if anything was found, saying how many and where the first one is.
template <typename Describe>
void refuse(const Finding& found, Describe describe, const std::string& what, const std::string& remedy) {
    if (found.n == 0) return;
    throw Error(fmt::format("mesh: {} {} (first: {}); {}", found.n, what, describe(found.first), remedy));
}

std::string place_of(const TetMesh& mesh, int t) {
    return fmt::format("tetrahedron {} at {}", t, describe_point(mesh.nodes.col(mesh.tetrahedra(0, t))));
}

std::string describe_node(int i) {
    return fmt::format("node {}", i);
}

void check_nodes(const TetMesh& mesh) {
    const int n_nodes = mesh.n_nodes();
    refuse(
        find(mesh.n_tetrahedra(),
             [&](int t) {
                 return mesh.tetrahedra.col(t).minCoeff() < 0 || mesh.tetrahedra.col(t).maxCoeff() >= n_nodes;
             }),
        [&](int t) {
            return fmt::format("tetrahedron {} with nodes {} {} {} {}", t, mesh.tetrahedra(0, t),
                               mesh.tetrahedra(1, t), mesh.tetrahedra(2, t), mesh.tetrahedra(3, t));
        },
        fmt::format("tetrahedra with node indices out of range, 0 … {}", n_nodes - 1),
        "write the mesh again with all its nodes");
    refuse(find(n_nodes, [&](int i) { return !mesh.nodes.col(i).allFinite(); }), describe_node,
           "nodes whose coordinates are not finite numbers", "mesh again");
    std::vector<char> is_used(static_cast<std::size_t>(n_nodes), 0);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            char& used = is_used[static_cast<std::size_t>(mesh.tetrahedra(corner, t))];
            std::atomic_ref<char>(used).store(1, std::memory_order_relaxed); // Of all threads the same value.
        }
    }
    refuse(find(n_nodes, [&](int i) { return is_used[static_cast<std::size_t>(i)] == 0; }), describe_node,
           "nodes of no tetrahedron", "remove them");
}

/// Signed volume over the cube of the longest edge; 0 where all nodes lie in one point.
double relative_volume(const TetMesh& mesh, int t) {
    const Vector3 a = mesh.nodes.col(mesh.tetrahedra(0, t));
    const Vector3 ab = mesh.nodes.col(mesh.tetrahedra(1, t)) - a;
    const Vector3 ac = mesh.nodes.col(mesh.tetrahedra(2, t)) - a;
    const Vector3 ad = mesh.nodes.col(mesh.tetrahedra(3, t)) - a;
    const double longest_squared =
        std::max({ab.squaredNorm(), ac.squaredNorm(), ad.squaredNorm(), (ac - ab).squaredNorm(),
                  (ad - ab).squaredNorm(), (ad - ac).squaredNorm()});
    if (longest_squared == 0) return 0;
    return ab.cross(ac).dot(ad) / (6 * longest_squared * std::sqrt(longest_squared));
}

void check_geometry(const TetMesh& mesh) {
    Eigen::VectorXd volume(mesh.n_tetrahedra());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) volume[t] = relative_volume(mesh, t);
    const auto at = [&](int t) { return place_of(mesh, t); };
    refuse(find(mesh.n_tetrahedra(), [&](int t) { return volume[t] <= -least_relative_volume; }), at,
           "inverted tetrahedra", "swap two of their nodes or mesh again");
    refuse(find(mesh.n_tetrahedra(), [&](int t) { return !(volume[t] >= least_relative_volume); }), at,
           "degenerate tetrahedra (flat or without volume)", "remove them or mesh again");
}

bool is_positive(double value) {
    return value > 0 && std::isfinite(value);
}

/// By the pivots of the Cholesky factorisation; false for what is not finite.
bool is_positive_definite(const Eigen::Matrix3d& s) {
    const double pivot_x = s(0, 0);
    if (!s.allFinite() || !(pivot_x > 0)) return false;
    const double yx = s(1, 0) / pivot_x;
    const double zx = s(2, 0) / pivot_x;
    const double pivot_y = s(1, 1) - yx * s(1, 0);
    if (!(pivot_y > least_relative_pivot * s(1, 1))) return false;
    const double zy = s(2, 1) - zx * s(1, 0);
    const double pivot_z = s(2, 2) - zx * s(2, 0) - zy * zy / pivot_y;
    return pivot_z > least_relative_pivot * s(2, 2);
}

void check_conductivity(const TetMesh& mesh, const Conductivity& conductivity) {
    const auto label = [&](int t) { return mesh.labels[static_cast<std::size_t>(t)]; };
    if (conductivity.is_isotropic()) {
        const Eigen::VectorXd& sigma = conductivity.isotropic();
        refuse(
            find(mesh.n_tetrahedra(), [&](int t) { return !is_positive(sigma[t]); }),
            [&](int t) {
                return fmt::format("tetrahedron {} with {:g} S/m and label {}", t, sigma[t], label(t));
            },
            "tetrahedra whose conductivity is not a positive number", "correct the conductivities");
        return;
    }
    refuse(
        find(mesh.n_tetrahedra(), [&](int t) { return !is_positive_definite(conductivity.tensor(t)); }),
        [&](int t) {
            const auto s = conductivity.tensors().col(t);
            return fmt::format(
                "tetrahedron {} with xx {:g}, yy {:g}, zz {:g}, xy {:g}, xz {:g}, yz {:g} S/m and "
                "label {}",
                t, s[0], s[1], s[2], s[3], s[4], s[5], label(t));
        },
        "tetrahedra whose conductivity tensor is not positive definite",
        "correct the tensors or limit their eigenvalues");
}

/// The lowest node of a tetrahedron.
int lowest_node(const TetMesh& mesh, int t) {
    return mesh.tetrahedra.col(t).minCoeff();
}

/// Does not depend on the order of the nodes. Multiplier: 2^32 over the golden ratio (Knuth, TAOCP 3, 6.4).
std::uint32_t hash_of_nodes(const TetMesh& mesh, int t) {
    std::uint32_t sum = 0;
    for (int corner = 0; corner < 4; ++corner) {
        const std::uint32_t mixed = static_cast<std::uint32_t>(mesh.tetrahedra(corner, t)) * 2654435769U;
        sum += mixed ^ (mixed >> 15U);
    }
    return sum;
}

bool have_same_nodes(const TetMesh& mesh, int a, int b) {
    Eigen::Vector4i of_a = mesh.tetrahedra.col(a);
    Eigen::Vector4i of_b = mesh.tetrahedra.col(b);
    std::sort(of_a.begin(), of_a.end());
    std::sort(of_b.begin(), of_b.end());
    return of_a == of_b;
}

/// Per tetrahedron its hash and number in one integer, by lowest node: row n starts at start[n].
struct HashedTetrahedra {
    std::vector<int> start;
    std::vector<std::uint64_t> keys;
};

HashedTetrahedra hash_tetrahedra(const TetMesh& mesh) {
    HashedTetrahedra result;
    // Entry n + 1 moves from the begin of row n to its end while the row is filled.
    result.start.assign(static_cast<std::size_t>(mesh.n_nodes()) + 2, 0);
    result.keys.resize(static_cast<std::size_t>(mesh.n_tetrahedra()));
    // Each thread reads all tetrahedra and takes those in its range of nodes: no two write to one row.
    const std::int64_t n_ranges = omp_get_max_threads();
    const auto for_each = [&](auto visit) {
#pragma omp parallel for schedule(static, 1)
        for (std::int64_t range = 0; range < n_ranges; ++range) {
            const auto first = static_cast<int>(mesh.n_nodes() * range / n_ranges);
            const auto last = static_cast<int>(mesh.n_nodes() * (range + 1) / n_ranges);
            for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
                const int node = lowest_node(mesh, t);
                if (node >= first && node < last) visit(t, static_cast<std::size_t>(node));
            }
        }
    };
    for_each([&](int, std::size_t node) { ++result.start[node + 2]; });
    std::partial_sum(result.start.begin(), result.start.end(), result.start.begin());
    for_each([&](int t, std::size_t node) {
        const int slot = result.start[node + 1]++;
        result.keys[static_cast<std::size_t>(slot)] =
            static_cast<std::uint64_t>(hash_of_nodes(mesh, t)) << 32U | static_cast<std::uint64_t>(t);
    });
    return result;
}

/// Tetrahedra with the same nodes as an earlier one. Cost O(M): only those with the same lowest node are
/// compared.
Finding find_repeated(const TetMesh& mesh) {
    HashedTetrahedra hashed = hash_tetrahedra(mesh);
    int n_repeated = 0;
    int first = std::numeric_limits<int>::max();
#pragma omp parallel for schedule(static) reduction(+ : n_repeated) reduction(min : first)
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        const auto low = hashed.keys.begin() + hashed.start[static_cast<std::size_t>(node)];
        const auto high = hashed.keys.begin() + hashed.start[static_cast<std::size_t>(node) + 1];
        std::sort(low, high); // By hash, then by tetrahedron.
        for (auto key = low; key != high; ++key) {
            const auto t = static_cast<int>(*key & 0xffffffffU);
            for (auto earlier = key; earlier != low;) {
                --earlier;
                if (*earlier >> 32U != *key >> 32U) break;
                if (!have_same_nodes(mesh, t, static_cast<int>(*earlier & 0xffffffffU))) continue;
                ++n_repeated;
                first = std::min(first, t);
                break;
            }
        }
    }
    return {n_repeated, first};
}

/// Parts that share no node: each would have a potential of its own, and the matrix one more null vector.
void check_connections(const TetMesh& mesh) {
    JoinedSets sets(mesh.n_nodes());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 1; corner < 4; ++corner)
            sets.join(mesh.tetrahedra(0, t), mesh.tetrahedra(corner, t));
    }
    std::vector<int> part_of(static_cast<std::size_t>(mesh.n_tetrahedra()));
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        part_of[static_cast<std::size_t>(t)] = sets.root(mesh.tetrahedra(0, t));
    std::vector<int> sizes(static_cast<std::size_t>(mesh.n_nodes()), 0); // At the lowest node of each part.
    for (const int part : part_of) ++sizes[static_cast<std::size_t>(part)];
    const auto largest = static_cast<int>(std::max_element(sizes.begin(), sizes.end()) - sizes.begin());
    const auto n_others =
        static_cast<std::ptrdiff_t>(sizes.size()) - std::count(sizes.begin(), sizes.end(), 0) - 1;
    refuse(
        find(mesh.n_tetrahedra(), [&](int t) { return part_of[static_cast<std::size_t>(t)] != largest; }),
        [&](int t) { return place_of(mesh, t); },
        fmt::format("tetrahedra are not connected with the largest part, in {} smaller part{}", n_others,
                    n_others == 1 ? "" : "s"),
        "keep the largest part only");
}

} // namespace

void check_conductor(const TetMesh& mesh, const Conductivity& conductivity) {
    if (mesh.n_tetrahedra() == 0) throw Error("mesh: holds no tetrahedra");
    CORTICOIL_ASSERT(conductivity.size() == mesh.n_tetrahedra());
    CORTICOIL_ASSERT(mesh.labels.size() == static_cast<std::size_t>(mesh.n_tetrahedra()));
    check_nodes(mesh);
    check_geometry(mesh);
    check_conductivity(mesh, conductivity);
    refuse(
        find_repeated(mesh), [&](int t) { return place_of(mesh, t); },
        "tetrahedra that repeat an earlier one", "remove them");
    check_connections(mesh);
}

} // namespace corticoil::solver
