#include "planning/planner.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/lift_profile.h"
#include "planning/roi_parts.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace corticoil::planning {

namespace {

/// Seconds since the last time it was asked.
class Stopwatch {
  public:
    double lap() {
        const auto now = std::chrono::steady_clock::now();
        const double seconds = std::chrono::duration<double>(now - start_).count();
        start_ = now;
        return seconds;
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Cells of a coarse grid that are marked, with their neighbours.
class Mask {
  public:
    explicit Mask(const Eigen::AlignedBox3d& box) : box_(box) {
        for (int axis = 0; axis < 3; ++axis)
            size_[static_cast<std::size_t>(axis)] = static_cast<int>(box.sizes()[axis] / cell) + 1;
        marks_.assign(static_cast<std::size_t>(size_[0]) * static_cast<std::size_t>(size_[1]) *
                          static_cast<std::size_t>(size_[2]),
                      0);
    }

    void mark(const Vector3& point) {
        const auto index = index_of(point);
        if (index) marks_[*index] = 1;
    }

    void add_neighbours() {
        const std::vector<std::uint8_t> before = marks_;
        for (int k = 0; k < size_[2]; ++k) {
            for (int j = 0; j < size_[1]; ++j) {
                for (int i = 0; i < size_[0]; ++i) {
                    if (before[flat(i, j, k)] != 0) mark_around(i, j, k);
                }
            }
        }
    }

    [[nodiscard]] bool is_marked(const Vector3& point) const {
        const auto index = index_of(point);
        return index && marks_[*index] != 0;
    }

    static constexpr double cell = 0.012; // [m]

  private:
    [[nodiscard]] std::size_t flat(int i, int j, int k) const {
        return static_cast<std::size_t>(i) +
               static_cast<std::size_t>(size_[0]) *
                   (static_cast<std::size_t>(j) +
                    static_cast<std::size_t>(size_[1]) * static_cast<std::size_t>(k));
    }

    [[nodiscard]] std::optional<std::size_t> index_of(const Vector3& point) const {
        const Vector3 cells = (point - box_.min()) / cell;
        std::array<int, 3> at{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            at[axis] = static_cast<int>(std::floor(cells[static_cast<Eigen::Index>(axis)]));
            if (at[axis] < 0 || at[axis] >= size_[axis]) return std::nullopt;
        }
        return flat(at[0], at[1], at[2]);
    }

    void mark_around(int i, int j, int k) {
        for (int c = std::max(0, k - 1); c <= std::min(size_[2] - 1, k + 1); ++c) {
            for (int b = std::max(0, j - 1); b <= std::min(size_[1] - 1, j + 1); ++b) {
                for (int a = std::max(0, i - 1); a <= std::min(size_[0] - 1, i + 1); ++a)
                    marks_[flat(a, b, c)] = 1;
            }
        }
    }

    Eigen::AlignedBox3d box_;
    std::array<int, 3> size_{};
    std::vector<std::uint8_t> marks_;
};

/// Every so many places, so that those taken lie about 8 mm apart.
std::vector<std::size_t> some_of(std::span<const ScalpPlace> places) {
    constexpr double apart = 0.008; // [m] Below Mask::cell.
    std::vector<std::size_t> taken;
    for (std::size_t p = 0; p < places.size(); ++p) {
        const bool is_near = std::any_of(taken.begin(), taken.end(), [&](std::size_t other) {
            return (places[other].point - places[p].point).norm() < apart;
        });
        if (!is_near) taken.push_back(p);
    }
    return taken;
}

/// Least and largest lift of a place, over rotations at which the coil fits.
std::optional<std::pair<double, double>> lift_range(const DistanceGrid& grid, const CasingProfile& casing,
                                                    const RigidTransform& plane, double gap) {
    std::vector<float> all(static_cast<std::size_t>(casing.n_rotations()));
    lifts(grid, casing, plane, gap, all);
    std::erase_if(all, [](float lift) { return !std::isfinite(lift); });
    if (all.empty()) return std::nullopt;
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    return std::pair<double, double>(*least, *most);
}

/// Calls `visit` for every point of the dipoles around a plane, between two lifts.
template <typename Visit>
void visit_dipoles(const TableDipoles& dipoles, const RigidTransform& plane, std::pair<double, double> range,
                   Visit visit) {
    constexpr int n_turns = 72; // 8 mm apart at 90 mm from the axis.
    constexpr double lift_step = 0.008;
    const int n_lifts = 1 + static_cast<int>(std::ceil((range.second - range.first) / lift_step));
    for (int turn = 0; turn < n_turns; ++turn) {
        for (int l = 0; l < n_lifts; ++l) {
            const double lift =
                n_lifts == 1 ? range.first : range.first + (range.second - range.first) * l / (n_lifts - 1);
            const RigidTransform pose = pose_at(plane, turn, n_turns, lift);
            for (int i = 0; i < dipoles.size(); ++i) {
                const auto at = static_cast<std::size_t>(i);
                visit(pose.apply_to_point(Vector3(dipoles.x[at], dipoles.y[at], dipoles.z[at])));
            }
        }
    }
}

} // namespace

Planner::Planner(const Simulator& simulator, const Scalp& scalp, double smoothing, const Progress& progress)
    : simulator_(simulator), scalp_(scalp), grid_(scalp, {}, part_of(progress, 0, 0.6)),
      places_(scalp, grid_, smoothing), tree_(current_tree(simulator)) {}

PlannedCoil::PlannedCoil(const coils::Coil& of_coil, double dipole_tolerance)
    : coil(of_coil), casing(of_coil), dipoles(search_dipoles(of_coil, dipole_tolerance)) {}

TableRegion region_of_placements(const DistanceGrid& grid, const PlannedCoil& coil,
                                 std::span<const ScalpPlace> places, const SearchOptions& options) {
    struct Around {
        RigidTransform plane;
        std::pair<double, double> lifts;
    };
    std::vector<Around> planes;
    Eigen::AlignedBox3d box;
    const auto& dipoles = coil.dipoles.dipoles;
    for (const std::size_t p : some_of(places)) {
        for (const Eigen::Vector2d& tilt : options.tilts) {
            const RigidTransform plane = search_plane(places[p], tilt);
            const auto range = lift_range(grid, coil.casing, plane, options.gap);
            if (!range) continue;
            planes.push_back({plane, *range});
            visit_dipoles(dipoles, plane, *range, [&](const Vector3& point) { box.extend(point); });
        }
    }
    if (planes.empty()) {
        throw InfeasibleError(fmt::format(
            "coil {}: fits nowhere in the searched area: everywhere it would have to be lifted by more than "
            "{:.0f} "
            "mm before its casing clears the scalp; choose another coil or target, or a wider area",
            coil.coil.name, most_lift * millimetres_per_metre));
    }
    box.min().array() -= 2 * Mask::cell;
    box.max().array() += 2 * Mask::cell;
    const auto mask = std::make_shared<Mask>(box);
    for (const Around& around : planes)
        visit_dipoles(dipoles, around.plane, around.lifts, [&](const Vector3& point) { mask->mark(point); });
    mask->add_neighbours();
    return {box, [mask](const Vector3& point) { return mask->is_marked(point); }};
}

PlannedSearch search_around(const Planner& planner, const PlannedCoil& coil,
                            std::span<const PlannedRegion> regions, const PlannedSearchOptions& options) {
    SearchSeconds seconds;
    Stopwatch watch;
    report(options.progress, 0, "places on the scalp");
    std::vector<ScalpPlace> places = planner.places().around(options.centre, options.area);
    seconds.places = watch.lap();

    std::vector<solver::FieldFunctional> functionals;
    std::vector<SearchRegion> roles;
    for (const PlannedRegion& region : regions) {
        for (const solver::FieldFunctional& functional : mean_field_functionals(region.samples))
            functionals.push_back(functional);
        roles.push_back(region.role);
    }
    report(options.progress, 0.1, "adjoint field");
    AdjointField field(planner.simulator(), planner.tree(), functionals, {.tolerance = options.tolerance});
    seconds.adjoint = watch.lap();

    report(options.progress, 0.4, "table of the adjoint field");
    const TableRegion covered = region_of_placements(planner.grid(), coil, places, options.search);
    AdjointTable table(field, covered, {.spacing = options.table_spacing});
    seconds.table = watch.lap();

    report(options.progress, 0.7, "placements");
    SearchResult result = search_placements(planner.grid(), coil.casing, coil.dipoles.dipoles, table, roles,
                                            places, options.search);
    seconds.search = watch.lap();
    const bool has_any = std::any_of(result.of_places.begin(), result.of_places.end(),
                                     [](const BestOfPlace& best) { return best.value >= 0; });
    if (!has_any) {
        throw InfeasibleError(
            fmt::format("coil {}: none of {} placements is allowed: {} have no clearance, the others give a "
                        "place to spare more "
                        "than its share; allow a larger share, another coil or a wider area",
                        coil.coil.name, result.n_placements, result.n_without_clearance));
    }
    return {std::move(places), std::move(field), std::move(table), std::move(result), seconds};
}

} // namespace corticoil::planning
