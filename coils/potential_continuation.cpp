#include "coils/dipole_fit.h"
#include "coils/primary_field.h"
#include "coils/sampled_potential.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace corticoil::coils {

namespace {

/// Samples nearer to the face than 5 mm are not fitted: they see the single turns. A micrometre is rounding.
constexpr double smallest_depth = 0.005 - 1e-6; // [m]
/// At most so many samples are fitted, and others checked; enough for three components of every dipole.
constexpr std::size_t most_fitted = 2400;
constexpr std::size_t most_checked = 20000;
constexpr std::size_t fewest_samples = 64;
constexpr double most_dipoles = 240;
constexpr double fitted_per_dipole = 4;
/// Dipoles cover the area where |A| is at least this share of its maximum.
constexpr double share_of_area = 0.2;
constexpr double smallest_spacing = 0.008; // [m] About a coil's distance from the nearest fitted samples.
/// The plane lies this many spacings behind the nearest samples: the lattice shows through by exp(−2π d/h),
/// and sources lie before the plane or not far behind it.
constexpr double depth_in_spacings = 2;
/// Nearer to a dipole than this many spacings lies the coil itself: the plane of the face, less a little.
constexpr double shortest_in_spacings = 1.3;
/// Tikhonov's: of the mean diagonal of the normal matrix. Above what rounding in it and in single-precision
/// samples leaves.
constexpr double regularisation = 1e-10;

struct Sample {
    Vector3 position;
    Vector3 potential; ///< [T·m/A]
};

Sample sample_at(const SampledPotential& grid, Eigen::Index n) {
    const Vector3 voxel(static_cast<double>(n % grid.size[0]),
                        static_cast<double>(n / grid.size[0] % grid.size[1]),
                        static_cast<double>(n / grid.size[0] / grid.size[1]));
    return {grid.coil_from_voxel * voxel, grid.values.col(n).cast<double>()};
}

/// The samples to fit to and to check against, and where |A| is large.
struct Samples {
    std::vector<Sample> fitted;
    std::vector<Sample> checked;
    Eigen::AlignedBox2d area;
    double smallest_z = 0;
};

/// A number from 0 to 1 that looks random but depends on n alone (splitmix64), so that the choice of samples
/// does not fall into step with the grid's rows.
double scattered(std::uint64_t n) {
    std::uint64_t x = n + 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return static_cast<double>(x ^ (x >> 31U)) * 0x1p-64;
}

/// Of the samples with z > 5 mm, those where |A| is not negligible, thinned out.
Samples choose_samples(const SampledPotential& grid) {
    constexpr double share_of_samples = 0.01; // Of the largest |A|: the coil's neighbourhood.
    const Eigen::Index n = grid.values.cols();
    double largest = 0;
    for (Eigen::Index i = 0; i < n; ++i) {
        const Sample sample = sample_at(grid, i);
        if (sample.position.z() > smallest_depth) largest = std::max(largest, sample.potential.norm());
    }
    Samples samples;
    double n_near = 0;
    samples.smallest_z = std::numeric_limits<double>::infinity();
    const auto for_each_near = [&](auto take) {
        for (Eigen::Index i = 0; i < n; ++i) {
            const Sample sample = sample_at(grid, i);
            const double magnitude = sample.potential.norm();
            if (sample.position.z() > smallest_depth && magnitude > share_of_samples * largest)
                take(i, sample, magnitude);
        }
    };
    for_each_near([&](Eigen::Index, const Sample& sample, double magnitude) {
        ++n_near;
        samples.smallest_z = std::min(samples.smallest_z, sample.position.z());
        if (magnitude > share_of_area * largest) samples.area.extend(sample.position.head<2>());
    });
    const double fitted_share = std::min(0.75, static_cast<double>(most_fitted) / n_near);
    const double checked_share = std::min(1.0, fitted_share + static_cast<double>(most_checked) / n_near);
    for_each_near([&](Eigen::Index i, const Sample& sample, double) {
        const double number = scattered(static_cast<std::uint64_t>(i));
        if (number < fitted_share) {
            samples.fitted.push_back(sample);
        } else if (number < checked_share) {
            samples.checked.push_back(sample);
        }
    });
    return samples;
}

/// A square lattice over the area, as fine as the number of samples lets it be.
Points lattice(const Samples& samples, double& spacing) {
    const double most =
        std::min(most_dipoles, static_cast<double>(samples.fitted.size()) / fitted_per_dipole);
    const Eigen::Vector2d extent = samples.area.sizes();
    const auto count = [&](double edge, double step) { return std::floor(edge / step) + 1; };
    spacing = smallest_spacing;
    constexpr double growth = 1.02;
    while (count(extent.x(), spacing) * count(extent.y(), spacing) > most) spacing *= growth;
    const auto nx = static_cast<Eigen::Index>(count(extent.x(), spacing));
    const auto ny = static_cast<Eigen::Index>(count(extent.y(), spacing));
    const Eigen::Vector2d centre = samples.area.center();
    const double z = samples.smallest_z - depth_in_spacings * spacing;
    Points positions(3, nx * ny);
    for (Eigen::Index i = 0; i < nx * ny; ++i) {
        positions.col(i) = Vector3(
            centre.x() + spacing * (static_cast<double>(i % nx) - 0.5 * static_cast<double>(nx - 1)),
            centre.y() + spacing * (static_cast<double>(i / nx) - 0.5 * static_cast<double>(ny - 1)), z);
    }
    return positions;
}

/// All positions, and all potentials [T·m/A].
std::pair<Points, VectorField> columns_of(const std::vector<Sample>& samples) {
    std::pair<Points, VectorField> columns{Points(3, samples.size()), VectorField(3, samples.size())};
    for (std::size_t i = 0; i < samples.size(); ++i) {
        columns.first.col(static_cast<Eigen::Index>(i)) = samples[i].position;
        columns.second.col(static_cast<Eigen::Index>(i)) = samples[i].potential;
    }
    return columns;
}

double relative_residual(const std::vector<Sample>& checked, const MagneticDipoles& dipoles) {
    const auto [positions, potential] = columns_of(checked);
    Coil coil;
    coil.dipoles = dipoles;
    return (vector_potential(coil, positions) - potential).norm() / potential.norm();
}

} // namespace

std::optional<PotentialContinuation> fit_continuation(const SampledPotential& grid) {
    const Samples samples = choose_samples(grid);
    if (samples.fitted.size() < fewest_samples || samples.checked.empty()) return std::nullopt;
    double spacing = 0;
    PotentialContinuation continuation;
    continuation.dipoles.positions = lattice(samples, spacing);
    const auto [positions, potential] = columns_of(samples.fitted);
    const std::optional<VectorField> moments =
        fit_moments(positions, potential, continuation.dipoles.positions, regularisation);
    if (!moments) return std::nullopt;
    continuation.dipoles.moments = *moments;
    continuation.shortest_distance = shortest_in_spacings * spacing;
    continuation.relative_residual = relative_residual(samples.checked, continuation.dipoles);
    if (!(continuation.relative_residual <= largest_continuation_residual)) return std::nullopt;
    return continuation;
}

} // namespace corticoil::coils
