#include "planning/search.h"

#include "coils/reduced_dipoles.h"
#include "core/constants.h"
#include "core/error.h"
#include "planning/lift_profile.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace corticoil::planning {

namespace {

constexpr std::size_t axes = 3;

/// Values of all functionals at equidistant angles, a column per angle.
using AngleValues = Eigen::MatrixXd;

/// The trigonometric polynomial through values at `n_samples` equidistant angles (odd), read at `n_angles`
/// equidistant ones: V · this. The Dirichlet kernel D(t) = sin(n t / 2) / (n sin(t / 2)).
Eigen::MatrixXd angle_interpolation(int n_samples, int n_angles) {
    Eigen::MatrixXd weights(n_samples, n_angles);
    for (int i = 0; i < n_samples; ++i) {
        for (int j = 0; j < n_angles; ++j) {
            const double half = pi * (static_cast<double>(j) / n_angles - static_cast<double>(i) / n_samples);
            const double denominator = n_samples * std::sin(half);
            weights(i, j) = std::abs(denominator) < 1e-12 ? 1 : std::sin(n_samples * half) / denominator;
        }
    }
    return weights;
}

/// The pose at an angle [rad] and a lift.
RigidTransform turned(const RigidTransform& plane, double angle, double lift) {
    const RigidTransform turn(Eigen::AngleAxisd(angle, Vector3::UnitZ()).toRotationMatrix(),
                              Vector3(0, 0, -lift));
    return plane * turn;
}

/// Values at equidistant angles [V/m at 1 A/µs]; nothing where the table ends.
std::optional<AngleValues> values_around(const AdjointTable& table, const TableDipoles& dipoles,
                                         const RigidTransform& plane, double lift, int n_samples) {
    Eigen::MatrixXf values(table.n_functionals(), n_samples);
    for (int i = 0; i < n_samples; ++i) {
        const double angle = 2 * pi * i / n_samples;
        const std::span<float> column(values.col(i).data(), static_cast<std::size_t>(values.rows()));
        if (!table.try_values(dipoles, turned(plane, angle, lift), column)) return std::nullopt;
    }
    return values.cast<double>() * ampere_per_microsecond;
}

/// Where lifts are evaluated: Chebyshev points of their range, as many as E's decay needs.
std::vector<double> lift_nodes(double least, double most) {
    // E falls by 1/e within 15 mm of lift or more over any target (figure-of-eight, 15 mm under the scalp),
    // and the error of n Chebyshev points over a range R of exp(−h/λ) is 2 (R/4λ)ⁿ/n!.
    constexpr double decay = 0.015;
    constexpr double tolerance = 3e-4;
    constexpr int most_nodes = 8;
    const double range = most - least;
    double error = 2;
    int n = 0;
    while (error > tolerance && n < most_nodes) {
        ++n;
        error *= range / (4 * decay) / n;
    }
    std::vector<double> nodes;
    for (int i = 0; i < n; ++i) {
        nodes.push_back((least + most) / 2 + range / 2 * std::cos(pi * (2 * i + 1) / (2.0 * n)));
    }
    return nodes;
}

/// Lagrange's weights of the nodes at a lift.
std::array<double, 8> lift_weights(const std::vector<double>& nodes, double lift) {
    std::array<double, 8> weights{};
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        weights[i] = 1;
        for (std::size_t j = 0; j < nodes.size(); ++j) {
            if (j != i) weights[i] *= (lift - nodes[j]) / (nodes[i] - nodes[j]);
        }
    }
    return weights;
}

/// The objective of the regions' values; negative where a place to spare gets too much.
double objective(std::span<const SearchRegion> regions, const double* values, TargetCombination combination) {
    double sum = 0;
    double least = std::numeric_limits<double>::infinity();
    int n_targets = 0;
    const auto of_region = [&](std::size_t r) {
        const Eigen::Map<const Vector3> e(values + axes * r);
        return regions[r].direction ? std::abs(e.dot(*regions[r].direction)) : e.norm();
    };
    for (std::size_t r = 0; r < regions.size(); ++r) {
        if (regions[r].largest_share) continue;
        const double value = of_region(r);
        sum += value;
        least = std::min(least, value);
        ++n_targets;
    }
    const double value = combination == TargetCombination::mean ? sum / n_targets : least;
    for (std::size_t r = 0; r < regions.size(); ++r) {
        if (regions[r].largest_share && of_region(r) > *regions[r].largest_share * value) return -1;
    }
    return value;
}

/// All placements of one coil.
class PlacementSearch {
  public:
    PlacementSearch(const DistanceGrid& grid, const CasingProfile& casing, const TableDipoles& dipoles,
                    const AdjointTable& table, std::span<const SearchRegion> regions,
                    std::span<const ScalpPlace> places, const SearchOptions& options)
        : grid_(grid), casing_(casing), dipoles_(dipoles), table_(table), regions_(regions), places_(places),
          options_(options), n_rotations_(casing.n_rotations()) {}

    SearchResult run() {
        choose_angles();
        SearchResult result;
        result.of_places.resize(places_.size());
        result.n_angles = n_angles_;
        std::vector<Counts> counts(places_.size());
#pragma omp parallel for schedule(dynamic, 16)
        for (std::size_t p = 0; p < places_.size(); ++p) result.of_places[p] = best_of(p, counts[p]);
        for (const Counts& count : counts) {
            result.n_evaluated += count.evaluated;
            result.n_without_clearance += count.without_clearance;
            result.interpolation_error = std::max(result.interpolation_error, count.largest_difference);
        }
        result.interpolation_error /= largest_;
        result.n_placements = static_cast<std::int64_t>(places_.size() * options_.tilts.size()) *
                              static_cast<std::int64_t>(n_rotations_);
        return result;
    }

  private:
    struct Counts {
        std::int64_t evaluated = 0;
        std::int64_t without_clearance = 0;
        double largest_difference = 0;
    };

    /// The fewest angles whose trigonometric polynomial is right, on a sample of places.
    void choose_angles() {
        constexpr int n_reference = 72;
        constexpr std::array<int, 10> candidates{7, 9, 11, 13, 15, 17, 21, 25, 33, 45};
        constexpr std::size_t n_sampled = 24;
        const std::size_t stride = std::max<std::size_t>(1, places_.size() / n_sampled);
        std::array<double, candidates.size()> errors{};
        std::array<Eigen::MatrixXd, candidates.size()> interpolations;
        for (std::size_t c = 0; c < candidates.size(); ++c)
            interpolations[c] = angle_interpolation(candidates[c], n_reference);
        largest_ = 0;
        for (std::size_t p = 0; p < places_.size(); p += stride) {
            const RigidTransform plane = search_plane(places_[p]);
            const std::optional<double> lift = least_lift(plane);
            if (!lift) continue;
            const std::optional<AngleValues> truth =
                values_around(table_, dipoles_, plane, *lift, n_reference);
            if (!truth) continue;
            largest_ = std::max(largest_, largest_norm(*truth));
            for (std::size_t c = 0; c < candidates.size(); ++c) {
                const std::optional<AngleValues> few =
                    values_around(table_, dipoles_, plane, *lift, candidates[c]);
                if (!few) continue;
                errors[c] = std::max(errors[c], largest_norm(*few * interpolations[c] - *truth));
            }
        }
        n_angles_ = candidates.back();
        for (std::size_t c = candidates.size(); c-- > 0;) {
            if (errors[c] <= options_.angle_tolerance * largest_) n_angles_ = candidates[c];
        }
        interpolation_ = angle_interpolation(n_angles_, n_rotations_);
    }

    /// The largest norm of a region's mean E.
    static double largest_norm(const AngleValues& values) {
        double largest = 0;
        for (Eigen::Index r = 0; r + 2 < values.rows(); r += 3)
            largest = std::max(largest, values.middleRows<3>(r).colwise().norm().maxCoeff());
        return largest;
    }

    std::optional<double> least_lift(const RigidTransform& plane) const {
        const std::vector<float> of_rotations = lifts_at(plane);
        const float least = *std::min_element(of_rotations.begin(), of_rotations.end());
        if (!std::isfinite(least)) return std::nullopt;
        return least;
    }

    std::vector<float> lifts_at(const RigidTransform& plane) const {
        std::vector<float> result(static_cast<std::size_t>(n_rotations_));
        lifts(grid_, casing_, plane, options_.gap, result);
        return result;
    }

    BestOfPlace best_of(std::size_t p, Counts& counts) const {
        BestOfPlace best;
        best.value = -1;
        for (std::size_t t = 0; t < options_.tilts.size(); ++t)
            try_tilt(p, static_cast<int>(t), best, counts);
        return best;
    }

    void try_tilt(std::size_t p, int tilt, BestOfPlace& best, Counts& counts) const {
        const RigidTransform plane = search_plane(places_[p], options_.tilts[static_cast<std::size_t>(tilt)]);
        const std::vector<float> lift = lifts_at(plane);
        double least = std::numeric_limits<double>::infinity();
        double most = 0;
        for (const float one : lift) {
            if (!std::isfinite(one)) {
                ++counts.without_clearance;
                continue;
            }
            least = std::min<double>(least, one);
            most = std::max<double>(most, one);
        }
        if (!std::isfinite(least)) return;
        const std::vector<double> nodes = lift_nodes(least, most);
        std::vector<AngleValues> at_nodes;
        for (const double node : nodes) {
            const std::optional<AngleValues> around = values_around(table_, dipoles_, plane, node, n_angles_);
            if (!around) return;
            at_nodes.push_back(*around * interpolation_);
            counts.evaluated += n_angles_;
        }
        Eigen::VectorXd values(table_.n_functionals());
        for (int r = 0; r < n_rotations_; ++r) {
            const double height = lift[static_cast<std::size_t>(r)];
            if (!std::isfinite(height)) continue;
            const std::array<double, 8> weights = lift_weights(nodes, height);
            values = weights[0] * at_nodes[0].col(r);
            for (std::size_t i = 1; i < nodes.size(); ++i) values += weights[i] * at_nodes[i].col(r);
            const double value = objective(regions_, values.data(), options_.combination);
            if (value > best.value) best = {value, r, tilt, height};
        }
        check_sample(p, plane, lift, nodes, at_nodes, counts);
    }

    /// Interpolated against evaluated E, at one rotation of every 16th place.
    void check_sample(std::size_t p, const RigidTransform& plane, const std::vector<float>& lift,
                      const std::vector<double>& nodes, const std::vector<AngleValues>& at_nodes,
                      Counts& counts) const {
        constexpr std::size_t every = 16;
        constexpr std::size_t prime = 131; // Different angles at neighbouring places.
        if (p % every != 0) return;
        const std::size_t r = p * prime % lift.size();
        if (!std::isfinite(lift[r])) return;
        const std::array<double, 8> weights = lift_weights(nodes, lift[r]);
        const RigidTransform pose = pose_at(plane, static_cast<int>(r), n_rotations_, lift[r]);
        std::vector<float> evaluated(static_cast<std::size_t>(table_.n_functionals()));
        if (!table_.try_values(dipoles_, pose, evaluated)) return;
        Eigen::VectorXd difference =
            -ampere_per_microsecond *
            Eigen::Map<const Eigen::VectorXf>(evaluated.data(), table_.n_functionals()).cast<double>();
        for (std::size_t i = 0; i < nodes.size(); ++i)
            difference += weights[i] * at_nodes[i].col(static_cast<Eigen::Index>(r));
        counts.largest_difference = std::max(counts.largest_difference, largest_norm(difference));
    }

    const DistanceGrid& grid_;
    const CasingProfile& casing_;
    const TableDipoles& dipoles_;
    const AdjointTable& table_;
    std::span<const SearchRegion> regions_;
    std::span<const ScalpPlace> places_;
    const SearchOptions& options_;
    int n_rotations_;
    int n_angles_ = 0;
    double largest_ = 0; ///< The largest E of a region, on a sample of places.
    Eigen::MatrixXd interpolation_;
};

} // namespace

RigidTransform search_plane(const ScalpPlace& place, const Eigen::Vector2d& tilt) {
    const Vector3 z = -place.normal;
    constexpr double steep = 0.9; // The plane's normal within 26° of the front-back axis.
    const Vector3 ahead = std::abs(z.y()) < steep ? Vector3::UnitY() : Vector3::UnitZ();
    const Vector3 y = (ahead - ahead.dot(z) * z).normalized();
    Eigen::Matrix3d rotation;
    rotation << y.cross(z), y, z;
    const Eigen::Matrix3d turn =
        (Eigen::AngleAxisd(tilt.x(), Vector3::UnitX()) * Eigen::AngleAxisd(tilt.y(), Vector3::UnitY()))
            .toRotationMatrix();
    return {rotation * turn, place.point, "plane of a scalp place"};
}

RigidTransform pose_at(const RigidTransform& head_from_plane, int rotation, int n_rotations, double lift) {
    return turned(head_from_plane, 2 * pi * rotation / n_rotations, lift);
}

SearchDipoles search_dipoles(const coils::Coil& coil, double tolerance) {
    constexpr int fewest = 40;
    constexpr int most = 640;
    for (int n = fewest; n <= most; n *= 2) {
        const coils::ReducedDipoles reduced = coils::reduced_dipoles(coil, n);
        if (reduced.relative_error <= tolerance)
            return {TableDipoles(reduced.dipoles), reduced.relative_error};
    }
    return {TableDipoles(coils::equivalent_dipoles(coil)), 0};
}

SearchResult search_placements(const DistanceGrid& grid, const CasingProfile& casing,
                               const TableDipoles& dipoles, const AdjointTable& table,
                               std::span<const SearchRegion> regions, std::span<const ScalpPlace> places,
                               const SearchOptions& options) {
    if (places.empty()) throw Error("search: there is no place on the scalp to search");
    CORTICOIL_ASSERT(static_cast<int>(axes * regions.size()) == table.n_functionals());
    CORTICOIL_ASSERT(!options.tilts.empty());
    return PlacementSearch(grid, casing, dipoles, table, regions, places, options).run();
}

std::vector<RankedPose> distinct_best(const SearchResult& result, std::span<const ScalpPlace> places,
                                      const SearchOptions& options, int n_rotations, double distance,
                                      std::size_t n) {
    std::vector<std::size_t> order(places.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return result.of_places[a].value > result.of_places[b].value;
    });
    std::vector<RankedPose> ranked;
    for (const std::size_t p : order) {
        const BestOfPlace& best = result.of_places[p];
        if (best.value < 0 || ranked.size() == n) break;
        const bool is_new = std::none_of(ranked.begin(), ranked.end(), [&](const RankedPose& better) {
            return (places[better.place].point - places[p].point).norm() < distance;
        });
        if (!is_new) continue;
        const RigidTransform plane =
            search_plane(places[p], options.tilts[static_cast<std::size_t>(best.tilt)]);
        ranked.push_back({pose_at(plane, best.rotation, n_rotations, best.lift), best.value, p, best});
    }
    return ranked;
}

} // namespace corticoil::planning
