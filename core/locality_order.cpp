#include "core/locality_order.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace corticoil {

namespace {

constexpr int bits_per_axis = 16;

/// Position along a three-dimensional Hilbert curve (Skilling 2004, AIP Conf Proc 707:381: coordinates to the
/// transposed index by undoing exchanges and inversions, then a Gray code).
std::uint64_t hilbert_index(std::array<std::uint32_t, 3> x) {
    constexpr std::uint32_t highest = 1U << (bits_per_axis - 1);
    for (std::uint32_t bit = highest; bit > 1; bit >>= 1U) {
        const std::uint32_t below = bit - 1;
        for (std::uint32_t& own : x) {
            if ((own & bit) != 0) {
                x[0] ^= below;
            } else {
                const std::uint32_t exchanged = (x[0] ^ own) & below;
                x[0] ^= exchanged;
                own ^= exchanged;
            }
        }
    }
    x[1] ^= x[0];
    x[2] ^= x[1];
    std::uint32_t inverted = 0;
    for (std::uint32_t bit = highest; bit > 1; bit >>= 1U) {
        if ((x[2] & bit) != 0) inverted ^= bit - 1;
    }
    std::uint64_t index = 0;
    for (int bit = bits_per_axis - 1; bit >= 0; --bit) {
        for (const std::uint32_t own : x)
            index = (index << 1U) | (((own ^ inverted) >> static_cast<unsigned>(bit)) & 1U);
    }
    return index;
}

/// Tetrahedra around each node, a measure of its row's length in the matrix.
std::vector<int> valences(const TetMesh& mesh) {
    std::vector<int> result(static_cast<std::size_t>(mesh.n_nodes()), 0);
    for (const int node : mesh.tetrahedra.reshaped()) ++result[static_cast<std::size_t>(node)];
    return result;
}

} // namespace

std::vector<int> locality_order(const Points& nodes) {
    const Vector3 low = nodes.rowwise().minCoeff();
    const double extent = (nodes.rowwise().maxCoeff() - low).maxCoeff();
    const double cells = (1U << static_cast<unsigned>(bits_per_axis)) - 1;
    const double scale = extent > 0 ? cells / extent : 0;
    std::vector<std::pair<std::uint64_t, int>> keys(static_cast<std::size_t>(nodes.cols()));
    for (Eigen::Index i = 0; i < nodes.cols(); ++i) {
        const Vector3 cell = (nodes.col(i) - low) * scale;
        keys[static_cast<std::size_t>(i)] = {
            hilbert_index({static_cast<std::uint32_t>(cell[0]), static_cast<std::uint32_t>(cell[1]),
                           static_cast<std::uint32_t>(cell[2])}),
            static_cast<int>(i)};
    }
    std::sort(keys.begin(), keys.end());
    std::vector<int> order(keys.size());
    std::transform(keys.begin(), keys.end(), order.begin(), [](const auto& key) { return key.second; });
    return order;
}

LocalMesh reordered_for_locality(const TetMesh& mesh) {
    LocalMesh result;
    result.node_of = locality_order(mesh.nodes);
    // Rows of about equal lengths one after the other: the processor then foresees where each ends. Windows
    // are small enough to stay in the caches.
    constexpr std::ptrdiff_t window = 256;
    const std::vector<int> valence = valences(mesh);
    for (auto first = result.node_of.begin(); first != result.node_of.end();) {
        const auto last = first + std::min(window, result.node_of.end() - first);
        std::stable_sort(first, last, [&](int a, int b) {
            return valence[static_cast<std::size_t>(a)] < valence[static_cast<std::size_t>(b)];
        });
        first = last;
    }
    std::vector<int> new_number(result.node_of.size());
    result.mesh.nodes.resize(3, mesh.n_nodes());
    for (std::size_t k = 0; k < result.node_of.size(); ++k) {
        new_number[static_cast<std::size_t>(result.node_of[k])] = static_cast<int>(k);
        result.mesh.nodes.col(static_cast<Eigen::Index>(k)) = mesh.nodes.col(result.node_of[k]);
    }
    // Tetrahedra by their first node: a counting sort.
    const auto first_node = [&](int t) {
        int first = new_number[static_cast<std::size_t>(mesh.tetrahedra(0, t))];
        for (int corner = 1; corner < 4; ++corner)
            first = std::min(first, new_number[static_cast<std::size_t>(mesh.tetrahedra(corner, t))]);
        return static_cast<std::size_t>(first);
    };
    std::vector<int> start(result.node_of.size() + 1, 0);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) ++start[first_node(t) + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    result.tetrahedron_of.resize(static_cast<std::size_t>(mesh.n_tetrahedra()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t)
        result.tetrahedron_of[static_cast<std::size_t>(start[first_node(t)]++)] = t;
    result.mesh.tetrahedra.resize(4, mesh.n_tetrahedra());
    result.mesh.labels.resize(static_cast<std::size_t>(mesh.n_tetrahedra()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int original = result.tetrahedron_of[static_cast<std::size_t>(t)];
        for (int corner = 0; corner < 4; ++corner)
            result.mesh.tetrahedra(corner, t) =
                new_number[static_cast<std::size_t>(mesh.tetrahedra(corner, original))];
        result.mesh.labels[static_cast<std::size_t>(t)] = mesh.labels[static_cast<std::size_t>(original)];
    }
    return result;
}

} // namespace corticoil
