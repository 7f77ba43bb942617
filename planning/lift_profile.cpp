#include "planning/lift_profile.h"

#include "core/error.h"
#include "planning/distance_kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace corticoil::planning {

namespace {

using Plan = CasingProfile::Plan;

/// Added to gaps [m] for what lies between the samples of scalp and casing, so that few poses intrude at all.
constexpr float margin = 0.0002F;

/// Points come from this far above where a lift would be too large [m].
constexpr float start_above = 0.001F;

/// They are followed until this far below where they would matter [m], for interpolation between samples.
constexpr float stop_below = 0.004F;

constexpr float units_per_metre = 1 / Plan::unit;

/// Heights of the scalp, offset by `gap`, at the plan's samples [m].
std::vector<float> scalp_heights(const DistanceGrid& grid, const Plan& plan,
                                 const RigidTransform& head_from_plane, float gap) {
    const std::size_t n = plan.samples.x.size();
    std::vector<float> start(n);
    std::vector<float> stop(n);
    for (std::size_t i = 0; i < n; ++i) {
        start[i] = static_cast<float>(most_lift) + start_above - plan.lowest[i];
        stop[i] = gap - stop_below - plan.highest[i];
    }
    std::vector<float> heights(n);
    trace(grid.view(), FloatPose(head_from_plane),
          {static_cast<int>(n), plan.samples.x.data(), plan.samples.y.data(), plan.samples.z.data()}, gap,
          start.data(), stop.data(), heights.data());
    return heights;
}

/// Heights at even angles around each ring, in units.
class Rows {
  public:
    Rows(const Plan& plan, const std::vector<float>& heights)
        : length_(static_cast<std::size_t>(plan.n_angles)), values_(plan.rings.size() * length_) {
        for (std::size_t ring = 0; ring < plan.rings.size(); ++ring) {
            if (plan.rings[ring].n_samples == 0) continue;
            const std::size_t first = ring * length_;
            resample(heights.data() + plan.rings[ring].first_sample, plan.before.data() + first,
                     plan.after.data() + first, plan.part.data() + first, units_per_metre, plan.n_angles,
                     values_.data() + first);
        }
    }

    [[nodiscard]] const std::int16_t* of_ring(int ring) const {
        return values_.data() + static_cast<std::size_t>(ring) * length_;
    }

  private:
    std::size_t length_;
    std::vector<std::int16_t> values_;
};

/// Two turns of a row and one value more, so that it can be read from any angle on.
void repeat(std::vector<std::int16_t>& row, int n_angles) {
    std::copy_n(row.begin(), n_angles, row.begin() + n_angles);
    row[2 * static_cast<std::size_t>(n_angles)] = row[0];
}

/// Per angle, in units: the largest over the casing's points of scalp height plus z, and `least` at least.
std::vector<std::int16_t> largest_sums(const Plan& plan, const Rows& rows, std::int16_t least) {
    const int n = plan.n_angles;
    std::vector<std::int16_t> largest(static_cast<std::size_t>(n), least);
    std::vector<std::int16_t> row(2 * static_cast<std::size_t>(n) + 1);
    std::vector<std::int16_t> between(row.size());
    for (const Plan::Circle& circle : plan.circles) {
        mix(rows.of_ring(circle.inner_ring), rows.of_ring(circle.inner_ring + 1), circle.part, n, row.data());
        repeat(row, n);
        int phase = 0;
        const std::int16_t* turned = row.data();
        for (const Plan::Point& point : circle.points) {
            if (point.phase != phase) {
                phase = point.phase;
                mix(row.data(), row.data() + 1, 256 * phase / Plan::n_phases, n, between.data());
                repeat(between, n);
                turned = between.data();
            }
            raise(turned + point.shift, point.z, n, largest.data());
        }
    }
    return largest;
}

} // namespace

void lifts(const DistanceGrid& grid, const CasingProfile& profile, const RigidTransform& head_from_plane,
           double gap, std::span<float> lifts) {
    CORTICOIL_ASSERT(static_cast<int>(lifts.size()) == profile.n_rotations());
    const Plan& plan = profile.plan();
    const auto least = static_cast<float>(gap);
    const Rows rows(plan, scalp_heights(grid, plan, head_from_plane, least + margin));
    const std::vector<std::int16_t> largest =
        largest_sums(plan, rows, static_cast<std::int16_t>(std::lround(least * units_per_metre)));
    for (std::size_t j = 0; j < lifts.size(); ++j) {
        const std::int16_t units = largest[j * static_cast<std::size_t>(plan.angles_per_rotation)];
        const float lift = std::max(least, static_cast<float>(units) * Plan::unit);
        lifts[j] = lift > static_cast<float>(most_lift) ? std::numeric_limits<float>::infinity() : lift;
    }
}

double lift_at(const DistanceGrid& grid, const CasingProfile& profile, const RigidTransform& head_from_coil,
               double gap) {
    const CasingProfile::Coordinates& points = profile.points();
    const float lift =
        trace_highest(grid.view(), FloatPose(head_from_coil),
                      {profile.n_points(), points.x.data(), points.y.data(), points.z.data()},
                      static_cast<float>(gap) + margin, static_cast<float>(most_lift) + start_above, 0);
    return lift > static_cast<float>(most_lift) ? std::numeric_limits<double>::infinity() : lift;
}

} // namespace corticoil::planning
