#include "imaging/local_correlation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace corticoil::imaging {

namespace {

/// Sums over a box: number of voxels, both images, their squares and their product.
enum Sum { n_in, f, m, ff, mm, fm, n_sums };
using Sums = std::array<double, n_sums>;

/// Calls `put(i, sums)` for each of `n` places in a row with the sums of `get(place)` over ±radius of it.
template <typename Get, typename Put>
void box_along(int n, int radius, Get get, Put put) {
    for (int i = 0; i < n; ++i) {
        Sums sums{};
        for (int at = std::max(0, i - radius); at <= std::min(n - 1, i + radius); ++at) {
            const Sums& term = get(at);
            for (std::size_t s = 0; s < n_sums; ++s) sums[s] += term[s];
        }
        put(i, sums);
    }
}

class Correlator {
  public:
    Correlator(const CorrelatedImages& images, int radius)
        : images_(images), radius_(radius), nx_(images.size[0]), ny_(images.size[1]), nz_(images.size[2]),
          sums_(images.fixed.size()), sum_of_slice_(static_cast<std::size_t>(nz_), 0.0),
          n_of_slice_(static_cast<std::size_t>(nz_), 0.0) {
        result_.force.assign(3 * images.fixed.size(), 0.0);
        find_noise();
    }

    CorrelationForce run(const ForEachSlice& for_each_slice) {
        for_each_slice(nz_, [this](int k) { sum_in_plane(k); });
        for_each_slice(nz_, [this](int k) { force_in_plane(k); });
        double sum = 0;
        double n = 0;
        for (std::size_t k = 0; k < sum_of_slice_.size(); ++k) {
            sum += sum_of_slice_[k];
            n += n_of_slice_[k];
        }
        result_.mean = n > 0 ? sum / n : 0;
        return std::move(result_);
    }

  private:
    [[nodiscard]] std::size_t index(int i, int j, int k) const {
        return static_cast<std::size_t>(i) +
               static_cast<std::size_t>(nx_) * (static_cast<std::size_t>(j) +
                                                static_cast<std::size_t>(ny_) * static_cast<std::size_t>(k));
    }

    /// The variance below which an image counts as flat: a fraction of that over the whole mask.
    void find_noise() {
        const auto variance = [&](std::span<const float> image) {
            double n = 0;
            double sum = 0;
            double squares = 0;
            for (std::size_t at = 0; at < image.size(); ++at) {
                if (images_.mask[at] == 0) continue;
                n += 1;
                sum += image[at];
                squares += static_cast<double>(image[at]) * image[at];
            }
            return n > 0 ? std::max(0.0, squares / n - sum / n * sum / n) : 0.0;
        };
        constexpr double noise = 0.01; // Standard deviation over that of the head; MRI has less.
        flat_fixed_ = noise * noise * variance(images_.fixed);
        flat_moving_ = noise * noise * variance(images_.moving);
    }

    void sum_in_plane(int k) {
        std::vector<Sums> plane(static_cast<std::size_t>(nx_) * static_cast<std::size_t>(ny_));
        std::vector<Sums> row(static_cast<std::size_t>(nx_));
        for (int j = 0; j < ny_; ++j) {
            for (int i = 0; i < nx_; ++i) {
                const std::size_t n = index(i, j, k);
                if (images_.mask[n] == 0) {
                    row[static_cast<std::size_t>(i)] = Sums{};
                    continue;
                }
                const double a = images_.fixed[n];
                const double b = images_.moving[n];
                row[static_cast<std::size_t>(i)] = {1, a, b, a * a, b * b, a * b};
            }
            box_along(
                nx_, radius_, [&](int i) -> const Sums& { return row[static_cast<std::size_t>(i)]; },
                [&](int i, const Sums& sums) { plane[index(i, j, 0)] = sums; });
        }
        for (int i = 0; i < nx_; ++i) {
            box_along(
                ny_, radius_, [&](int j) -> const Sums& { return plane[index(i, j, 0)]; },
                [&](int j, const Sums& sums) { sums_[index(i, j, k)] = sums; });
        }
    }

    void force_in_plane(int k) {
        const auto slice = static_cast<std::size_t>(k);
        for (int j = 0; j < ny_; ++j) {
            for (int i = 0; i < nx_; ++i) {
                if (images_.mask[index(i, j, k)] == 0) continue;
                Sums sums{};
                for (int at = std::max(0, k - radius_); at <= std::min(nz_ - 1, k + radius_); ++at) {
                    const Sums& term = sums_[index(i, j, at)];
                    for (std::size_t s = 0; s < n_sums; ++s) sums[s] += term[s];
                }
                if (const std::optional<double> correlation = force_at({i, j, k}, sums)) {
                    sum_of_slice_[slice] += *correlation;
                    n_of_slice_[slice] += 1;
                }
            }
        }
    }

    /// Sets the force at a voxel and returns the squared correlation around it; none where either is flat.
    std::optional<double> force_at(const std::array<int, 3>& at, const Sums& sums) {
        const double n = sums[n_in];
        const double s_ff = sums[ff] - sums[f] * sums[f] / n;
        const double s_mm = sums[mm] - sums[m] * sums[m] / n;
        const double s_fm = sums[fm] - sums[f] * sums[m] / n;
        if (!(s_ff > n * flat_fixed_ && s_mm > n * flat_moving_)) return std::nullopt;
        const std::size_t centre = index(at[0], at[1], at[2]);
        const double fixed = images_.fixed[centre] - sums[f] / n;
        const double moving = images_.moving[centre] - sums[m] / n;
        const double factor = 2 * s_fm / (s_ff * s_mm) * (fixed - s_fm / s_mm * moving);
        for (std::size_t axis = 0; axis < 3; ++axis)
            result_.force[3 * centre + axis] = factor * slope_of_moving(at, axis);
        return s_fm * s_fm / (s_ff * s_mm);
    }

    [[nodiscard]] double slope_of_moving(const std::array<int, 3>& at, std::size_t axis) const {
        std::array<int, 3> low = at;
        std::array<int, 3> high = at;
        low[axis] = std::max(0, at[axis] - 1);
        high[axis] = std::min(images_.size[axis] - 1, at[axis] + 1);
        if (high[axis] == low[axis]) return 0;
        const double rise = static_cast<double>(images_.moving[index(high[0], high[1], high[2])]) -
                            static_cast<double>(images_.moving[index(low[0], low[1], low[2])]);
        return rise / ((high[axis] - low[axis]) * images_.spacing[axis]);
    }

    CorrelatedImages images_;
    int radius_;
    int nx_;
    int ny_;
    int nz_;
    std::vector<Sums> sums_; ///< Over boxes within each slice.
    std::vector<double> sum_of_slice_;
    std::vector<double> n_of_slice_;
    double flat_fixed_ = 0;
    double flat_moving_ = 0;
    CorrelationForce result_;
};

} // namespace

CorrelationForce correlation_force(const CorrelatedImages& images, int radius,
                                   const ForEachSlice& for_each_slice) {
    return Correlator(images, radius).run(for_each_slice);
}

} // namespace corticoil::imaging
