#include "imaging/eyes.h"

#include "core/tissue.h"
#include "imaging/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Centre of the right eyeball of Colin27 in MNI space [m], by eye on the T1; the left one mirrors it.
constexpr std::array<double, 3> right_eye{0.033, 0.063, -0.038};
/// Eyeballs differ from that place by less than this after an affine registration [m].
constexpr double search_radius = 10e-3;
constexpr double search_step = 2e-3;
/// Radius of an eyeball: 12 mm ± 1 mm in adults (Bekerman et al. 2014, J Ophthalmol 503645); of its vitreous,
/// that radius less the wall.
constexpr double smallest_radius = 10e-3;
constexpr double largest_radius = 13e-3;
constexpr double wall = 1e-3;
/// Thickness of the surroundings that must be bright [m].
constexpr double surroundings = 3e-3;
/// Shares of dark inside and bright outside from which a sphere counts as an eye; an air-filled sinus has
/// dark walls.
constexpr double least_dark_inside = 0.75;
constexpr double least_bright_outside = 0.55;
/// What parts dark from bright, as shares of the orbit's bright quarter: vitreous has a fifth to a half of
/// fat, and how much fat, muscle and air the quarter is made of differs between heads.
constexpr std::array<float, 4> dark_shares{0.5F, 0.6F, 0.7F, 0.8F};
/// Darker than this share is air, which no eye consists of, nor of what lies in the skull or out of the head.
constexpr float air_share = 0.12F;
constexpr double most_foreign_inside = 0.25;

struct Sphere {
    Vector3 centre = Vector3::Zero();
    double radius = 0;
    double score = 0;
};

/// Voxels around an expected centre.
struct Sample {
    std::vector<Vector3> points;
    std::vector<std::size_t> level; ///< How many of dark_shares a voxel reaches.
    std::vector<bool> is_foreign;   ///< Air, or labelled neither soft tissue nor bone.
};

Sample sample_around(const ScalarImage& t1, const LabelImage& labels, const Vector3& centre) {
    constexpr double reach = search_radius + largest_radius + surroundings;
    constexpr double spacing = 1.5e-3;
    const Eigen::Affine3d voxel_from_head = t1.head_from_voxel.inverse();
    Sample sample;
    std::vector<float> values;
    std::vector<int> found;
    const int n = static_cast<int>(reach / spacing);
    for (int k = -n; k <= n; ++k) {
        for (int j = -n; j <= n; ++j) {
            for (int i = -n; i <= n; ++i) {
                const Vector3 point = centre + spacing * Vector3(i, j, k);
                const Eigen::Vector3i at = (voxel_from_head * point).array().round().matrix().cast<int>();
                if (!t1.contains(at[0], at[1], at[2])) continue;
                sample.points.push_back(point);
                values.push_back(t1.at(at[0], at[1], at[2]));
                found.push_back(labels.at(at[0], at[1], at[2]));
            }
        }
    }
    if (values.empty()) return sample;
    std::vector<float> sorted = values;
    const float bright = quantile(sorted, 0.75);
    for (std::size_t v = 0; v < values.size(); ++v) {
        const float value = values[v];
        const bool is_orbit = found[v] == tissue::scalp || found[v] == tissue::bone;
        sample.level.push_back(static_cast<std::size_t>(std::count_if(
            dark_shares.begin(), dark_shares.end(), [&](float share) { return value >= share * bright; })));
        sample.is_foreign.push_back(!is_orbit || value < air_share * bright);
    }
    return sample;
}

Sphere score_sphere(const Sample& sample, const Vector3& centre, double radius) {
    std::array<double, dark_shares.size() + 1> inside{}; // Counts by level.
    std::array<double, dark_shares.size() + 1> outside{};
    double n_inside = 0, n_outside = 0, n_foreign_inside = 0;
    for (std::size_t n = 0; n < sample.points.size(); ++n) {
        const double distance = (sample.points[n] - centre).norm();
        if (distance <= radius - wall) {
            n_inside += 1;
            inside[sample.level[n]] += 1;
            n_foreign_inside += sample.is_foreign[n] ? 1 : 0;
        } else if (distance > radius && distance <= radius + surroundings) {
            n_outside += 1;
            outside[sample.level[n]] += 1;
        }
    }
    if (n_inside == 0 || n_outside == 0 || n_foreign_inside > most_foreign_inside * n_inside) return {};
    Sphere best;
    double n_dark_inside = 0;
    double n_dark_outside = 0;
    for (std::size_t level = 0; level < dark_shares.size(); ++level) {
        n_dark_inside += inside[level];
        n_dark_outside += outside[level];
        const double dark = n_dark_inside / n_inside;
        const double bright = 1 - n_dark_outside / n_outside;
        if (dark < least_dark_inside || bright < least_bright_outside) continue;
        if (dark + bright > best.score) best = {centre, radius, dark + bright};
    }
    return best;
}

Sphere find_sphere(const Sample& sample, const Vector3& expected) {
    Sphere best;
    const int n = static_cast<int>(search_radius / search_step);
    for (int k = -n; k <= n; ++k) {
        for (int j = -n; j <= n; ++j) {
            for (int i = -n; i <= n; ++i) {
                for (double radius = smallest_radius; radius <= largest_radius; radius += 1e-3) {
                    const Sphere sphere =
                        score_sphere(sample, expected + search_step * Vector3(i, j, k), radius);
                    if (sphere.score > best.score) best = sphere;
                }
            }
        }
    }
    return best;
}

} // namespace

int add_eyes(const ScalarImage& t1, const MniMapping& mni, LabelImage& labels) {
    int n_found = 0;
    for (const double side : {-1.0, 1.0}) {
        const Vector3 expected = mni.to_head(Vector3(side * right_eye[0], right_eye[1], right_eye[2]));
        const Sphere eye = find_sphere(sample_around(t1, labels, expected), expected);
        if (eye.score == 0) continue;
        ++n_found;
        for (int k = 0; k < labels.size[2]; ++k) {
            for (int j = 0; j < labels.size[1]; ++j) {
                for (int i = 0; i < labels.size[0]; ++i) {
                    std::uint8_t& label = labels.at(i, j, k);
                    if (label != tissue::scalp && label != tissue::bone) continue;
                    if ((labels.head_from_voxel * Vector3(i, j, k) - eye.centre).norm() <= eye.radius)
                        label = tissue::eyes;
                }
            }
        }
    }
    return n_found;
}

} // namespace corticoil::imaging
