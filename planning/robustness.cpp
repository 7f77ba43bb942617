#include "planning/robustness.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/lift_profile.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>

namespace corticoil::planning {

namespace {

void check(const PlacementError& error) {
    const auto is_fine = [](double sd) { return std::isfinite(sd) && sd >= 0; };
    if (is_fine(error.position) && is_fine(error.angle) && is_fine(error.stand_off)) return;
    throw Error(
        fmt::format("placement error: standard deviations are {:g} mm, {:g} degrees and {:g} mm; give "
                    "numbers from 0 on",
                    error.position * millimetres_per_metre, error.angle * degrees_per_radian,
                    error.stand_off * millimetres_per_metre));
}

double percentile(const std::vector<double>& sorted, double percent) {
    const auto last = static_cast<double>(sorted.size() - 1);
    const double rank = percent / 100 * last;
    const auto below = static_cast<std::size_t>(rank);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

} // namespace

std::vector<PlacementError> placement_presets() {
    constexpr double stand_off = 0.001;
    return {{"navigated", 0.003, 3 * radians_per_degree, stand_off,
             "assumption for neuronavigation with a held coil"},
            {"cap", 0.0085, 8 * radians_per_degree, stand_off,
             "elastic cap: 10.7 mm, 7.8 degrees on average (Caulfield 2022, 10.1016/j.brs.2022.08.013)"},
            {"hotspot", 0.0065, 8 * radians_per_degree, stand_off,
             "hotspot found again by the same examiner: 8.1 mm on average (Sollmann 2013)"}};
}

PlacementError find_placement_preset(std::string_view name) {
    std::string known;
    for (const PlacementError& preset : placement_presets()) {
        if (preset.name == name) return preset;
        known += (known.empty() ? "" : ", ") + preset.name;
    }
    throw Error(fmt::format("placement error '{}': unknown; give {}, or MM,DEGREES", name, known));
}

Spread spread_of(std::vector<double> values, double planned) {
    CORTICOIL_ASSERT(!values.empty());
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto n = static_cast<double>(values.size());
    Spread spread;
    spread.planned = planned;
    spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double value : values) squares += (value - spread.mean) * (value - spread.mean);
    spread.sd = std::sqrt(squares / std::max(1.0, n - 1));
    spread.p5 = percentile(sorted, 5);
    spread.median = percentile(sorted, 50);
    spread.p95 = percentile(sorted, 95);
    constexpr double share = 0.8;
    const auto first_enough = std::lower_bound(sorted.begin(), sorted.end(), share * planned);
    spread.share_below_80 = static_cast<double>(first_enough - sorted.begin()) / n;
    spread.values = std::move(values);
    return spread;
}

PlacementRobustness::PlacementRobustness(const ScalpPlaces& scalp, const DistanceGrid& grid,
                                         const CasingProfile& casing, const TableDipoles& dipoles,
                                         const AdjointField& field, const AdjointTable& table)
    : scalp_(scalp), grid_(grid), casing_(casing), dipoles_(dipoles), field_(field), table_(table) {
    CORTICOIL_ASSERT(table.n_functionals() >= 3);
}

std::vector<PlacementRobustness::Draw> PlacementRobustness::draws(int n, std::uint64_t seed) {
    // Box and Muller's own formula: std::normal_distribution differs between libraries.
    std::mt19937_64 generator(seed);
    const auto uniform = [&] { return (static_cast<double>(generator() >> 11U) + 0.5) * 0x1p-53; };
    std::vector<Draw> all(static_cast<std::size_t>(n));
    for (Draw& draw : all) {
        for (std::size_t i = 0; i < draw.size(); i += 2) {
            const double radius = std::sqrt(-2 * std::log(uniform()));
            const double angle = 2 * pi * uniform();
            draw[i] = radius * std::cos(angle);
            draw[i + 1] = radius * std::sin(angle);
        }
    }
    return all;
}

std::optional<RigidTransform> PlacementRobustness::placed(const ScalpPlace& planned,
                                                          const RigidTransform& head_from_coil,
                                                          const PlacementError& error, const Draw& draw,
                                                          double gap) const {
    // Along the scalp, in the coil's own x and y.
    const Eigen::Matrix3d& rotation = head_from_coil.rotation();
    const Vector3 offset = error.position * (draw[0] * rotation.col(0) + draw[1] * rotation.col(1));
    const ScalpPlace place = scalp_.slide(planned, offset);
    // The coil keeps its attitude to the scalp: what takes the planned normal to the new one turns it too.
    const Eigen::Quaterniond followed = Eigen::Quaterniond::FromTwoVectors(planned.normal, place.normal);
    const Eigen::Matrix3d turned = followed.toRotationMatrix() * rotation *
                                   (Eigen::AngleAxisd(error.angle * draw[2], Vector3::UnitX()) *
                                    Eigen::AngleAxisd(error.angle * draw[3], Vector3::UnitY()) *
                                    Eigen::AngleAxisd(error.angle * draw[4], Vector3::UnitZ()))
                                       .toRotationMatrix();
    const double wanted_gap = std::max(0.0, gap + error.stand_off * draw[5]);
    // The coil's origin starts on the scalp and moves outwards as far as the casing needs, by the gap at
    // least.
    const RigidTransform on_scalp(turned, place.point, "drawn placement");
    const double lift = std::max(wanted_gap, lift_at(grid_, casing_, on_scalp, wanted_gap));
    if (!std::isfinite(lift)) return std::nullopt;
    return RigidTransform(turned, place.point - lift * turned.col(2), "drawn placement");
}

Spread PlacementRobustness::spread(const RigidTransform& head_from_coil, const PlacementError& error,
                                   const RobustnessOptions& options) const {
    check(error);
    CORTICOIL_ASSERT(options.n_draws > 0);
    const double planned_value = values_at({head_from_coil}).front();
    const ScalpPlace planned = scalp_.nearest(head_from_coil.translation());
    const std::vector<Draw> all = draws(options.n_draws, options.seed);
    std::vector<std::optional<RigidTransform>> poses(all.size());
#pragma omp parallel for schedule(dynamic, 64)
    for (std::size_t i = 0; i < all.size(); ++i)
        poses[i] = placed(planned, head_from_coil, error, all[i], options.gap);
    return spread_of(values_at(poses), planned_value);
}

std::vector<double>
PlacementRobustness::values_at(const std::vector<std::optional<RigidTransform>>& poses) const {
    std::vector<std::optional<double>> tabled(poses.size());
#pragma omp parallel for schedule(dynamic, 64)
    for (std::size_t i = 0; i < poses.size(); ++i) tabled[i] = poses[i] ? from_table(*poses[i]) : 0.0;
    std::vector<std::size_t> beyond;
    std::vector<RigidTransform> poses_beyond;
    for (std::size_t i = 0; i < poses.size(); ++i) {
        if (tabled[i]) continue;
        beyond.push_back(i);
        poses_beyond.push_back(*poses[i]);
    }
    const Eigen::MatrixXd from_currents = values_from_currents(field_, dipoles_, poses_beyond);
    for (std::size_t k = 0; k < beyond.size(); ++k) {
        tabled[beyond[k]] =
            ampere_per_microsecond * from_currents.col(static_cast<Eigen::Index>(k)).head<3>().norm();
    }
    std::vector<double> values;
    for (const std::optional<double>& value : tabled) values.push_back(*value);
    return values;
}

std::optional<double> PlacementRobustness::from_table(const RigidTransform& head_from_coil) const {
    std::vector<float> values(static_cast<std::size_t>(table_.n_functionals()));
    if (!table_.try_values(dipoles_, head_from_coil, values)) return std::nullopt;
    return ampere_per_microsecond * Vector3(values[0], values[1], values[2]).norm();
}

} // namespace corticoil::planning
