#include "planning/adjoint_table.h"

#include "coils/vector_clones.h"
#include "core/describe_point.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>

namespace corticoil::planning {

namespace {

/// Values at a node fill whole cache lines: the components of B one after the other, all functionals each.
constexpr int lanes = 16;
struct alignas(64) Line {
    std::array<float, lanes> values{};
};

/// Nodes along each axis, and steps in lines between neighbours.
struct GridShape {
    std::array<int, 3> size{};
    std::array<std::ptrdiff_t, 3> step{};
};

/// Dipoles that are looked up together, by components so that the loops over them are vectors.
constexpr std::size_t most_at_once = 64;
using Values = std::array<float, most_at_once>;
struct GridDipoles {
    std::size_t n = 0;
    std::array<Values, 3> moment;                 ///< In the head frame.
    std::array<std::array<Values, 4>, 3> weights; ///< Of the four nodes along each axis.
    std::array<std::int32_t, most_at_once> cell;  ///< Number of the cell's lowest node.
    bool are_in_grid = true;
};

/// The way from coil to grid, in single precision.
struct GridPose {
    std::array<std::array<float, 3>, 3> rotation; ///< Rows.
    std::array<float, 3> shift;                   ///< In steps of the grid.
    float steps_per_metre;
};

/// Dipoles by components, from one on.
struct DipoleArrays {
    std::array<const float*, 3> position;
    std::array<const float*, 3> moment;
    std::size_t n;
};

/// Places dipoles on the grid: cubic Lagrange weights of the nodes −1, 0, 1, 2 around the cell [0, 1] that
/// each is in.
CORTICOIL_VECTOR_CLONES
void place_dipoles(const DipoleArrays& dipoles, const GridPose& pose, const GridShape& shape,
                   GridDipoles& placed) {
    // Copies of a fixed length: without them the compiler sees no vectors, as anything could overlap.
    std::array<std::array<Values, 3>, 2> given{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        std::copy_n(dipoles.position[axis], dipoles.n, given[0][axis].begin());
        std::copy_n(dipoles.moment[axis], dipoles.n, given[1][axis].begin());
    }
    placed.n = dipoles.n;
    placed.cell = {};
    Values is_outside{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const std::array<float, 3> row = pose.rotation[axis];
        const float shift = pose.shift[axis];
        const float steps = pose.steps_per_metre;
        const auto end = static_cast<float>(shape.size[axis] - 2);
        const auto step = static_cast<std::int32_t>(shape.step[axis]);
        Values place;
        for (std::size_t d = 0; d < most_at_once; ++d) {
            placed.moment[axis][d] =
                row[0] * given[1][0][d] + row[1] * given[1][1][d] + row[2] * given[1][2][d];
            const float at =
                steps * (row[0] * given[0][0][d] + row[1] * given[0][1][d] + row[2] * given[0][2][d]) + shift;
            const bool is_in = at >= 1.0F && at < end;
            is_outside[d] += is_in ? 0.0F : 1.0F;
            place[d] = is_in ? at : 1.0F;
        }
        for (std::size_t d = 0; d < most_at_once; ++d) {
            const auto lowest = static_cast<std::int32_t>(place[d]);
            placed.cell[d] += lowest * step;
            place[d] -= static_cast<float>(lowest);
        }
        std::array<Values, 4>& weights = placed.weights[axis];
        for (std::size_t d = 0; d < most_at_once; ++d) {
            const float t = place[d];
            const float before = t + 1;
            const float after = t - 1;
            const float far = t - 2;
            weights[0][d] = t * after * far * (-1.0F / 6);
            weights[1][d] = before * after * far * 0.5F;
            weights[2][d] = before * t * far * -0.5F;
            weights[3][d] = before * t * after * (1.0F / 6);
        }
    }
    placed.are_in_grid =
        std::all_of(is_outside.begin(), is_outside.begin() + static_cast<std::ptrdiff_t>(dipoles.n),
                    [](float outside) { return outside == 0.0F; });
}

/// Adds Σ m·B of dipoles, component by component, to `sums`. `mask`: per component 1 where its values lie in
/// a line.
CORTICOIL_VECTOR_CLONES
void add_dipoles(const Line* nodes, const GridShape& shape, const GridDipoles& dipoles, const Line* mask,
                 Line* sums) {
    typedef float Lanes __attribute__((vector_size(4 * lanes))); // NOLINT: `using` loses the attribute.
    const auto* const masks = reinterpret_cast<const Lanes*>(mask);
    const auto* const all = reinterpret_cast<const Lanes*>(nodes);
    Lanes total = *reinterpret_cast<const Lanes*>(sums);
    for (std::size_t d = 0; d < dipoles.n; ++d) {
        const Lanes* const first = all + dipoles.cell[d] - 1 - shape.step[1] - shape.step[2];
        const float x0 = dipoles.weights[0][0][d];
        const float x1 = dipoles.weights[0][1][d];
        const float x2 = dipoles.weights[0][2][d];
        const float x3 = dipoles.weights[0][3][d];
        Lanes field = {};
        for (std::size_t k = 0; k < 4; ++k) {
            Lanes plane = {};
            for (std::size_t j = 0; j < 4; ++j) {
                const Lanes* const row = first + static_cast<std::ptrdiff_t>(k) * shape.step[2] +
                                         static_cast<std::ptrdiff_t>(j) * shape.step[1];
                plane += dipoles.weights[1][j][d] * (x0 * row[0] + x1 * row[1] + x2 * row[2] + x3 * row[3]);
            }
            field += dipoles.weights[2][k][d] * plane;
        }
        total += field * (dipoles.moment[0][d] * masks[0] + dipoles.moment[1][d] * masks[1] +
                          dipoles.moment[2][d] * masks[2]);
    }
    *reinterpret_cast<Lanes*>(sums) = total;
}

} // namespace

TableDipoles::TableDipoles(const coils::MagneticDipoles& dipoles) {
    for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i) {
        x.push_back(static_cast<float>(dipoles.positions(0, i)));
        y.push_back(static_cast<float>(dipoles.positions(1, i)));
        z.push_back(static_cast<float>(dipoles.positions(2, i)));
        mx.push_back(static_cast<float>(dipoles.moments(0, i)));
        my.push_back(static_cast<float>(dipoles.moments(1, i)));
        mz.push_back(static_cast<float>(dipoles.moments(2, i)));
    }
}

/// Functionals in groups whose values fill one line each: a grid per group.
struct AdjointTable::Implementation {
    static constexpr int most_in_group = lanes / 3;

    int n_functionals = 0;
    double spacing = 0;
    Vector3 origin = Vector3::Zero();
    GridShape shape;
    std::vector<std::uint8_t> holds; ///< Per cell, numbered by its lowest node: all its nodes are filled.
    std::vector<std::vector<Line>> groups; ///< Per group of functionals its nodes.
    std::vector<std::array<Line, 3>>
        masks; ///< Per group 1 where the values of B's x, of its y, of its z lie.
    std::size_t n_nodes = 0;

    [[nodiscard]] int n_in_group(std::size_t group) const {
        return std::min(most_in_group, n_functionals - static_cast<int>(group) * most_in_group);
    }
    [[nodiscard]] Vector3 node(int i, int j, int k) const { return origin + spacing * Vector3(i, j, k); }
    [[nodiscard]] std::size_t number(int i, int j, int k) const {
        return static_cast<std::size_t>(i + j * shape.step[1] + k * shape.step[2]);
    }
    [[nodiscard]] std::size_t n_all() const {
        return static_cast<std::size_t>(shape.size[0]) * static_cast<std::size_t>(shape.size[1]) *
               static_cast<std::size_t>(shape.size[2]);
    }
    void lay_out(const TableRegion& region);
    void find_cells(const TableRegion& region);
    void fill(const AdjointField& field);
    [[nodiscard]] GridPose on_grid(const RigidTransform& head_from_coil) const;
    [[nodiscard]] bool holds_all(const GridDipoles& dipoles) const;
};

void AdjointTable::Implementation::lay_out(const TableRegion& region) {
    CORTICOIL_ASSERT(spacing > 0 && !region.box.isEmpty());
    // A node more on each side than the cells need.
    origin = region.box.min().array() - spacing;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double length = region.box.sizes()[static_cast<Eigen::Index>(axis)];
        shape.size[axis] = static_cast<int>(std::ceil(length / spacing)) + 4;
    }
    shape.step = {1, shape.size[0], std::ptrdiff_t{shape.size[0]} * shape.size[1]};
}

void AdjointTable::Implementation::find_cells(const TableRegion& region) {
    holds.assign(n_all(), 0);
    std::vector<std::uint8_t> needed(n_all(), 0);
    const auto is_needed = [&](const Vector3& point) { return !region.is_needed || region.is_needed(point); };
#pragma omp parallel for schedule(dynamic)
    for (int k = 1; k < shape.size[2] - 1; ++k) {
        for (int j = 1; j < shape.size[1] - 1; ++j) {
            for (int i = 1; i < shape.size[0] - 1; ++i)
                needed[number(i, j, k)] = is_needed(node(i, j, k)) ? 1 : 0;
        }
    }
#pragma omp parallel for schedule(dynamic)
    for (int k = 1; k < shape.size[2] - 2; ++k) {
        for (int j = 1; j < shape.size[1] - 2; ++j) {
            for (int i = 1; i < shape.size[0] - 2; ++i) {
                bool any = false;
                for (int corner = 0; corner < 8; ++corner)
                    any = any || needed[number(i + corner % 2, j + corner / 2 % 2, k + corner / 4)] != 0;
                holds[number(i, j, k)] = any ? 1 : 0;
            }
        }
    }
}

void AdjointTable::Implementation::fill(const AdjointField& field) {
    std::vector<std::uint8_t> is_used(n_all(), 0);
    for (int k = 1; k < shape.size[2] - 2; ++k) {
        for (int j = 1; j < shape.size[1] - 2; ++j) {
            for (int i = 1; i < shape.size[0] - 2; ++i) {
                if (holds[number(i, j, k)] == 0) continue;
                for (int dk = -1; dk < 3; ++dk) {
                    for (int dj = -1; dj < 3; ++dj)
                        std::fill_n(is_used.begin() +
                                        static_cast<std::ptrdiff_t>(number(i - 1, j + dj, k + dk)),
                                    4, 1);
                }
            }
        }
    }
    std::vector<std::size_t> used;
    for (std::size_t n = 0; n < is_used.size(); ++n)
        if (is_used[n] != 0) used.push_back(n);
    n_nodes = used.size();
    Points points(3, static_cast<Eigen::Index>(used.size()));
    for (std::size_t n = 0; n < used.size(); ++n) {
        const auto at = static_cast<std::ptrdiff_t>(used[n]);
        points.col(static_cast<Eigen::Index>(n)) =
            node(static_cast<int>(at % shape.step[1]), static_cast<int>(at % shape.step[2] / shape.step[1]),
                 static_cast<int>(at / shape.step[2]));
    }
    const Eigen::MatrixXf values = field.magnetic_field(points);
    groups.assign(static_cast<std::size_t>((n_functionals + most_in_group - 1) / most_in_group), {});
    for (std::size_t g = 0; g < groups.size(); ++g) {
        groups[g].resize(n_all());
        const int n_here = n_in_group(g);
        masks.emplace_back();
        for (std::size_t axis = 0; axis < 3; ++axis)
            std::fill_n(masks.back()[axis].values.begin() + static_cast<std::ptrdiff_t>(axis) * n_here,
                        n_here, 1.0F);
        for (std::size_t n = 0; n < used.size(); ++n) {
            Line& line = groups[g][used[n]];
            for (int f = 0; f < n_here; ++f) {
                for (int axis = 0; axis < 3; ++axis) {
                    line.values[static_cast<std::size_t>(axis * n_here + f)] =
                        values(3 * (static_cast<Eigen::Index>(g) * most_in_group + f) + axis,
                               static_cast<Eigen::Index>(n));
                }
            }
        }
    }
}

GridPose AdjointTable::Implementation::on_grid(const RigidTransform& head_from_coil) const {
    GridPose pose{};
    pose.steps_per_metre = static_cast<float>(1 / spacing);
    const Vector3 shift = (head_from_coil.translation() - origin) / spacing;
    for (std::size_t row = 0; row < 3; ++row) {
        const auto axis = static_cast<Eigen::Index>(row);
        pose.shift[row] = static_cast<float>(shift[axis]);
        for (std::size_t column = 0; column < 3; ++column)
            pose.rotation[row][column] =
                static_cast<float>(head_from_coil.rotation()(axis, static_cast<Eigen::Index>(column)));
    }
    return pose;
}

bool AdjointTable::Implementation::holds_all(const GridDipoles& dipoles) const {
    if (!dipoles.are_in_grid) return false;
    return std::all_of(dipoles.cell.begin(), dipoles.cell.begin() + static_cast<std::ptrdiff_t>(dipoles.n),
                       [&](std::int32_t cell) { return holds[static_cast<std::size_t>(cell)] != 0; });
}

AdjointTable::AdjointTable(const AdjointField& field, const TableRegion& region,
                           const AdjointTableOptions& options)
    : implementation_(std::make_unique<Implementation>()) {
    implementation_->n_functionals = field.n_functionals();
    implementation_->spacing = options.spacing;
    implementation_->lay_out(region);
    implementation_->find_cells(region);
    report(options.progress, 0, "field of the region outside the head");
    implementation_->fill(field);
    report(options.progress, 1, "field of the region outside the head");
}

AdjointTable::~AdjointTable() = default;
AdjointTable::AdjointTable(AdjointTable&&) noexcept = default;
AdjointTable& AdjointTable::operator=(AdjointTable&&) noexcept = default;

int AdjointTable::n_functionals() const {
    return implementation_->n_functionals;
}

std::size_t AdjointTable::n_nodes() const {
    return implementation_->n_nodes;
}

bool AdjointTable::covers(const Vector3& point) const {
    const Implementation& own = *implementation_;
    const Vector3 at = (point - own.origin) / own.spacing;
    for (int axis = 0; axis < 3; ++axis) {
        if (!(at[axis] >= 1 && at[axis] < own.shape.size[static_cast<std::size_t>(axis)] - 2)) return false;
    }
    return own.holds[own.number(static_cast<int>(at.x()), static_cast<int>(at.y()),
                                static_cast<int>(at.z()))] != 0;
}

bool AdjointTable::try_values(const TableDipoles& dipoles, const RigidTransform& head_from_coil,
                              std::span<float> values) const {
    const Implementation& own = *implementation_;
    CORTICOIL_ASSERT(values.size() == static_cast<std::size_t>(own.n_functionals));
    const GridPose pose = own.on_grid(head_from_coil);
    std::fill(values.begin(), values.end(), 0.0F);
    GridDipoles placed; // NOLINT: filled by place_dipoles().
    const auto n = static_cast<std::size_t>(dipoles.size());
    for (std::size_t first = 0; first < n; first += most_at_once) {
        place_dipoles({{dipoles.x.data() + first, dipoles.y.data() + first, dipoles.z.data() + first},
                       {dipoles.mx.data() + first, dipoles.my.data() + first, dipoles.mz.data() + first},
                       std::min(most_at_once, n - first)},
                      pose, own.shape, placed);
        if (!own.holds_all(placed)) return false;
        for (std::size_t g = 0; g < own.groups.size(); ++g) {
            const int n_here = own.n_in_group(g);
            Line sums;
            add_dipoles(own.groups[g].data(), own.shape, placed, own.masks[g].data(), &sums);
            for (int l = 0; l < 3 * n_here; ++l)
                values[g * Implementation::most_in_group + static_cast<std::size_t>(l % n_here)] +=
                    sums.values[static_cast<std::size_t>(l)];
        }
    }
    return true;
}

Eigen::VectorXd AdjointTable::values(const TableDipoles& dipoles, const RigidTransform& head_from_coil,
                                     double didt) const {
    std::vector<float> result(static_cast<std::size_t>(n_functionals()));
    if (!try_values(dipoles, head_from_coil, result)) {
        for (int i = 0; i < dipoles.size(); ++i) {
            const auto at = static_cast<std::size_t>(i);
            const Vector3 point =
                head_from_coil.apply_to_point(Vector3(dipoles.x[at], dipoles.y[at], dipoles.z[at]));
            if (covers(point)) continue;
            throw Error(fmt::format("coil: a dipole at {} lies outside what the field was tabulated for",
                                    describe_point(point)));
        }
        throw Error("coil: a dipole lies at the border of what the field was tabulated for");
    }
    return didt * Eigen::Map<const Eigen::VectorXf>(result.data(), n_functionals()).cast<double>();
}

Eigen::MatrixXd values_from_currents(const AdjointField& field, const TableDipoles& dipoles,
                                     std::span<const RigidTransform> head_from_coil) {
    const auto n_poses = static_cast<Eigen::Index>(head_from_coil.size());
    Eigen::MatrixXd values = Eigen::MatrixXd::Zero(field.n_functionals(), n_poses);
    if (n_poses == 0) return values;
    const Eigen::Index n = dipoles.size();
    Points places(3, n * n_poses);
    VectorField moments(3, n * n_poses);
    for (Eigen::Index k = 0; k < n_poses; ++k) {
        const RigidTransform& pose = head_from_coil[static_cast<std::size_t>(k)];
        for (Eigen::Index i = 0; i < n; ++i) {
            const auto at = static_cast<std::size_t>(i);
            places.col(n * k + i) = pose.apply_to_point(Vector3(dipoles.x[at], dipoles.y[at], dipoles.z[at]));
            moments.col(n * k + i) =
                pose.apply_to_vector(Vector3(dipoles.mx[at], dipoles.my[at], dipoles.mz[at]));
        }
    }
    const Eigen::MatrixXf b = field.magnetic_field(places);
    for (Eigen::Index k = 0; k < n_poses; ++k) {
        for (Eigen::Index f = 0; f < field.n_functionals(); ++f) {
            const VectorField of_pose = b.block(3 * f, n * k, 3, n).cast<double>();
            values(f, k) = moments.middleCols(n * k, n).cwiseProduct(of_pose).sum();
        }
    }
    return values;
}

} // namespace corticoil::planning
