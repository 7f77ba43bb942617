#include "coils/potential_interpolant.h"

#include "coils/kernel_tables.h"
#include "coils/potential_kernels.h"
#include "coils/primary_field.h"
#include "coils/segments.h"
#include "core/constants.h"

#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace corticoil::coils {

namespace {

/// Of the octree's cube around the coil's origin [m]: holds any head. A power of two, so that cells' faces
/// are the same numbers from both sides and every point has one cell.
constexpr double root_half_width = 0.5;
constexpr double smallest_half_width = 7e-4; ///< [m] of a cell.
constexpr double ring = 3; ///< Half widths from a cell's centre that must be free of sources.
constexpr double longest_segment =
    6e-3; ///< [m] for the kernel: its series wants points beyond some segment lengths.

/// The box around a dipole or a segment.
struct SourceBox {
    Vector3 low;
    Vector3 high;

    [[nodiscard]] bool meets_cube(const Vector3& centre, double half_width) const {
        return ((low - centre).array() < half_width).all() && ((high - centre).array() > -half_width).all();
    }
};

/// A cube of the octree.
struct Node {
    enum class Kind : std::uint8_t {
        undecided, ///< No point fell into it so far.
        parent,
        cell,  ///< With a polynomial.
        exact, ///< Too near to the sources.
    };
    Vector3 centre;
    double half_width;
    Kind kind = Kind::undecided;
    int index = -1;        ///< First of eight children of a parent; number of a cell.
    std::vector<int> near; ///< Sources in the cube and the ring around it, until it is decided.

    /// Faces belong to the cube on their lower side, as octant() has it.
    [[nodiscard]] bool contains(const Vector3& point) const {
        return (point.array() > centre.array() - half_width).all() &&
               (point.array() <= centre.array() + half_width).all();
    }
};

int octant(const Vector3& centre, const Vector3& point) {
    return (point.x() > centre.x() ? 1 : 0) + (point.y() > centre.y() ? 2 : 0) +
           (point.z() > centre.z() ? 4 : 0);
}

std::vector<SourceBox> source_boxes(const Segments& segments, const MagneticDipoles& dipoles) {
    std::vector<SourceBox> boxes;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (segments.length[i] == 0) continue;
        const Vector3 a(segments.x[i], segments.y[i], segments.z[i]);
        const Vector3 b(segments.x[i + 1], segments.y[i + 1], segments.z[i + 1]);
        boxes.push_back({a.cwiseMin(b), a.cwiseMax(b)});
    }
    for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i)
        boxes.push_back({dipoles.positions.col(i), dipoles.positions.col(i)});
    return boxes;
}

using NodeMatrix = Eigen::Matrix<double, cell_nodes, cell_nodes>;

/// Where a cell's polynomial meets A, on [−1, 1].
std::array<double, cell_nodes> chebyshev_points() {
    std::array<double, cell_nodes> points{};
    for (int i = 0; i < cell_nodes; ++i)
        points[static_cast<std::size_t>(i)] = std::cos(pi * (i + 0.5) / cell_nodes);
    return points;
}

/// Values at the Chebyshev points → coefficients by powers.
NodeMatrix coefficients_from_values() {
    const std::array<double, cell_nodes> points = chebyshev_points();
    NodeMatrix powers;
    for (int i = 0; i < cell_nodes; ++i) {
        powers(i, 0) = 1;
        for (int k = 1; k < cell_nodes; ++k)
            powers(i, k) = powers(i, k - 1) * points[static_cast<std::size_t>(i)];
    }
    return powers.inverse();
}

using Coefficients = std::array<float, 3 * cell_coefficients>;

/// Values of one component at the nodes (last index fastest) → its coefficients.
Eigen::Matrix<double, cell_coefficients, 1> polynomial_of(Eigen::Matrix<double, cell_coefficients, 1> values,
                                                          const NodeMatrix& to_coefficients) {
    constexpr int n = cell_nodes;
    Eigen::Matrix<double, cell_coefficients, 1> next;
    // Each pass works on the last index and turns it to the front; three passes restore the order.
    for (int pass = 0; pass < 3; ++pass) {
        const Eigen::Map<const Eigen::Matrix<double, n, n * n>> columns(values.data());
        Eigen::Map<Eigen::Matrix<double, n * n, n>> turned(next.data());
        turned = (to_coefficients * columns).transpose();
        values = next;
    }
    return values;
}

/// Single-precision points and vectors by components, as the kernels take them.
struct Batch {
    std::vector<float> x, y, z, ax, ay, az;

    explicit Batch(std::size_t n) : x(n), y(n), z(n), ax(n), ay(n), az(n) {}
    [[nodiscard]] KernelPoints points() const { return {x.data(), y.data(), z.data(), x.size()}; }
    [[nodiscard]] KernelVectors vectors() { return {ax.data(), ay.data(), az.data()}; }
    void set(std::size_t i, const Vector3& point) {
        x[i] = static_cast<float>(point.x());
        y[i] = static_cast<float>(point.y());
        z[i] = static_cast<float>(point.z());
    }
    [[nodiscard]] Vector3 vector(std::size_t i) const { return {ax[i], ay[i], az[i]}; }
};

/// Segments are cut for the kernel, but never into so many pieces that they outgrow the coil's own memory by
/// far.
double longest_segment_of(const std::vector<WirePath>& wires) {
    constexpr double most_pieces = 2e5;
    double total = 0;
    for (const WirePath& wire : wires) {
        for (Eigen::Index i = 1; i < wire.vertices.cols(); ++i)
            total += (wire.vertices.col(i) - wire.vertices.col(i - 1)).norm();
    }
    return std::max(longest_segment, total / most_pieces);
}

} // namespace

struct PotentialInterpolant::Tree {
    explicit Tree(const Coil& coil_in)
        : coil(coil_in), segments(coil.wires, longest_segment_of(coil.wires)),
          vertices(vertex_table(segments)), dipoles(dipole_table(coil.dipoles)),
          boxes(source_boxes(segments, coil.dipoles)) {
        nodes.push_back(
            {Vector3::Zero(), root_half_width, Node::Kind::undecided, -1, std::vector<int>(boxes.size())});
        std::iota(nodes[0].near.begin(), nodes[0].near.end(), 0);
    }

    /// The node that decides about a point: −1 outside the octree. Starts at `hint`, the node of the last
    /// point.
    [[nodiscard]] int find(const Vector3& point, int hint) const {
        int i = hint >= 0 && nodes[static_cast<std::size_t>(hint)].contains(point) ? hint : 0;
        if (!nodes[static_cast<std::size_t>(i)].contains(point)) return -1;
        while (nodes[static_cast<std::size_t>(i)].kind == Node::Kind::parent) {
            const Node& node = nodes[static_cast<std::size_t>(i)];
            i = node.index + octant(node.centre, point);
        }
        return i;
    }

    /// Makes a node a cell, a parent or exact.
    void decide(int i) {
        const Vector3 centre = nodes[static_cast<std::size_t>(i)].centre;
        const double half_width = nodes[static_cast<std::size_t>(i)].half_width;
        const std::vector<int> near = std::move(nodes[static_cast<std::size_t>(i)].near);
        nodes[static_cast<std::size_t>(i)].near = {};
        Node::Kind& kind = nodes[static_cast<std::size_t>(i)].kind;
        if (near.empty()) {
            kind = Node::Kind::cell;
            nodes[static_cast<std::size_t>(i)].index = static_cast<int>(cell_of_node.size());
            cell_of_node.push_back(i);
            return;
        }
        if (half_width / 2 < smallest_half_width) {
            kind = Node::Kind::exact;
            return;
        }
        kind = Node::Kind::parent;
        nodes[static_cast<std::size_t>(i)].index = static_cast<int>(nodes.size());
        for (int child = 0; child < 8; ++child) {
            const Vector3 side((child & 1) != 0 ? 1 : -1, (child & 2) != 0 ? 1 : -1,
                               (child & 4) != 0 ? 1 : -1);
            Node node{centre + half_width / 2 * side, half_width / 2, Node::Kind::undecided, -1, {}};
            for (const int source : near) {
                if (boxes[static_cast<std::size_t>(source)].meets_cube(node.centre, ring * node.half_width))
                    node.near.push_back(source);
            }
            nodes.push_back(std::move(node));
        }
    }

    /// The node of every point, made where it was missing.
    std::vector<int> locate(const Eigen::Ref<const Points>& points) {
        std::vector<int> found(static_cast<std::size_t>(points.cols()));
#pragma omp parallel
        {
            int hint = -1;
#pragma omp for schedule(static)
            for (Eigen::Index i = 0; i < points.cols(); ++i)
                found[static_cast<std::size_t>(i)] = hint = find(points.col(i), hint);
        }
        for (Eigen::Index i = 0; i < points.cols(); ++i) {
            int& node = found[static_cast<std::size_t>(i)];
            if (node < 0) continue;
            while (nodes[static_cast<std::size_t>(node)].kind == Node::Kind::parent ||
                   nodes[static_cast<std::size_t>(node)].kind == Node::Kind::undecided) {
                if (nodes[static_cast<std::size_t>(node)].kind == Node::Kind::undecided) decide(node);
                node = find(points.col(i), node);
            }
        }
        return found;
    }

    /// A at a batch's points, by the kernels where they serve, else exactly.
    void evaluate(Batch& batch) const {
        const PotentialKernels& kernels = potential_kernels();
        if (!dipoles.x.empty()) kernels.add_dipoles(dipoles, batch.points(), batch.vectors());
        if (vertices.length.empty()) return;
        std::vector<float> ratios(batch.x.size());
        kernels.add_wires(vertices, batch.points(), batch.vectors(), ratios.data());
        for (std::size_t i = 0; i < ratios.size(); ++i) {
            if (ratios[i] <= largest_length_ratio) continue;
            const Vector3 exact =
                coils::vector_potential(coil, Points(Vector3(batch.x[i], batch.y[i], batch.z[i])));
            batch.ax[i] = static_cast<float>(exact.x());
            batch.ay[i] = static_cast<float>(exact.y());
            batch.az[i] = static_cast<float>(exact.z());
        }
    }

    [[nodiscard]] Coefficients fit(const Node& node) const {
        static const std::array<double, cell_nodes> abscissae = chebyshev_points();
        static const NodeMatrix to_coefficients = coefficients_from_values();
        constexpr std::size_t n = cell_nodes;
        Batch batch(cell_coefficients);
        for (std::size_t k = 0; k < cell_coefficients; ++k) {
            const Vector3 at(abscissae[k / (n * n)], abscissae[k / n % n], abscissae[k % n]);
            batch.set(k, node.centre + node.half_width * at);
        }
        evaluate(batch);
        Coefficients result{};
        const std::array<const float*, 3> values{batch.ax.data(), batch.ay.data(), batch.az.data()};
        for (std::size_t component = 0; component < 3; ++component) {
            const Eigen::Matrix<double, cell_coefficients, 1> polynomial =
                polynomial_of(Eigen::Map<const Eigen::Matrix<float, cell_coefficients, 1>>(values[component])
                                  .cast<double>(),
                              to_coefficients);
            for (std::size_t k = 0; k < cell_coefficients; ++k)
                result[3 * k + component] = static_cast<float>(polynomial(static_cast<Eigen::Index>(k)));
        }
        return result;
    }

    void fit_new_cells() {
        const std::size_t first = coefficients.size();
        coefficients.resize(cell_of_node.size());
#pragma omp parallel for schedule(dynamic, 8)
        for (std::size_t i = first; i < coefficients.size(); ++i)
            coefficients[i] = fit(nodes[static_cast<std::size_t>(cell_of_node[i])]);
    }

    Coil coil;
    Segments segments;
    VertexTable vertices;
    DipoleTable dipoles;
    std::vector<SourceBox> boxes;
    std::vector<Node> nodes;
    std::vector<int> cell_of_node; ///< The node of every cell.
    std::vector<Coefficients> coefficients;
};

PotentialInterpolant::PotentialInterpolant(const Coil& coil) : tree_(std::make_unique<Tree>(coil)) {}
PotentialInterpolant::~PotentialInterpolant() = default;
PotentialInterpolant::PotentialInterpolant(PotentialInterpolant&&) noexcept = default;
PotentialInterpolant& PotentialInterpolant::operator=(PotentialInterpolant&&) noexcept = default;

bool PotentialInterpolant::belongs_to(const Coil& coil) const {
    const auto is_same = [](const auto& a, const auto& b) { return a.cols() == b.cols() && a == b; };
    const Coil& own = tree_->coil;
    return is_same(own.dipoles.positions, coil.dipoles.positions) &&
           is_same(own.dipoles.moments, coil.dipoles.moments) &&
           std::equal(own.wires.begin(), own.wires.end(), coil.wires.begin(), coil.wires.end(),
                      [&](const WirePath& a, const WirePath& b) {
                          return a.is_closed == b.is_closed && a.current == b.current &&
                                 is_same(a.vertices, b.vertices);
                      }) &&
           std::equal(own.grids.begin(), own.grids.end(), coil.grids.begin(), coil.grids.end(),
                      [&](const SampledPotential& a, const SampledPotential& b) {
                          return a.size == b.size &&
                                 a.coil_from_voxel.matrix() == b.coil_from_voxel.matrix() &&
                                 is_same(a.values, b.values);
                      });
}

std::size_t PotentialInterpolant::n_cells() const {
    return tree_->coefficients.size();
}

VectorField PotentialInterpolant::vector_potential(const Eigen::Ref<const Points>& points) const {
    Tree& tree = *tree_;
    if (!tree.coil.grids.empty()) return coils::vector_potential(tree.coil, points);
    const std::vector<int> node_of = tree.locate(points);
    tree.fit_new_cells();

    // Points by cell; one more group at the end for those that are evaluated exactly.
    const std::size_t n_cells = tree.coefficients.size();
    std::vector<int> starts(n_cells + 2, 0);
    const auto group_of = [&](std::size_t i) {
        const int node = node_of[i];
        if (node < 0 || tree.nodes[static_cast<std::size_t>(node)].kind == Node::Kind::exact) return n_cells;
        return static_cast<std::size_t>(tree.nodes[static_cast<std::size_t>(node)].index);
    };
    for (std::size_t i = 0; i < node_of.size(); ++i) ++starts[group_of(i) + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<int> order(node_of.size());
    {
        std::vector<int> next(starts.begin(), starts.end() - 1);
        for (std::size_t i = 0; i < node_of.size(); ++i)
            order[static_cast<std::size_t>(next[group_of(i)]++)] = static_cast<int>(i);
    }

    VectorField potential(3, points.cols());
#pragma omp parallel for schedule(dynamic, 16)
    for (std::size_t cell = 0; cell < n_cells; ++cell) {
        const int first = starts[cell];
        const auto n = static_cast<std::size_t>(starts[cell + 1] - first);
        if (n == 0) continue;
        const Node& node = tree.nodes[static_cast<std::size_t>(tree.cell_of_node[cell])];
        Batch batch(n);
        for (std::size_t i = 0; i < n; ++i)
            batch.set(i, (points.col(order[static_cast<std::size_t>(first) + i]) - node.centre) /
                             node.half_width);
        potential_kernels().evaluate_cell(tree.coefficients[cell].data(), batch.points(), batch.vectors());
        for (std::size_t i = 0; i < n; ++i)
            potential.col(order[static_cast<std::size_t>(first) + i]) = batch.vector(i);
    }

    const int n_exact = starts[n_cells + 1] - starts[n_cells];
    if (n_exact == 0) return potential;
    Points exact_points(3, n_exact);
    for (int i = 0; i < n_exact; ++i)
        exact_points.col(i) = points.col(order[static_cast<std::size_t>(starts[n_cells] + i)]);
    const VectorField exact = coils::vector_potential(tree.coil, exact_points);
    for (int i = 0; i < n_exact; ++i)
        potential.col(order[static_cast<std::size_t>(starts[n_cells] + i)]) = exact.col(i);
    return potential;
}

VectorField rate_of_vector_potential(const PotentialInterpolant& interpolant,
                                     const RigidTransform& head_from_coil, double didt,
                                     const Eigen::Ref<const Points>& points) {
    const VectorField per_ampere =
        interpolant.vector_potential(head_from_coil.inverse().apply_to_points(points));
    return didt * head_from_coil.apply_to_vectors(per_ampere);
}

} // namespace corticoil::coils
