#include "planning/lift_plan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace corticoil::planning {

namespace {

using Plan = CasingProfile::Plan;

constexpr double full_turn = 2 * std::numbers::pi;

/// Between rings, and along them, of the samples of the scalp's height [m].
constexpr double ring_spacing = 0.0028;

/// Points are taken at the nearest of circles this far apart [m]; whole circles per ring.
constexpr int circles_per_ring = 7;
constexpr double circle_spacing = ring_spacing / circles_per_ring;

/// Lifts are found at no fewer angles: 1° is 2 mm at the edge of a large coil.
constexpr int least_angles = 360;

/// The least and the greatest z of points.
struct Depths {
    float lowest = std::numeric_limits<float>::infinity();
    float highest = -std::numeric_limits<float>::infinity();

    void include(float z) {
        lowest = std::min(lowest, z);
        highest = std::max(highest, z);
    }
};

/// Samples on a ring, none where no point is near it, and how its angles lie between them.
void add_ring(double radius, const Depths& depths, Plan& plan) {
    const bool is_used = depths.lowest <= depths.highest;
    const int n = is_used ? std::max(1, static_cast<int>(std::ceil(full_turn * radius / ring_spacing))) : 0;
    plan.rings.push_back({static_cast<int>(plan.samples.x.size()), n});
    for (int i = 0; i < n; ++i) {
        const double angle = full_turn * i / n;
        plan.samples.x.push_back(static_cast<float>(radius * std::cos(angle)));
        plan.samples.y.push_back(static_cast<float>(radius * std::sin(angle)));
        plan.samples.z.push_back(0);
        plan.lowest.push_back(depths.lowest);
        plan.highest.push_back(depths.highest);
    }
    for (int j = 0; j < plan.n_angles; ++j) {
        const double at = static_cast<double>(j) * n / plan.n_angles;
        const int before = std::min(static_cast<int>(at), std::max(0, n - 1));
        plan.before.push_back(before);
        plan.after.push_back(before + 1 < n ? before + 1 : 0);
        plan.part.push_back(static_cast<float>(at - before));
    }
}

} // namespace

CasingProfile::Plan plan_lifts(const CasingProfile::Coordinates& points, int n_rotations) {
    Plan plan;
    plan.angles_per_rotation = (least_angles + n_rotations - 1) / n_rotations;
    plan.n_angles = n_rotations * plan.angles_per_rotation;
    std::vector<Depths> of_ring;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
        const double radius = std::hypot(points.x[i], points.y[i]);
        const auto circle = static_cast<std::size_t>(std::lround(radius / circle_spacing));
        if (circle >= plan.circles.size()) plan.circles.resize(circle + 1);
        const double angle = std::atan2(points.y[i], points.x[i]) / full_turn;
        const int n_fine = plan.n_angles * Plan::n_phases;
        const int fine = (static_cast<int>(std::lround(angle * n_fine)) + n_fine) % n_fine;
        plan.circles[circle].points.push_back(
            {fine % Plan::n_phases, fine / Plan::n_phases,
             static_cast<std::int16_t>(std::lround(points.z[i] / Plan::unit))});
        const std::size_t inner = circle / circles_per_ring;
        if (inner + 2 > of_ring.size()) of_ring.resize(inner + 2);
        of_ring[inner].include(points.z[i]);
        of_ring[inner + 1].include(points.z[i]);
    }
    for (std::size_t ring = 0; ring < of_ring.size(); ++ring)
        add_ring(static_cast<double>(ring) * ring_spacing, of_ring[ring], plan);
    for (std::size_t circle = 0; circle < plan.circles.size(); ++circle) {
        plan.circles[circle].inner_ring = static_cast<int>(circle / circles_per_ring);
        plan.circles[circle].part = static_cast<int>(
            std::lround(256.0 * static_cast<double>(circle % circles_per_ring) / circles_per_ring));
    }
    for (Plan::Circle& circle : plan.circles) {
        std::stable_sort(circle.points.begin(), circle.points.end(),
                         [](const Plan::Point& a, const Plan::Point& b) { return a.phase < b.phase; });
    }
    std::erase_if(plan.circles, [](const Plan::Circle& circle) { return circle.points.empty(); });
    return plan;
}

} // namespace corticoil::planning
