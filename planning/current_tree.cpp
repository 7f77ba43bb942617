#include "planning/current_tree.h"

#include "coils/potential_kernels.h"
#include "coils/vector_clones.h"
#include "core/constants.h"
#include "core/error.h"
#include "planning/box_tree.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace corticoil::planning {

namespace {

/// Points along each axis at which a far box's elements are gathered, and up to which share of its distance a
/// box's radius is far: together the error bound of the header, by measurement
/// (tests/planning/test_current_tree.cpp).
constexpr std::size_t n_chebyshev = 5;
constexpr double opening = 0.5;
constexpr std::size_t n_proxies = n_chebyshev * n_chebyshev * n_chebyshev;
/// About twice as many sources as proxies: halved, they would hardly be worth gathering. Points that go
/// through the tree together fill the kernel's vectors.
constexpr int most_in_leaf = 2 * static_cast<int>(n_proxies);
constexpr int most_in_group = 64;

/// Three sets of elements go through the tree together: components x, y, z of the first, of the second …
constexpr std::size_t n_sets_together = 3;
constexpr std::size_t n_rows = 3 * n_sets_together;

constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);

/// Positions in single precision.
struct PositionArrays {
    std::vector<float> x, y, z;
    void resize(std::size_t n) {
        for (std::vector<float>* values : {&x, &y, &z}) values->resize(n);
    }
    void set(std::size_t i, const Vector3& point) {
        x[i] = static_cast<float>(point.x());
        y[i] = static_cast<float>(point.y());
        z[i] = static_cast<float>(point.z());
    }
};

/// Chebyshev points of the first kind on [−1, 1], and what scales Lagrange's polynomials through them.
struct Chebyshev {
    std::array<float, n_chebyshev> points{};
    std::array<float, n_chebyshev> scales{}; ///< 1/Π_{i≠k} (x_k − x_i).

    Chebyshev() {
        std::array<double, n_chebyshev> exact{};
        for (std::size_t k = 0; k < n_chebyshev; ++k)
            exact[k] = std::cos(pi * (2 * static_cast<double>(k) + 1) / (2 * n_chebyshev));
        for (std::size_t k = 0; k < n_chebyshev; ++k) {
            double product = 1;
            for (std::size_t i = 0; i < n_chebyshev; ++i)
                if (i != k) product *= exact[k] - exact[i];
            points[k] = static_cast<float>(exact[k]);
            scales[k] = static_cast<float>(1 / product);
        }
    }
};

/// A box by its centre and 1 over its half sides.
struct ProxyBox {
    std::array<float, 3> centre{};
    std::array<float, 3> inverse_half{};
};

/// Proxies filled up to whole vectors.
constexpr std::size_t lanes = 16;
constexpr std::size_t n_padded = (n_proxies + lanes - 1) / lanes * lanes;
using ProxySums = std::array<std::array<float, n_padded>, n_rows>;

/// L_k at a place of [−1, 1].
[[gnu::always_inline]] inline void lagrange_values(const Chebyshev& chebyshev, float place, float* values) {
    for (std::size_t k = 0; k < n_chebyshev; ++k) {
        float product = chebyshev.scales[k];
        for (std::size_t i = 0; i < n_chebyshev; ++i) product *= i == k ? 1.0F : place - chebyshev.points[i];
        values[k] = product;
    }
}

/// Adds Σ_j L_k(x_j) c_j of n sources to a box's proxies: weights by batches, then a product of matrices
/// whose sums stay in registers.
CORTICOIL_VECTOR_CLONES
void add_moments(const Chebyshev& chebyshev, const ProxyBox& box, const float* const* at,
                 const float* moments, std::size_t n, ProxySums& sums) {
    typedef float Lanes __attribute__((vector_size(4 * lanes))); // NOLINT: `using` loses the attribute.
    constexpr std::size_t batch = 32;
    alignas(sizeof(Lanes)) float weights[batch][n_padded] = {};
    for (std::size_t first = 0; first < n; first += batch) {
        const std::size_t n_here = n - first < batch ? n - first : batch;
        for (std::size_t j = 0; j < n_here; ++j) {
            float l[3][n_chebyshev];
            for (std::size_t axis = 0; axis < 3; ++axis)
                lagrange_values(chebyshev, (at[axis][first + j] - box.centre[axis]) * box.inverse_half[axis],
                                l[axis]);
            for (std::size_t k = 0; k < n_proxies; ++k)
                weights[j][k] = l[0][k / (n_chebyshev * n_chebyshev)] * l[1][k / n_chebyshev % n_chebyshev] *
                                l[2][k % n_chebyshev];
        }
        for (std::size_t k = 0; k < n_padded; k += lanes) {
            Lanes total[n_rows] = {};
            for (std::size_t j = 0; j < n_here; ++j) {
                const Lanes w = *reinterpret_cast<const Lanes*>(&weights[j][k]);
                for (std::size_t row = 0; row < n_rows; ++row)
                    total[row] += moments[(first + j) * n_rows + row] * w;
            }
            for (std::size_t row = 0; row < n_rows; ++row)
                for (std::size_t lane = 0; lane < lanes; ++lane) sums[row][k + lane] += total[row][lane];
        }
    }
}

/// A box's half sides, none of them zero.
Vector3 half_sides(const Box& box) {
    constexpr double smallest = 1e-9;
    return (box.bounds.sizes() / 2).cwiseMax(smallest);
}

bool has_proxies(const Box& box) {
    return box.size() > n_proxies;
}

} // namespace

/// All that does not depend on the elements.
struct CurrentTree::Implementation {
    explicit Implementation(Points given);

    /// Moments of three sets of elements in the tree's order, and of the proxies of all boxes that have them.
    struct Moments {
        std::vector<float> elements;
        std::vector<float> proxies;
    };
    [[nodiscard]] Moments gather(const Eigen::MatrixXd& elements, Eigen::Index first_row) const;
    void gather_box(Moments& moments, std::size_t box) const;
    void add_field(const Moments& moments, const Box& group, const coils::KernelPoints& points, float* field,
                   std::size_t stride) const;

    Points positions;
    BoxTree tree;
    Chebyshev chebyshev;
    PositionArrays sources;               ///< In the tree's order.
    PositionArrays proxies;               ///< n_proxies per box that has them.
    std::vector<std::size_t> first_proxy; ///< Per box.
    std::vector<std::vector<int>> levels; ///< Boxes with proxies by their distance from the root.
};

CurrentTree::Implementation::Implementation(Points given)
    : positions(std::move(given)), tree(positions, most_in_leaf), first_proxy(tree.boxes.size(), 0) {
    sources.resize(tree.order.size());
    for (std::size_t j = 0; j < tree.order.size(); ++j) sources.set(j, positions.col(tree.order[j]));
    std::size_t n = 0;
    for (std::size_t b = 0; b < tree.boxes.size(); ++b) {
        const Box& box = tree.boxes[b];
        if (!has_proxies(box)) continue;
        first_proxy[b] = n;
        n += n_proxies;
        levels.resize(std::max(levels.size(), static_cast<std::size_t>(box.level) + 1));
        levels[static_cast<std::size_t>(box.level)].push_back(static_cast<int>(b));
    }
    proxies.resize(n);
    for (std::size_t b = 0; b < tree.boxes.size(); ++b) {
        if (!has_proxies(tree.boxes[b])) continue;
        const Vector3 half = half_sides(tree.boxes[b]);
        for (std::size_t k = 0; k < n_proxies; ++k) {
            const Vector3 place(chebyshev.points[k / (n_chebyshev * n_chebyshev)],
                                chebyshev.points[k / n_chebyshev % n_chebyshev],
                                chebyshev.points[k % n_chebyshev]);
            proxies.set(first_proxy[b] + k, tree.boxes[b].bounds.center() + half.cwiseProduct(place));
        }
    }
}

/// Moments of a leaf's elements, or of its children's proxies, at a box's proxies: c'_k = Σ_j L_k(x_j) c_j.
void CurrentTree::Implementation::gather_box(Moments& moments, std::size_t number) const {
    const Box& box = tree.boxes[number];
    const Vector3 centre = box.bounds.center();
    const Vector3 half = half_sides(box);
    ProxyBox place;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        place.centre[axis] = static_cast<float>(centre[static_cast<Eigen::Index>(axis)]);
        place.inverse_half[axis] = static_cast<float>(1 / half[static_cast<Eigen::Index>(axis)]);
    }
    ProxySums sums{};
    const auto add = [&](const PositionArrays& from, const std::vector<float>& of, std::size_t first,
                         std::size_t n) {
        const std::array<const float*, 3> at{from.x.data() + first, from.y.data() + first,
                                             from.z.data() + first};
        add_moments(chebyshev, place, at.data(), of.data() + n_rows * first, n, sums);
    };
    const auto add_elements = [&](const Box& of) {
        add(sources, moments.elements, static_cast<std::size_t>(of.first), of.size());
    };
    if (box.is_leaf()) add_elements(box);
    for (const int child : box.children) {
        if (child < 0) continue;
        const auto of = static_cast<std::size_t>(child);
        if (has_proxies(tree.boxes[of])) {
            add(proxies, moments.proxies, first_proxy[of], n_proxies);
        } else {
            add_elements(tree.boxes[of]);
        }
    }
    float* const target = moments.proxies.data() + n_rows * first_proxy[number];
    for (std::size_t k = 0; k < n_proxies; ++k) {
        for (std::size_t row = 0; row < n_rows; ++row) target[k * n_rows + row] = sums[row][k];
    }
}

CurrentTree::Implementation::Moments CurrentTree::Implementation::gather(const Eigen::MatrixXd& elements,
                                                                         Eigen::Index first_row) const {
    Moments moments;
    moments.elements.assign(n_rows * tree.order.size(), 0.0F);
    moments.proxies.resize(n_rows * proxies.x.size());
    const auto n_here = std::min(n_rows, static_cast<std::size_t>(elements.rows() - first_row));
#pragma omp parallel for schedule(static)
    for (std::size_t j = 0; j < tree.order.size(); ++j) {
        for (std::size_t row = 0; row < n_here; ++row) {
            moments.elements[j * n_rows + row] = static_cast<float>(
                mu0_over_4pi * elements(first_row + static_cast<Eigen::Index>(row), tree.order[j]));
        }
    }
    for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
#pragma omp parallel for schedule(dynamic, 4)
        for (std::size_t b = 0; b < level->size(); ++b)
            gather_box(moments, static_cast<std::size_t>((*level)[b]));
    }
    return moments;
}

void CurrentTree::Implementation::add_field(const Moments& moments, const Box& group,
                                            const coils::KernelPoints& points, float* field,
                                            std::size_t stride) const {
    const coils::PotentialKernels& kernels = coils::potential_kernels();
    const auto add = [&](const PositionArrays& from, const std::vector<float>& of, std::size_t first,
                         std::size_t n) {
        kernels.add_dipole_triples({from.x.data() + first, from.y.data() + first, from.z.data() + first,
                                    of.data() + n_rows * first, n},
                                   points, field, stride);
    };
    std::vector<int> waiting{0};
    while (!waiting.empty()) {
        const auto number = static_cast<std::size_t>(waiting.back());
        waiting.pop_back();
        const Box& box = tree.boxes[number];
        const double distance = (box.bounds.center() - group.bounds.center()).norm() - group.radius();
        if (has_proxies(box) && box.radius() <= opening * distance) {
            add(proxies, moments.proxies, first_proxy[number], n_proxies);
        } else if (!has_proxies(box) || box.is_leaf()) {
            add(sources, moments.elements, static_cast<std::size_t>(box.first), box.size());
        } else {
            waiting.insert(waiting.end(), {box.children[1], box.children[0]});
        }
    }
}

CurrentTree::CurrentTree(Points positions)
    : implementation_(std::make_unique<Implementation>(std::move(positions))) {}
CurrentTree::~CurrentTree() = default;
CurrentTree::CurrentTree(CurrentTree&&) noexcept = default;
CurrentTree& CurrentTree::operator=(CurrentTree&&) noexcept = default;

const Points& CurrentTree::positions() const {
    return implementation_->positions;
}

Eigen::MatrixXf CurrentTree::magnetic_field(const Eigen::MatrixXd& elements, const Points& points) const {
    const Implementation& own = *implementation_;
    CORTICOIL_ASSERT(elements.cols() == own.positions.cols() && elements.rows() % 3 == 0);
    Eigen::MatrixXf field = Eigen::MatrixXf::Zero(elements.rows(), points.cols());
    if (own.positions.cols() == 0) return field;
    const BoxTree groups(points, most_in_group);
    for (Eigen::Index first_row = 0; first_row < elements.rows(); first_row += Eigen::Index{n_rows}) {
        const Implementation::Moments moments = own.gather(elements, first_row);
        const Eigen::Index n_here = std::min(Eigen::Index{n_rows}, elements.rows() - first_row);
#pragma omp parallel for schedule(dynamic)
        for (std::size_t g = 0; g < groups.boxes.size(); ++g) {
            const Box& group = groups.boxes[g];
            if (!group.is_leaf()) continue;
            PositionArrays at;
            at.resize(group.size());
            for (std::size_t i = 0; i < group.size(); ++i)
                at.set(i, points.col(groups.order[static_cast<std::size_t>(group.first) + i]));
            Eigen::MatrixXf values = Eigen::MatrixXf::Zero(static_cast<Eigen::Index>(group.size()), n_rows);
            own.add_field(moments, group, {at.x.data(), at.y.data(), at.z.data(), group.size()},
                          values.data(), group.size());
            for (Eigen::Index i = 0; i < values.rows(); ++i) {
                field.col(groups.order[static_cast<std::size_t>(group.first + i)])
                    .segment(first_row, n_here) = values.row(i).head(n_here).transpose();
            }
        }
    }
    return field;
}

} // namespace corticoil::planning
