#include "coils/sampled_potential.h"

#include "coils/plausible.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace corticoil::coils {

namespace {

/// Points this far outside, in voxels, are rounding.
constexpr double edge_tolerance = 1e-6;

/// Samples along one axis that a point is interpolated from, and their weights.
struct AxisWeights {
    int first = 0;
    int count = 0;
    std::array<double, 4> weight{};
};

AxisWeights axis_weights(double position, int n_samples) {
    constexpr int n_cubic = 4;
    const int before = static_cast<int>(std::floor(position));
    AxisWeights result;
    result.count = n_samples < n_cubic ? 2 : n_cubic;
    result.first = std::clamp(result.count == 2 ? before : before - 1, 0, n_samples - result.count);
    const double t = position - result.first;
    if (result.count == 2) {
        result.weight = {1 - t, t, 0, 0};
        return result;
    }
    // Lagrange's polynomials of the nodes 0, 1, 2, 3.
    result.weight = {-(t - 1) * (t - 2) * (t - 3) / 6, t * (t - 2) * (t - 3) / 2, -t * (t - 1) * (t - 3) / 2,
                     t * (t - 1) * (t - 2) / 6};
    return result;
}

bool is_inside(const SampledPotential& grid, const Vector3& voxel) {
    for (int axis = 0; axis < 3; ++axis) {
        const double last = grid.size[static_cast<std::size_t>(axis)] - 1;
        if (!(voxel[axis] >= -edge_tolerance && voxel[axis] <= last + edge_tolerance)) return false;
    }
    return true;
}

Vector3 interpolate(const SampledPotential& grid, const Vector3& voxel) {
    std::array<AxisWeights, 3> axes;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double last = grid.size[axis] - 1;
        axes[axis] =
            axis_weights(std::clamp(voxel[static_cast<Eigen::Index>(axis)], 0.0, last), grid.size[axis]);
    }
    const auto& [x, y, z] = axes;
    Vector3 sum = Vector3::Zero();
    for (int k = 0; k < z.count; ++k) {
        for (int j = 0; j < y.count; ++j) {
            const Eigen::Index row =
                (static_cast<Eigen::Index>(z.first + k) * grid.size[1] + y.first + j) * grid.size[0] +
                x.first;
            const double weight =
                z.weight[static_cast<std::size_t>(k)] * y.weight[static_cast<std::size_t>(j)];
            for (int i = 0; i < x.count; ++i)
                sum +=
                    weight * x.weight[static_cast<std::size_t>(i)] * grid.values.col(row + i).cast<double>();
        }
    }
    return sum;
}

/// A of the continuation's dipoles, or nothing nearer to one than it holds.
std::optional<Vector3> continued(const PotentialContinuation& continuation, const Vector3& point) {
    const MagneticDipoles& dipoles = continuation.dipoles;
    const double shortest_squared = continuation.shortest_distance * continuation.shortest_distance;
    Vector3 sum = Vector3::Zero();
    for (Eigen::Index i = 0; i < dipoles.positions.cols(); ++i) {
        const Vector3 difference = point - dipoles.positions.col(i);
        const double distance_squared = difference.squaredNorm();
        if (!(distance_squared >= shortest_squared)) return std::nullopt;
        const Vector3 moment = dipoles.moments.col(i);
        sum += moment.cross(difference) / (distance_squared * std::sqrt(distance_squared));
    }
    return Vector3(vacuum_permeability / (4 * pi) * sum);
}

std::string describe_extent(const SampledPotential& grid) {
    Eigen::AlignedBox3d box;
    for (int corner = 0; corner < 8; ++corner) {
        const Vector3 voxel((corner & 1) * (grid.size[0] - 1), (corner >> 1 & 1) * (grid.size[1] - 1),
                            (corner >> 2 & 1) * (grid.size[2] - 1));
        box.extend(grid.coil_from_voxel * voxel);
    }
    const Vector3 low = millimetres_per_metre * box.min();
    const Vector3 high = millimetres_per_metre * box.max();
    return fmt::format("x {:.0f} … {:.0f}, y {:.0f} … {:.0f}, z {:.0f} … {:.0f} mm", low.x(), high.x(),
                       low.y(), high.y(), low.z(), high.z());
}

[[noreturn]] void throw_outside(const Coil& coil, const SampledPotential& grid, const Vector3& point) {
    const Vector3 mm = millimetres_per_metre * point;
    if (grid.continuation) {
        throw Error(fmt::format(
            "coil {}: the point ({:.1f}, {:.1f}, {:.1f}) mm of its frame lies outside its sampled vector "
            "potential ({}) and within {:.0f} mm of the plane of the dipoles that continue it: inside the "
            "coil; move "
            "the coil away from the head",
            coil.name, mm.x(), mm.y(), mm.z(), describe_extent(grid),
            millimetres_per_metre * grid.continuation->shortest_distance));
    }
    throw Error(fmt::format("coil {}: the point ({:.1f}, {:.1f}, {:.1f}) mm of its frame lies outside its "
                            "sampled vector potential "
                            "({}), and no dipoles reproduce that to {:.0f} %, so it cannot be continued; "
                            "sample the coil on a larger "
                            "grid, or use a file with its windings or dipoles (.tcd, .ccd)",
                            coil.name, mm.x(), mm.y(), mm.z(), describe_extent(grid),
                            100 * largest_continuation_residual));
}

/// Adds a grid's A to `potential`.
void add_grid(const Coil& coil, const SampledPotential& grid, const Eigen::Ref<const Points>& points,
              VectorField& potential) {
    const Eigen::Affine3d voxel_from_coil = grid.coil_from_voxel.inverse();
    Eigen::Index first_missed = std::numeric_limits<Eigen::Index>::max();
#pragma omp parallel for schedule(static) reduction(min : first_missed)
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        const Vector3 point = points.col(i);
        const Vector3 voxel = voxel_from_coil * point;
        if (is_inside(grid, voxel)) {
            potential.col(i) += interpolate(grid, voxel);
        } else if (const std::optional<Vector3> value =
                       grid.continuation ? continued(*grid.continuation, point) : std::nullopt) {
            potential.col(i) += *value;
        } else {
            first_missed = std::min(first_missed, i);
        }
    }
    if (first_missed < points.cols()) throw_outside(coil, grid, points.col(first_missed));
}

} // namespace

VectorField potential_of_grids(const Coil& coil, const Eigen::Ref<const Points>& points) {
    VectorField potential = VectorField::Zero(3, points.cols());
    for (const SampledPotential& grid : coil.grids) add_grid(coil, grid, points, potential);
    return potential;
}

void check_sampled_potential(const SampledPotential& grid, const std::string& name) {
    constexpr double smallest_step = 1e-5; // [m] Finer samples are a wrong unit.
    constexpr double smallest_volume =
        1e-3;                              // Of a voxel beside that of a box with its edges: collapsed axes.
    constexpr float largest_potential = 1; // [T·m/A], a thousand times that of any coil
    double n = 1;
    for (const int length : grid.size) {
        if (length < 2)
            throw Error(fmt::format("{}: {} samples along an axis of its grid; A between samples needs two",
                                    name, length));
        n *= length;
    }
    if (static_cast<double>(grid.values.cols()) != n)
        throw Error(fmt::format("{}: {} samples of A on a grid of {}×{}×{}", name, grid.values.cols(),
                                grid.size[0], grid.size[1], grid.size[2]));
    const Eigen::Matrix3d steps = grid.coil_from_voxel.linear();
    const Vector3 last(grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1);
    const double reach = (steps.cwiseAbs() * last + grid.coil_from_voxel.translation().cwiseAbs()).maxCoeff();
    const Vector3 lengths = steps.colwise().norm();
    if (!grid.coil_from_voxel.matrix().allFinite() || !(reach <= largest_position) ||
        !(lengths.minCoeff() >= smallest_step) ||
        !(std::abs(steps.determinant()) >= smallest_volume * lengths.prod())) {
        throw Error(
            fmt::format("{}: its affine puts samples {:.3g}, {:.3g} and {:.3g} mm apart and as far as {:.3g} "
                        "m away, or its axes coincide; set the affine from voxels to the coil's frame in "
                        "mm",
                        name, millimetres_per_metre * lengths.x(), millimetres_per_metre * lengths.y(),
                        millimetres_per_metre * lengths.z(), reach));
    }
    for (Eigen::Index i = 0; i < grid.values.cols(); ++i) {
        const Eigen::Vector3f value = grid.values.col(i);
        if (value.allFinite() && value.cwiseAbs().maxCoeff() <= largest_potential) continue;
        throw Error(fmt::format(
            "{}: A is ({:g}, {:g}, {:g}) T·m/A at voxel ({}, {}, {}); export finite values for 1 A again",
            name, value.x(), value.y(), value.z(), i % grid.size[0], i / grid.size[0] % grid.size[1],
            i / grid.size[0] / grid.size[1]));
    }
}

} // namespace corticoil::coils
