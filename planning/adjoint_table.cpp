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

/// Cubic Lagrange weights of the nodes −1, 0, 1, 2 at t in [0, 1].
inline void cubic_weights(float t, float* weights) {
    const float before = t + 1;
    const float after = t - 1;
    const float far = t - 2;
    weights[0] = -t * after * far / 6;
    weights[1] = before * after * far / 2;
    weights[2] = -before * t * far / 2;
    weights[3] = before * t * after / 6;
}

/// A dipole on the grid: the first of its 4×4×4 nodes, its place in the cell, its moment in the head frame.
struct GridDipole {
    std::ptrdiff_t first_line;
    std::array<float, 3> place;
    std::array<float, 3> moment;
};

/// Adds Σ m·B of dipoles, component by component, to `sums` (n_lines lines). `mask`: per component, n_lines
/// lines that are 1 where that component's values lie.
template <int n_lines>
[[gnu::always_inline]] inline void add_dipoles(const Line* nodes, const GridShape& shape,
                                               const GridDipole* dipoles, std::size_t n_dipoles,
                                               const Line* mask, Line* sums) {
    typedef float Lanes __attribute__((vector_size(64))); // NOLINT: `using` loses the attribute.
    const auto* const masks = reinterpret_cast<const Lanes*>(mask);
    auto* const totals = reinterpret_cast<Lanes*>(sums);
    for (std::size_t d = 0; d < n_dipoles; ++d) {
        const GridDipole& dipole = dipoles[d];
        float wx[4];
        float wy[4];
        float wz[4];
        cubic_weights(dipole.place[0], wx);
        cubic_weights(dipole.place[1], wy);
        cubic_weights(dipole.place[2], wz);
        const auto* const first = reinterpret_cast<const Lanes*>(nodes + dipole.first_line);
        Lanes field[n_lines] = {};
        for (int k = 0; k < 4; ++k) {
            for (int j = 0; j < 4; ++j) {
                const Lanes* const row = first + k * shape.step[2] + j * shape.step[1];
                const float w = wz[k] * wy[j];
                for (int l = 0; l < n_lines; ++l) {
                    field[l] += w * (wx[0] * row[l] + wx[1] * row[n_lines + l] +
                                     wx[2] * row[2 * n_lines + l] + wx[3] * row[3 * n_lines + l]);
                }
            }
        }
        for (int l = 0; l < n_lines; ++l) {
            totals[l] += field[l] * (dipole.moment[0] * masks[l] + dipole.moment[1] * masks[n_lines + l] +
                                     dipole.moment[2] * masks[2 * n_lines + l]);
        }
    }
}

CORTICOIL_VECTOR_CLONES
void add_dipoles_of_one_line(const Line* nodes, const GridShape& shape, const GridDipole* dipoles,
                             std::size_t n_dipoles, const Line* mask, Line* sums) {
    add_dipoles<1>(nodes, shape, dipoles, n_dipoles, mask, sums);
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
    bool place(const TableDipoles& dipoles, const RigidTransform& head_from_coil, int first, int n,
               GridDipole* placed) const;
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

bool AdjointTable::Implementation::place(const TableDipoles& dipoles, const RigidTransform& head_from_coil,
                                         int first, int n, GridDipole* placed) const {
    const auto scale = static_cast<float>(1 / spacing);
    const Eigen::Matrix3f rotation = head_from_coil.rotation().cast<float>();
    const Eigen::Vector3f shift = ((head_from_coil.translation() - origin) / spacing).cast<float>();
    for (int d = 0; d < n; ++d) {
        const auto i = static_cast<std::size_t>(first + d);
        std::array<std::ptrdiff_t, 3> cell{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto row = static_cast<Eigen::Index>(axis);
            const float r0 = rotation(row, 0);
            const float r1 = rotation(row, 1);
            const float r2 = rotation(row, 2);
            const float at = scale * (r0 * dipoles.x[i] + r1 * dipoles.y[i] + r2 * dipoles.z[i]) + shift[row];
            if (!(at >= 1.0F && at < static_cast<float>(shape.size[axis] - 2))) return false;
            cell[axis] = static_cast<std::ptrdiff_t>(at);
            placed[d].place[axis] = at - static_cast<float>(cell[axis]);
            placed[d].moment[axis] = r0 * dipoles.mx[i] + r1 * dipoles.my[i] + r2 * dipoles.mz[i];
        }
        const std::ptrdiff_t lowest = cell[0] + cell[1] * shape.step[1] + cell[2] * shape.step[2];
        if (holds[static_cast<std::size_t>(lowest)] == 0) return false;
        placed[d].first_line = lowest - 1 - shape.step[1] - shape.step[2];
    }
    return true;
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
    constexpr int most_at_once = 64;
    std::array<GridDipole, most_at_once> placed; // NOLINT: filled by place().
    std::fill(values.begin(), values.end(), 0.0F);
    for (int first = 0; first < dipoles.size(); first += most_at_once) {
        const int n = std::min(most_at_once, dipoles.size() - first);
        if (!own.place(dipoles, head_from_coil, first, n, placed.data())) return false;
        for (std::size_t g = 0; g < own.groups.size(); ++g) {
            const int n_here = own.n_in_group(g);
            std::array<Line, 3> mask{};
            for (int axis = 0; axis < 3; ++axis) {
                std::fill_n(mask[static_cast<std::size_t>(axis)].values.begin() + axis * n_here, n_here,
                            1.0F);
            }
            Line sums;
            add_dipoles_of_one_line(own.groups[g].data(), own.shape, placed.data(),
                                    static_cast<std::size_t>(n), mask.data(), &sums);
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

} // namespace corticoil::planning
