#include "planning/current_tree.h"

#include "coils/potential_kernels.h"
#include "core/constants.h"
#include "core/error.h"
#include "planning/box_tree.h"
#include "planning/proxy_moments.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace corticoil::planning {

namespace {

/// Up to which share of its distance a box's radius is far: with n_chebyshev the error bound of the header,
/// by measurement (tests/planning/test_current_tree.cpp).
constexpr double opening = 0.5;
/// About twice as many sources as proxies: halved, they would hardly be worth gathering. Points that go
/// through the tree together fill the kernel's vectors.
constexpr int most_in_leaf = 2 * static_cast<int>(n_proxies);
constexpr int most_in_group = 64;

/// Three sets of elements go through the tree together: components x, y, z of the first, of the second …
constexpr std::size_t n_rows = n_moment_rows;

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

/// A box's half sides, none of them zero.
Vector3 half_sides(const Box& box) {
    constexpr double smallest = 1e-9;
    return (box.bounds.sizes() / 2).cwiseMax(smallest);
}

ProxyBox proxy_box(const Box& box) {
    const Vector3 centre = box.bounds.center();
    const Vector3 half = half_sides(box);
    ProxyBox result;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        result.centre[axis] = static_cast<float>(centre[static_cast<Eigen::Index>(axis)]);
        result.half[axis] = static_cast<float>(half[static_cast<Eigen::Index>(axis)]);
    }
    return result;
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
            const Vector3 place(chebyshev.point(k / (n_chebyshev * n_chebyshev)),
                                chebyshev.point(k / n_chebyshev % n_chebyshev),
                                chebyshev.point(k % n_chebyshev));
            proxies.set(first_proxy[b] + k, tree.boxes[b].bounds.center() + half.cwiseProduct(place));
        }
    }
}

/// Moments of a leaf's elements, or of its children's proxies, at a box's proxies: c'_k = Σ_j L_k(x_j) c_j.
void CurrentTree::Implementation::gather_box(Moments& moments, std::size_t number) const {
    const Box& box = tree.boxes[number];
    const ProxyBox place = proxy_box(box);
    ProxySums sums;
    const auto add_elements = [&](const Box& of) {
        const auto first = static_cast<std::size_t>(of.first);
        add_sources(chebyshev, place,
                    {{sources.x.data() + first, sources.y.data() + first, sources.z.data() + first},
                     moments.elements.data() + n_rows * first,
                     of.size()},
                    sums);
    };
    if (box.is_leaf()) add_elements(box);
    for (const int child : box.children) {
        if (child < 0) continue;
        const auto of = static_cast<std::size_t>(child);
        if (has_proxies(tree.boxes[of])) {
            add_proxies(chebyshev, place, proxy_box(tree.boxes[of]),
                        moments.proxies.data() + n_rows * first_proxy[of], sums);
        } else {
            add_elements(tree.boxes[of]);
        }
    }
    float* const target = moments.proxies.data() + n_rows * first_proxy[number];
    for (std::size_t k = 0; k < n_proxies; ++k) {
        for (std::size_t row = 0; row < n_rows; ++row) target[k * n_rows + row] = sums.values[row][k];
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
