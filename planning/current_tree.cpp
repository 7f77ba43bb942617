#include "planning/current_tree.h"

#include "coils/potential_kernels.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace corticoil::planning {

namespace {

/// Points along each axis at which a far box's elements are gathered: with `opening` the error bound of the
/// header, measured (tests/planning/test_current_tree.cpp).
constexpr int n_chebyshev = 4;
constexpr int n_proxies = n_chebyshev * n_chebyshev * n_chebyshev;
/// A box is far from a group of points if its radius is at most this share of their distance.
constexpr double opening = 0.5;
/// A box of fewer sources than proxies is summed as it is; points that go through the tree together fill
/// vectors.
constexpr int most_in_leaf = 128;
constexpr int most_in_group = 64;

constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);

/// A box of a tree over points: those from `first` to `last` in the tree's order.
struct Box {
    Eigen::AlignedBox3d bounds;
    int first;
    int last;
    std::array<int, 2> children{-1, -1};
    [[nodiscard]] bool is_leaf() const { return children[0] < 0; }
    [[nodiscard]] double radius() const { return bounds.diagonal().norm() / 2; }
};

/// Boxes halved along their longest side until few points are left; parents before their children.
struct BoxTree {
    BoxTree(const Points& points, int most_in_box) : order(static_cast<std::size_t>(points.cols())) {
        std::iota(order.begin(), order.end(), 0);
        if (points.cols() > 0) add_box(points, 0, static_cast<int>(points.cols()), most_in_box);
    }

    int add_box(const Points& points, int first, int last, int most_in_box) {
        const auto number = static_cast<int>(boxes.size());
        Eigen::AlignedBox3d bounds;
        for (int i = first; i < last; ++i) bounds.extend(points.col(order[static_cast<std::size_t>(i)]));
        boxes.push_back({.bounds = bounds, .first = first, .last = last});
        Eigen::Index axis = 0;
        const double length = bounds.diagonal().maxCoeff(&axis);
        if (last - first <= most_in_box || !(length > 0)) return number;
        const double middle = bounds.center()[axis];
        const auto begin = order.begin() + first;
        const auto end = order.begin() + last;
        const auto split = std::stable_partition(begin, end, [&](int i) { return points(axis, i) < middle; });
        const auto cut = static_cast<int>(split - order.begin());
        if (cut == first || cut == last) return number;
        const int low = add_box(points, first, cut, most_in_box);
        const int high = add_box(points, cut, last, most_in_box);
        boxes[static_cast<std::size_t>(number)].children = {low, high};
        return number;
    }

    std::vector<int> order;
    std::vector<Box> boxes;
};

/// Positions and moments in single precision, as the kernel takes them.
struct SourceArrays {
    std::vector<float> x, y, z, moments;
};

using ChebyshevValues = std::array<double, n_chebyshev>;

/// Chebyshev points of the first kind on [−1, 1].
ChebyshevValues chebyshev_points() {
    ChebyshevValues points{};
    for (int k = 0; k < n_chebyshev; ++k)
        points[static_cast<std::size_t>(k)] = std::cos(pi * (2 * k + 1) / (2 * n_chebyshev));
    return points;
}

/// Lagrange's polynomials through them at a place of [−1, 1].
ChebyshevValues lagrange_values(const ChebyshevValues& points, double place) {
    ChebyshevValues values{};
    for (std::size_t k = 0; k < n_chebyshev; ++k) {
        values[k] = 1;
        for (std::size_t i = 0; i < n_chebyshev; ++i)
            if (i != k) values[k] *= (place - points[i]) / (points[k] - points[i]);
    }
    return values;
}

/// A box's half sides, none of them zero.
Vector3 half_sides(const Box& box) {
    constexpr double smallest = 1e-9;
    return (box.bounds.sizes() / 2).cwiseMax(smallest);
}

} // namespace

struct CurrentTree::Implementation {
    explicit Implementation(Points given) : positions(std::move(given)), tree(positions, most_in_leaf) {}

    Points positions;
    BoxTree tree;
    ChebyshevValues chebyshev = chebyshev_points();

    /// The elements of up to most_dipole_sets sets from `first_set` on, sorted, and those of all boxes'
    /// proxies.
    struct Sources {
        std::size_t n_sets;
        SourceArrays elements;
        SourceArrays proxies;
    };
    [[nodiscard]] Sources gather(const Eigen::MatrixXd& elements, Eigen::Index first_set,
                                 std::size_t n_sets) const;
    void place_proxies(Sources& sources, std::size_t box) const;
    void gather_box(Sources& sources, std::size_t box) const;
    void add_field(const Sources& sources, const Box& group, const coils::KernelPoints& points, float* field,
                   std::size_t stride) const;
};

void CurrentTree::Implementation::place_proxies(Sources& sources, std::size_t box) const {
    const Vector3 centre = tree.boxes[box].bounds.center();
    const Vector3 half = half_sides(tree.boxes[box]);
    for (std::size_t k = 0; k < n_proxies; ++k) {
        const std::size_t place = box * n_proxies + k;
        sources.proxies.x[place] =
            static_cast<float>(centre.x() + half.x() * chebyshev[k / (n_chebyshev * n_chebyshev)]);
        sources.proxies.y[place] =
            static_cast<float>(centre.y() + half.y() * chebyshev[k / n_chebyshev % n_chebyshev]);
        sources.proxies.z[place] = static_cast<float>(centre.z() + half.z() * chebyshev[k % n_chebyshev]);
    }
}

/// Moments of a leaf's elements, or of its children's proxies, at its own proxies: c'_k = Σ_j L_k(x_j) c_j.
void CurrentTree::Implementation::gather_box(Sources& sources, std::size_t number) const {
    const Box& box = tree.boxes[number];
    const Vector3 centre = box.bounds.center();
    const Vector3 half = half_sides(box);
    const std::size_t n_rows = 3 * sources.n_sets;
    std::array<std::array<float, n_proxies>, 3 * coils::most_dipole_sets> sums{};
    const auto add = [&](const SourceArrays& from, std::size_t first, std::size_t last) {
        for (std::size_t j = first; j < last; ++j) {
            const ChebyshevValues lx =
                lagrange_values(chebyshev, (double{from.x[j]} - centre.x()) / half.x());
            const ChebyshevValues ly =
                lagrange_values(chebyshev, (double{from.y[j]} - centre.y()) / half.y());
            const ChebyshevValues lz =
                lagrange_values(chebyshev, (double{from.z[j]} - centre.z()) / half.z());
            std::array<float, n_proxies> weights;
            for (std::size_t k = 0; k < n_proxies; ++k) {
                weights[k] = static_cast<float>(lx[k / (n_chebyshev * n_chebyshev)] *
                                                ly[k / n_chebyshev % n_chebyshev] * lz[k % n_chebyshev]);
            }
            for (std::size_t row = 0; row < n_rows; ++row) {
                const float element = from.moments[j * n_rows + row];
                for (std::size_t k = 0; k < n_proxies; ++k) sums[row][k] += weights[k] * element;
            }
        }
    };
    if (box.is_leaf()) {
        add(sources.elements, static_cast<std::size_t>(box.first), static_cast<std::size_t>(box.last));
    } else {
        for (const int child : box.children) {
            const auto first = static_cast<std::size_t>(child) * n_proxies;
            add(sources.proxies, first, first + n_proxies);
        }
    }
    for (std::size_t k = 0; k < n_proxies; ++k) {
        for (std::size_t row = 0; row < n_rows; ++row)
            sources.proxies.moments[(number * n_proxies + k) * n_rows + row] = sums[row][k];
    }
}

CurrentTree::Implementation::Sources CurrentTree::Implementation::gather(const Eigen::MatrixXd& elements,
                                                                         Eigen::Index first_set,
                                                                         std::size_t n_sets) const {
    const auto n = static_cast<std::size_t>(positions.cols());
    const std::size_t n_rows = 3 * n_sets;
    Sources sources{n_sets, {}, {}};
    const auto resize = [&](SourceArrays& arrays, std::size_t size) {
        for (std::vector<float>* values : {&arrays.x, &arrays.y, &arrays.z}) values->resize(size);
        arrays.moments.resize(n_rows * size);
    };
    resize(sources.elements, n);
    resize(sources.proxies, n_proxies * tree.boxes.size());
#pragma omp parallel for schedule(static)
    for (std::size_t j = 0; j < n; ++j) {
        const int from = tree.order[j];
        sources.elements.x[j] = static_cast<float>(positions(0, from));
        sources.elements.y[j] = static_cast<float>(positions(1, from));
        sources.elements.z[j] = static_cast<float>(positions(2, from));
        for (std::size_t row = 0; row < n_rows; ++row) {
            sources.elements.moments[j * n_rows + row] = static_cast<float>(
                mu0_over_4pi * elements(3 * first_set + static_cast<Eigen::Index>(row), from));
        }
    }
    const auto n_boxes = static_cast<std::ptrdiff_t>(tree.boxes.size());
#pragma omp parallel for schedule(static)
    for (std::ptrdiff_t box = 0; box < n_boxes; ++box) place_proxies(sources, static_cast<std::size_t>(box));
#pragma omp parallel for schedule(dynamic, 16)
    for (std::ptrdiff_t box = 0; box < n_boxes; ++box) {
        if (tree.boxes[static_cast<std::size_t>(box)].is_leaf())
            gather_box(sources, static_cast<std::size_t>(box));
    }
    // Parents come before their children.
    for (std::ptrdiff_t box = n_boxes - 1; box >= 0; --box) {
        if (!tree.boxes[static_cast<std::size_t>(box)].is_leaf())
            gather_box(sources, static_cast<std::size_t>(box));
    }
    return sources;
}

void CurrentTree::Implementation::add_field(const Sources& sources, const Box& group,
                                            const coils::KernelPoints& points, float* field,
                                            std::size_t stride) const {
    const coils::PotentialKernels& kernels = coils::potential_kernels();
    const std::size_t n_rows = 3 * sources.n_sets;
    const auto add = [&](const SourceArrays& from, std::size_t first, std::size_t n) {
        kernels.add_dipole_sets({from.x.data() + first, from.y.data() + first, from.z.data() + first,
                                 from.moments.data() + n_rows * first, n, sources.n_sets},
                                points, field, stride);
    };
    std::vector<int> waiting{0};
    while (!waiting.empty()) {
        const auto number = static_cast<std::size_t>(waiting.back());
        waiting.pop_back();
        const Box& box = tree.boxes[number];
        const auto n_here = static_cast<std::size_t>(box.last - box.first);
        const double distance = (box.bounds.center() - group.bounds.center()).norm() - group.radius();
        const bool is_far = box.radius() <= opening * distance;
        if (is_far && n_here > n_proxies) {
            add(sources.proxies, number * n_proxies, n_proxies);
        } else if (is_far || box.is_leaf()) {
            add(sources.elements, static_cast<std::size_t>(box.first), n_here);
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
    const Eigen::Index n_sets = elements.rows() / 3;
    for (Eigen::Index first_set = 0; first_set < n_sets; first_set += coils::most_dipole_sets) {
        const auto n_here = std::min(coils::most_dipole_sets, static_cast<std::size_t>(n_sets - first_set));
        const Implementation::Sources sources = own.gather(elements, first_set, n_here);
#pragma omp parallel for schedule(dynamic)
        for (std::size_t g = 0; g < groups.boxes.size(); ++g) {
            const Box& group = groups.boxes[g];
            if (!group.is_leaf()) continue;
            const auto n = static_cast<std::size_t>(group.last - group.first);
            std::vector<float> place(3 * n);
            std::vector<float> values(3 * n_here * n, 0.0F);
            for (std::size_t i = 0; i < n; ++i) {
                const int point = groups.order[static_cast<std::size_t>(group.first) + i];
                for (std::size_t axis = 0; axis < 3; ++axis)
                    place[axis * n + i] = static_cast<float>(points(static_cast<Eigen::Index>(axis), point));
            }
            own.add_field(sources, group, {place.data(), place.data() + n, place.data() + 2 * n, n},
                          values.data(), n);
            for (std::size_t i = 0; i < n; ++i) {
                const int point = groups.order[static_cast<std::size_t>(group.first) + i];
                for (std::size_t row = 0; row < 3 * n_here; ++row)
                    field(3 * first_set + static_cast<Eigen::Index>(row), point) = values[row * n + i];
            }
        }
    }
    return field;
}

} // namespace corticoil::planning
