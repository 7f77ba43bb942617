#include "coils/reduced_dipoles.h"

#include "coils/dipole_fit.h"
#include "coils/even_directions.h"
#include "coils/primary_field.h"
#include "coils/sphere_contact.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace corticoil::coils {

namespace {

/// Numbers from 0 to 1 in Weyl's sequence of the golden section: spread evenly, the same every time.
class EvenNumbers {
  public:
    [[nodiscard]] double next() {
        constexpr double golden = 0.6180339887498949;
        state_ += golden;
        state_ -= std::floor(state_);
        return state_;
    }

  private:
    double state_ = 0.5;
};

/// What is clustered: each dipole's position, and the axis of its moment times a length [m]. The axes of a
/// coil's wings keep a cluster from taking dipoles of both, whose centroid would lie between them, where the
/// head is.
Eigen::MatrixXd features(const MagneticDipoles& dipoles) {
    constexpr double length = 0.1; // Of a coil: turning an axis by a right angle counts like that.
    Eigen::MatrixXd result(6, dipoles.positions.cols());
    result.topRows<3>() = dipoles.positions;
    for (Eigen::Index i = 0; i < result.cols(); ++i) {
        const Vector3 axis = dipoles.moments.col(i).stableNormalized();
        // Both signs of a moment have the same axis.
        result.col(i).tail<3>() = axis.z() < 0 ? -length * axis : length * axis;
    }
    return result;
}

/// The nearest of some centres to each dipole.
void assign(const Eigen::MatrixXd& positions, const Eigen::MatrixXd& centres,
            std::vector<Eigen::Index>& nearest) {
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < positions.cols(); ++i) {
        (centres.colwise() - positions.col(i))
            .colwise()
            .squaredNorm()
            .minCoeff(&nearest[static_cast<std::size_t>(i)]);
    }
}

/// First centres as k-means++ draws them: each among the positions, the farther from those before and the
/// heavier the likelier. Fewer than asked for where positions coincide.
Eigen::MatrixXd first_centres(const Eigen::MatrixXd& positions, const Eigen::VectorXd& weights,
                              int n_centres) {
    EvenNumbers numbers;
    Eigen::VectorXd share = weights; // Weight times squared distance from the nearest centre.
    Eigen::MatrixXd centres(positions.rows(), n_centres);
    for (int c = 0; c < n_centres; ++c) {
        const double total = share.sum();
        if (!(total > 0)) return centres.leftCols(c);
        double rest = numbers.next() * total;
        Eigen::Index chosen = 0;
        while (chosen + 1 < share.size() && rest >= share[chosen]) rest -= share[chosen++];
        centres.col(c) = positions.col(chosen);
        const Eigen::VectorXd distance =
            (positions.colwise() - positions.col(chosen)).colwise().squaredNorm().transpose();
        share = c == 0 ? Eigen::VectorXd(weights.cwiseProduct(distance))
                       : Eigen::VectorXd(share.cwiseMin(weights.cwiseProduct(distance)));
    }
    return centres;
}

/// Lloyd's iterations: centroids of what is nearest to them.
Eigen::MatrixXd cluster_centres(const Eigen::MatrixXd& positions, const Eigen::VectorXd& weights,
                                int n_centres) {
    constexpr int n_iterations = 25;
    Eigen::MatrixXd centres = first_centres(positions, weights, n_centres);
    std::vector<Eigen::Index> nearest(static_cast<std::size_t>(positions.cols()));
    for (int iteration = 0; iteration < n_iterations; ++iteration) {
        assign(positions, centres, nearest);
        Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(centres.rows(), centres.cols());
        Eigen::VectorXd totals = Eigen::VectorXd::Zero(centres.cols());
        for (Eigen::Index i = 0; i < positions.cols(); ++i) {
            const Eigen::Index c = nearest[static_cast<std::size_t>(i)];
            sums.col(c) += weights[i] * positions.col(i);
            totals[c] += weights[i];
        }
        for (Eigen::Index c = 0; c < centres.cols(); ++c) {
            if (totals[c] > 0) centres.col(c) = sums.col(c) / totals[c];
        }
    }
    return centres;
}

/// The sums of the moments of what is nearest to each centre.
VectorField moments_of_clusters(const MagneticDipoles& dipoles, const Eigen::MatrixXd& places,
                                const Eigen::MatrixXd& centres) {
    std::vector<Eigen::Index> nearest(static_cast<std::size_t>(places.cols()));
    assign(places, centres, nearest);
    VectorField sums = VectorField::Zero(3, centres.cols());
    for (Eigen::Index i = 0; i < places.cols(); ++i)
        sums.col(nearest[static_cast<std::size_t>(i)]) += dipoles.moments.col(i);
    return sums;
}

/// A head of two radii that the coil touches.
struct TouchedHead {
    double scalp_radius;
    double cortex_radius;
};

/// The centre of a head that the coil touches (coil frame [m]).
Vector3 centre_of(const Coil& coil, const TouchedHead& head) {
    return {0, 0, lift_above_sphere(coil, head.scalp_radius) + head.scalp_radius};
}

/// Moves positions that lie in a head or near its scalp out of it, away from its centre. A wide wing is open
/// in its middle: the head comes into the ring of wires, so the disc whose dipoles stand for them lies in the
/// head there, where they would not do. Others with the same field elsewhere lie above it.
void move_out_of(const Vector3& centre, const TouchedHead& head, Points& positions) {
    constexpr double clearance = 0.006; // Of windings from the outside of their casing, at the least.
    const double least = head.scalp_radius + clearance;
    for (Eigen::Index i = 0; i < positions.cols(); ++i) {
        const Vector3 radius = positions.col(i) - centre;
        if (radius.norm() < least) positions.col(i) = centre + least * radius.stableNormalized();
    }
}

/// Points spread evenly over the half of the cortex that faces the coil and a bit more.
Points cortex_points(const Coil& coil, const TouchedHead& head, int n, double shift) {
    constexpr double lowest = -0.5; // Of the unit sphere, towards the coil counted positive.
    Points directions = even_directions(n, lowest, shift);
    directions.row(2) *= -1;
    return (head.cortex_radius * directions).colwise() + centre_of(coil, head);
}

} // namespace

ReducedDipoles reduced_dipoles(const Coil& coil, int n_dipoles) {
    if (n_dipoles < 1) throw Error(fmt::format("coil {}: {} dipoles; give 1 or more", coil.name, n_dipoles));
    constexpr TouchedHead small{0.085, 0.070};
    constexpr TouchedHead large{0.110, 0.095};
    constexpr int n_rings = 6;
    // Twice as many values as unknowns, and no fewer than show the coil.
    const int n_points = std::max(600, 2 * n_dipoles);
    // Where moments of neighbours would grow and cancel, 1e-12 lets them sum to hundreds of times the coil's;
    // with this it is a few times, for the same error.
    constexpr double regularisation = 1e-8;
    const MagneticDipoles all = equivalent_dipoles(coil, n_rings);
    ReducedDipoles result;
    const Eigen::MatrixXd places = features(all);
    const Eigen::MatrixXd centres =
        cluster_centres(places, all.moments.colwise().norm().transpose(), n_dipoles);
    result.dipoles.positions = centres.topRows<3>();
    result.dipoles.moments = moments_of_clusters(all, places, centres);
    for (const TouchedHead& head : {small, large})
        move_out_of(centre_of(coil, head), head, result.dipoles.positions);
    Points points(3, 2 * n_points);
    points << cortex_points(coil, small, n_points, 0), cortex_points(coil, large, n_points, 0);
    // What the clusters' own moments miss: regularised, the moments stay near those, and do not cancel.
    Coil clusters;
    clusters.dipoles = result.dipoles;
    const VectorField missed = vector_potential(coil, points) - vector_potential(clusters, points);
    const std::optional<VectorField> moments =
        fit_moments(points, missed, result.dipoles.positions, regularisation);
    if (!moments)
        throw Error(
            fmt::format("coil {}: {} dipoles are too close to be fitted; give fewer", coil.name, n_dipoles));
    result.dipoles.moments += *moments;
    const Points between = cortex_points(coil, small, 2 * n_points + 1, 0.5);
    Coil reduced;
    reduced.dipoles = result.dipoles;
    const VectorField potential = vector_potential(coil, between);
    result.relative_error = (vector_potential(reduced, between) - potential).norm() / potential.norm();
    return result;
}

} // namespace corticoil::coils
