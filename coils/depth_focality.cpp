#include "coils/depth_focality.h"

#include "coils/even_directions.h"
#include "coils/sphere_contact.h"
#include "coils/sphere_field.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::coils {

namespace {

/// |E| inside the sphere that a coil touches, at 1 A/µs.
class TouchedSphere {
  public:
    /// Keeps `coil` by reference.
    TouchedSphere(const Coil& coil, const SphereHead& head)
        : coil_(coil), lift_(lift_above_sphere(coil, head.scalp_radius)),
          centre_(0, 0, lift_ + head.scalp_radius) {
        if (coil.dipoles.positions.cols() == 0 && coil.wires.empty() && coil.grids.empty())
            throw Error(fmt::format("coil {}: has no dipoles, no wires and no sampled A, so it has no field",
                                    coil.name));
        check_sources_outside(head.scalp_radius);
    }

    [[nodiscard]] double lift() const { return lift_; }
    [[nodiscard]] const Vector3& centre() const { return centre_; }

    /// |E| [V/m] at radius × direction from the centre, a radius per unit direction (3×N).
    [[nodiscard]] Eigen::VectorXd magnitude(const Points& directions, const Eigen::VectorXd& radii) const {
        const Points points = (directions * radii.asDiagonal()).colwise() + centre_;
        return electric_field_in_sphere(coil_, ampere_per_microsecond, centre_, points)
            .colwise()
            .norm()
            .transpose();
    }

    [[nodiscard]] Eigen::VectorXd magnitude(const Points& directions, double radius) const {
        return magnitude(directions, Eigen::VectorXd::Constant(directions.cols(), radius));
    }

  private:
    /// The closed form holds where r is less than every source's: E does not depend on σ(r), so the conductor
    /// may end below them. Dipoles fitted to measured fields lie up to 2 mm before their casing.
    void check_sources_outside(double scalp_radius) const {
        constexpr double allowed_overlap = 0.005;
        double nearest = std::numeric_limits<double>::infinity();
        const auto include = [&](const Points& points) {
            if (points.cols() == 0) return;
            nearest = std::min(nearest, (points.colwise() - centre_).colwise().norm().minCoeff());
        };
        include(coil_.dipoles.positions);
        for (const WirePath& wire : coil_.wires) include(wire.vertices);
        if (nearest >= scalp_radius - allowed_overlap) return;
        throw Error(fmt::format("coil {}: its windings reach {:.1f} mm into the sphere that its casing "
                                "touches; check that casing and windings belong together",
                                coil_.name, (scalp_radius - nearest) * millimetres_per_metre));
    }

    const Coil& coil_;
    double lift_;
    Vector3 centre_;
};

/// The nine unit vectors of a square of tangential `step` [rad] around a direction; the direction itself
/// first.
Points square_around(const Vector3& direction, double step) {
    const Vector3 u = direction.unitOrthogonal();
    const Vector3 v = direction.cross(u);
    Points square(3, 9);
    square.col(0) = direction;
    int filled = 1;
    for (const int i : {-1, 0, 1}) {
        for (const int j : {-1, 0, 1}) {
            if (i != 0 || j != 0) square.col(filled++) = (direction + step * (i * u + j * v)).normalized();
        }
    }
    return square;
}

/// Climbs from `start` to the direction where `values_at` (one value per direction) is greatest nearby: a
/// pattern search whose step [rad] is halved where no neighbour is higher.
template <typename ValuesAt>
std::pair<Vector3, double> climb(const Vector3& start, double step, const ValuesAt& values_at) {
    constexpr double last_step = 1e-4; // 7 µm at the cortex; the value is stationary there.
    constexpr int most_squares = 100;  // About 20 are needed; along a level ridge the climb would go on.
    Vector3 direction = start;
    double value = 0;
    for (int i = 0; i < most_squares && step > last_step; ++i) {
        const Points square = square_around(direction, step);
        Eigen::Index best = 0;
        value = values_at(square).maxCoeff(&best);
        if (best == 0) step /= 2;
        direction = square.col(best);
    }
    return {direction, value};
}

/// Parts of rays where |E| is at least a threshold.
struct RayParts {
    Eigen::VectorXd deepest; ///< The least radius [m]; the cortex's for rays without such a part.
    Eigen::VectorXd cubes;   ///< Σ (r_outer³ − r_inner³)/3 over the parts [m³ per steradian].
};

/// Follows rays from the cortex inwards. Between two radii ln|E| is taken as linear in r, good to second
/// order in the step.
RayParts follow(const TouchedSphere& sphere, const Points& directions, const Eigen::VectorXd& at_cortex,
                const SphereHead& head, double threshold) {
    // Below this share of the threshold a ray is left: |E| falls inwards but for the neighbourhood of zeros
    // of E, where it is smaller still.
    constexpr double followed_share = 0.8;
    RayParts parts{Eigen::VectorXd::Constant(directions.cols(), head.cortex_radius),
                   Eigen::VectorXd::Zero(directions.cols())};
    std::vector<Eigen::Index> followed;
    for (Eigen::Index i = 0; i < directions.cols(); ++i) {
        if (at_cortex[i] >= followed_share * threshold) followed.push_back(i);
    }
    Eigen::VectorXd outer_values = at_cortex;
    const double step = head.radial_step;
    for (double outer = head.cortex_radius; !followed.empty() && outer > step; outer -= step) {
        const double inner = outer - step;
        Points kept(3, static_cast<Eigen::Index>(followed.size()));
        for (std::size_t k = 0; k < followed.size(); ++k) {
            kept.col(static_cast<Eigen::Index>(k)) = directions.col(followed[k]);
        }
        const Eigen::VectorXd inner_values = sphere.magnitude(kept, inner);
        std::vector<Eigen::Index> next;
        for (std::size_t k = 0; k < followed.size(); ++k) {
            const Eigen::Index ray = followed[k];
            const double value = inner_values[static_cast<Eigen::Index>(k)];
            double from = outer_values[ray] >= threshold ? outer : 0;
            double to = value >= threshold ? inner : 0;
            if (from > 0 || to > 0) {
                const double share =
                    std::log(outer_values[ray] / threshold) / std::log(outer_values[ray] / value);
                const double crossing = outer - step * share;
                if (from == 0) from = crossing;
                if (to == 0) to = crossing;
                parts.cubes[ray] += (from * from * from - to * to * to) / 3;
                parts.deepest[ray] = to;
            }
            outer_values[ray] = value;
            if (value >= followed_share * threshold) next.push_back(ray);
        }
        followed = std::move(next);
    }
    return parts;
}

DepthProfile profile_of(const TouchedSphere& sphere, const Vector3& peak_direction, double cortex_radius) {
    constexpr int n = 71; // Every millimetre of a cortex of 70 mm.
    DepthProfile profile;
    profile.depth = Eigen::VectorXd::LinSpaced(n, 0, cortex_radius);
    const Eigen::VectorXd radii = cortex_radius - profile.depth.array();
    profile.under_axis = sphere.magnitude(Vector3(0, 0, -1).replicate(1, n), radii);
    profile.under_peak = sphere.magnitude(peak_direction.replicate(1, n), radii);
    return profile;
}

void check(const SphereHead& head) {
    CORTICOIL_ASSERT(head.cortex_radius > 0 && head.scalp_radius >= head.cortex_radius);
    CORTICOIL_ASSERT(head.n_directions > 0 && head.radial_step > 0);
}

} // namespace

DepthFocality depth_focality(const Coil& coil, const SphereHead& head) {
    check(head);
    const TouchedSphere sphere(coil, head);
    const double spacing = std::sqrt(4 * pi / head.n_directions);
    const Points directions = even_directions(head.n_directions);
    const double r = head.cortex_radius;
    const Eigen::VectorXd at_cortex = sphere.magnitude(directions, r);
    Eigen::Index highest = 0;
    at_cortex.maxCoeff(&highest);

    DepthFocality result;
    result.lift = sphere.lift();
    result.sphere_centre = sphere.centre();
    const auto [peak_direction, peak] = climb(
        directions.col(highest), spacing, [&](const Points& nearby) { return sphere.magnitude(nearby, r); });
    if (!(peak > 0) || !std::isfinite(peak)) {
        throw Error(fmt::format("coil {}: makes no field in the sphere; check its moments", coil.name));
    }
    result.peak = peak;
    result.peak_position = sphere.centre() + r * peak_direction;

    // V½ = ∫ dΩ ∫ r² dr over |E| ≥ peak/2; d½ = the greatest depth over all rays.
    const RayParts parts = follow(sphere, directions, at_cortex, head, peak / 2);
    result.v_half = 4 * pi / head.n_directions * parts.cubes.sum();
    Eigen::Index deepest = 0;
    parts.deepest.minCoeff(&deepest);
    result.d_half =
        climb(directions.col(deepest), spacing,
              [&, half = peak / 2](const Points& nearby) -> Eigen::VectorXd {
                  return r - follow(sphere, nearby, sphere.magnitude(nearby, r), head, half).deepest.array();
              })
            .second;
    result.s_half = result.v_half / result.d_half;
    result.profile = profile_of(sphere, peak_direction, r);
    return result;
}

CortexMap map_cortex(const Coil& coil, int n_per_side, const SphereHead& head) {
    check(head);
    CORTICOIL_ASSERT(n_per_side > 1);
    const TouchedSphere sphere(coil, head);
    CortexMap map;
    map.magnitude = Eigen::MatrixXd::Constant(n_per_side, n_per_side, std::nan(""));
    std::vector<std::array<Eigen::Index, 2>> places;
    std::vector<Vector3> found;
    for (Eigen::Index row = 0; row < n_per_side; ++row) {
        for (Eigen::Index column = 0; column < n_per_side; ++column) {
            // Lambert's projection: ρ = √2 sin(θ/2) reaches 1 at θ = 90°.
            const double x = 1 - 2.0 * static_cast<double>(column) / (n_per_side - 1);
            const double y = 1 - 2.0 * static_cast<double>(row) / (n_per_side - 1);
            const double squared = x * x + y * y;
            if (squared > 1) continue;
            const double across = std::sqrt(2 - squared);
            found.emplace_back(across * x, across * y, squared - 1);
            places.push_back({row, column});
        }
    }
    Points directions(3, static_cast<Eigen::Index>(found.size()));
    for (std::size_t i = 0; i < found.size(); ++i) directions.col(static_cast<Eigen::Index>(i)) = found[i];
    const Eigen::VectorXd values = sphere.magnitude(directions, head.cortex_radius);
    for (std::size_t i = 0; i < places.size(); ++i) {
        map.magnitude(places[i][0], places[i][1]) = values[static_cast<Eigen::Index>(i)];
    }
    return map;
}

} // namespace corticoil::coils
