#include "planning/casing_profile.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/lift_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::planning {

namespace {

constexpr float none = -std::numeric_limits<float>::infinity();

/// Handles and cables included, no coil reaches further from its origin [m].
constexpr double most_reach = 1;

/// Of the samples [m]; a larger casing is sampled at a 1000th of its width.
constexpr double least_sampling = 0.0005;
constexpr int most_samples_across = 1000;

/// Where the scalp is steeper than this against the coil's z axis, contact is not looked for:
/// sine of the angle.
constexpr double steepest = 0.966; // 75°

/// Balls come along z with their centres on a lattice this many samples wide.
constexpr int centre_stride = 2;

/// A square of the plane across z with the sample that lies deepest in it.
struct Sample {
    float x = 0;
    float y = 0;
    float z = none;
};

/// The coil seen from the head: the deepest sample in each square of a plane across z.
class HeadSide {
  public:
    explicit HeadSide(const coils::Coil& coil) {
        const Points points = coils::contact_points(coil);
        const Vector3 least = points.rowwise().minCoeff();
        const Vector3 largest = points.rowwise().maxCoeff();
        check_reach(coil.name, std::max(largest.cwiseAbs().maxCoeff(), least.cwiseAbs().maxCoeff()));
        const Vector3 extent = largest - least;
        spacing_ = std::max(least_sampling, extent.head<2>().maxCoeff() / most_samples_across);
        // Balls touch the rim from outside too.
        border_ = static_cast<int>(std::ceil(CasingProfile::least_radius / spacing_));
        x0_ = least.x() - border_ * spacing_;
        y0_ = least.y() - border_ * spacing_;
        n_x_ = 2 * border_ + 1 + static_cast<int>(extent.x() / spacing_);
        n_y_ = 2 * border_ + 1 + static_cast<int>(extent.y() / spacing_);
        samples_.resize(static_cast<std::size_t>(n_x_) * static_cast<std::size_t>(n_y_));
        for (Eigen::Index i = 0; i < points.cols(); ++i) add(points.col(i));
        if (!coil.casing) return;
        for (int t = 0; t < coil.casing->n_triangles(); ++t) {
            const Eigen::Vector3i corners = coil.casing->triangles.col(t);
            add_triangle(coil.casing->nodes.col(corners[0]), coil.casing->nodes.col(corners[1]),
                         coil.casing->nodes.col(corners[2]));
        }
    }

    [[nodiscard]] double spacing() const { return spacing_; }
    [[nodiscard]] int n_x() const { return n_x_; }
    [[nodiscard]] int n_y() const { return n_y_; }
    [[nodiscard]] const Sample& at(int i, int j) const { return samples_[index(i, j)]; }
    [[nodiscard]] float x(int i) const { return static_cast<float>(x0_ + (i + 0.5) * spacing_); }
    [[nodiscard]] float y(int j) const { return static_cast<float>(y0_ + (j + 0.5) * spacing_); }

  private:
    static void check_reach(const std::string& name, double reach) {
        if (reach <= most_reach) return;
        throw Error(fmt::format("coil {}: reaches {:.0f} mm from its origin; check the unit of its file (mm)",
                                name, reach * millimetres_per_metre));
    }

    [[nodiscard]] std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(n_x_) + static_cast<std::size_t>(i);
    }

    void add(const Vector3& point) {
        const int i = std::clamp(static_cast<int>((point.x() - x0_) / spacing_), 0, n_x_ - 1);
        const int j = std::clamp(static_cast<int>((point.y() - y0_) / spacing_), 0, n_y_ - 1);
        Sample& sample = samples_[index(i, j)];
        if (static_cast<float>(point.z()) > sample.z)
            sample = {static_cast<float>(point.x()), static_cast<float>(point.y()),
                      static_cast<float>(point.z())};
    }

    void add_triangle(const Vector3& a, const Vector3& b, const Vector3& c) {
        // What matters is how the triangle is seen along z; one seen edge-on is sampled along its edges.
        const auto across = [](const Vector3& from, const Vector3& to) {
            return (to - from).head<2>().norm();
        };
        const double longest = std::max({across(a, b), across(b, c), across(c, a)});
        const int n = std::max(1, static_cast<int>(std::ceil(1.25 * longest / spacing_)));
        for (int i = 0; i <= n; ++i) {
            for (int j = 0; i + j <= n; ++j) add(a + (b - a) * i / n + (c - a) * j / n);
        }
    }

    double spacing_ = 0;
    double x0_ = 0;
    double y0_ = 0;
    int border_ = 0;
    int n_x_ = 0;
    int n_y_ = 0;
    std::vector<Sample> samples_;
};

/// Where balls of CasingProfile::least_radius touch the samples as they come along z, and points of few
/// samples that serve for all.
class BallContacts {
  public:
    explicit BallContacts(const HeadSide& side)
        : side_(side), n_x_((side.n_x() + centre_stride - 1) / centre_stride),
          n_y_((side.n_y() + centre_stride - 1) / centre_stride),
          reach_(static_cast<int>(std::ceil(CasingProfile::least_radius / side.spacing()))),
          contacts_(static_cast<std::size_t>(n_x_) * static_cast<std::size_t>(n_y_)),
          heights_(contacts_.size(), none), allowed_(contacts_.size()),
          kept_heights_(contacts_.size(), none) {
#pragma omp parallel for schedule(dynamic, 4)
        for (int j = 0; j < n_y_; ++j) {
            for (int i = 0; i < n_x_; ++i) find_contact(i, j);
        }
    }

    /// From coarse to fine, so that the points that are kept lie apart.
    [[nodiscard]] std::vector<Sample> keep() {
        std::vector<Sample> kept;
        for (int stride = 8; stride >= 1; stride /= 2) {
            for (int j = 0; j < n_y_; j += stride) {
                for (int i = 0; i < n_x_; i += stride) {
                    const std::size_t at = index(i, j);
                    if (!(heights_[at] - kept_heights_[at] > allowed_[at])) continue;
                    kept.push_back(contacts_[at]);
                    raise(contacts_[at]);
                }
            }
        }
        return kept;
    }

  private:
    [[nodiscard]] std::size_t index(int i, int j) const {
        return static_cast<std::size_t>(j) * static_cast<std::size_t>(n_x_) + static_cast<std::size_t>(i);
    }

    /// How far along −z the ball with its centre over (x, y) would have to be pushed by a sample.
    [[nodiscard]] static float height(const Sample& sample, float x, float y) {
        constexpr float radius_squared =
            static_cast<float>(CasingProfile::least_radius * CasingProfile::least_radius);
        const float squared = (sample.x - x) * (sample.x - x) + (sample.y - y) * (sample.y - y);
        if (squared > static_cast<float>(steepest * steepest) * radius_squared) return none;
        return sample.z + std::sqrt(radius_squared - squared);
    }

    void find_contact(int i, int j) {
        const int centre_i = i * centre_stride;
        const int centre_j = j * centre_stride;
        const float x = side_.x(centre_i);
        const float y = side_.y(centre_j);
        float best = none;
        for (int b = std::max(0, centre_j - reach_); b <= std::min(side_.n_y() - 1, centre_j + reach_); ++b) {
            for (int a = std::max(0, centre_i - reach_); a <= std::min(side_.n_x() - 1, centre_i + reach_);
                 ++a) {
                const Sample& sample = side_.at(a, b);
                if (sample.z == none) continue;
                const float found = height(sample, x, y);
                if (found <= best) continue;
                best = found;
                contacts_[index(i, j)] = sample;
            }
        }
        heights_[index(i, j)] = best;
        // Along z the surfaces are further apart than along their normal.
        const Sample& contact = contacts_[index(i, j)];
        const double across = std::hypot(contact.x - x, contact.y - y) / CasingProfile::least_radius;
        allowed_[index(i, j)] =
            static_cast<float>(CasingProfile::tolerance / std::sqrt(std::max(0.0, 1 - across * across)));
    }

    void raise(const Sample& sample) {
        const double stride = centre_stride * side_.spacing();
        const int reach = 1 + reach_ / centre_stride;
        const int centre_i = static_cast<int>((sample.x - side_.x(0)) / stride);
        const int centre_j = static_cast<int>((sample.y - side_.y(0)) / stride);
        for (int j = std::max(0, centre_j - reach); j <= std::min(n_y_ - 1, centre_j + reach); ++j) {
            for (int i = std::max(0, centre_i - reach); i <= std::min(n_x_ - 1, centre_i + reach); ++i) {
                float& kept = kept_heights_[index(i, j)];
                kept = std::max(kept, height(sample, side_.x(i * centre_stride), side_.y(j * centre_stride)));
            }
        }
    }

    const HeadSide& side_;
    int n_x_;
    int n_y_;
    int reach_;
    std::vector<Sample> contacts_;
    std::vector<float> heights_;
    std::vector<float> allowed_; ///< What kept heights may be below the true ones [m].
    std::vector<float> kept_heights_;
};

} // namespace

CasingProfile::CasingProfile(const coils::Coil& coil, int n_rotations) : n_rotations_(n_rotations) {
    CORTICOIL_ASSERT(n_rotations > 0);
    const HeadSide side(coil);
    for (const Sample& sample : BallContacts(side).keep()) {
        points_.x.push_back(sample.x);
        points_.y.push_back(sample.y);
        points_.z.push_back(sample.z);
    }
    plan_ = plan_lifts(points_, n_rotations);
}

} // namespace corticoil::planning
