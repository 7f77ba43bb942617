#include "imaging/input_checks.h"

#include "core/constants.h"
#include "core/error.h"
#include "imaging/air_level.h"
#include "imaging/head_mask.h"
#include "imaging/orientation_check.h"
#include "imaging/quantile.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::imaging {

namespace {

/// Coarser than this no skull of 5 mm and no CSF of 2 mm can be told apart; T1s for head models have 1 mm.
constexpr double coarsest_allowed = 2.5e-3;
constexpr double coarsest_advised = 1.5e-3;

/// Noise that fills air evenly differs between neighbours by over a quarter of its range in 56 % of pairs,
/// and air fills a quarter of an image at least; heads made of tissue stay below 5 %.
constexpr double noisy_share_allowed = 0.10;

/// Soft tissues of a CT lie within 0 … 80 HU of 1000 HU above air; grey matter of a T1 is 20 % to 40 % darker
/// than white, fat brighter, bone nearly black.
constexpr double least_tissue_spread = 0.20;

/// A brain-extracted image has a dark layer nowhere, a whole head nearly everywhere.
constexpr double least_skull_share = 0.3;

/// From here on a cut is more than the tip of an ear or the touch of a few voxels [m²].
constexpr double noticeable_cut = 4e-4;
/// Radius of curvature of the vertex [m]: half the head's breadth, about 150 to 160 mm.
constexpr double vertex_radius = 0.078;
/// Scalp and bone over the vertex [m]: what lies deeper is brain.
constexpr double vertex_cover = 0.015;
/// Height of the part of the head above the skull base [m]: faces and ears may be cut below.
constexpr double cranium_height = 0.090;

constexpr double square_centimetres_per_square_metre = 1e4;
constexpr std::array<const char*, 4> side_names{"left", "right", "back", "front"};

double noisy_share_of(const ScalarImage& t1) {
    std::vector<float> values = t1.voxels;
    const float range = quantile(values, 0.99) - quantile(values, 0.01);
    const float step = 0.25F * range;
    std::size_t n_pairs = 0;
    std::size_t n_noisy = 0;
    for (int k = 0; k + 1 < t1.size[2]; ++k) {
        for (int j = 0; j + 1 < t1.size[1]; ++j) {
            for (int i = 0; i + 1 < t1.size[0]; ++i) {
                const float value = t1.at(i, j, k);
                for (const float other : {t1.at(i + 1, j, k), t1.at(i, j + 1, k), t1.at(i, j, k + 1)}) {
                    n_pairs += 1;
                    n_noisy += std::abs(other - value) > step ? 1 : 0;
                }
            }
        }
    }
    return n_pairs == 0 || range <= 0 ? 0 : static_cast<double>(n_noisy) / static_cast<double>(n_pairs);
}

double tissue_spread_of(const ScalarImage& t1, const Mask& head) {
    std::vector<float> tissue;
    std::vector<float> air;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n)
        (head.voxels[n] != 0 ? tissue : air).push_back(t1.voxels[n]);
    const float zero = air.empty() ? 0 : quantile(air, 0.5);
    const float median = quantile(tissue, 0.5) - zero;
    return median > 0 ? (quantile(tissue, 0.75) - quantile(tissue, 0.25)) / median : 0;
}

/// A head seen from the middle of its upper part.
struct UpperHead {
    double top = std::numeric_limits<double>::lowest(); ///< Highest voxel's z [m].
    Vector3 centre = Vector3::Zero();                   ///< Of the voxels within cranium_height of the top.
};

template <typename Visit>
void for_each_voxel(const Mask& mask, Visit visit) {
    std::size_t n = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                if (mask.voxels[n] != 0) visit(std::array{i, j, k}, mask.head_from_voxel * Vector3(i, j, k));
            }
        }
    }
}

UpperHead find_upper_head(const Mask& head) {
    UpperHead upper;
    for_each_voxel(head, [&](const auto&, const Vector3& p) { upper.top = std::max(upper.top, p[2]); });
    double n = 0;
    for_each_voxel(head, [&](const auto&, const Vector3& p) {
        if (p[2] < upper.top - cranium_height) return;
        upper.centre += p;
        n += 1;
    });
    upper.centre /= n;
    return upper;
}

/// Intensities inwards from the head's surface along one ray; empty where it leaves the image first.
std::vector<float> profile_along(const ScalarImage& t1, const Mask& head, const Vector3& centre,
                                 const Vector3& direction) {
    constexpr double step = 1e-3;
    constexpr int n_steps = 160; // Longer than any head's radius.
    constexpr int depth = 45;    // Down to white matter.
    const Eigen::Affine3d voxel_from_head = t1.head_from_voxel.inverse();
    std::vector<float> values;
    int surface = 0;
    for (int s = 0; s < n_steps; ++s) {
        const Vector3 position = voxel_from_head * Vector3(centre + s * step * direction);
        const std::array<int, 3> voxel{static_cast<int>(std::lround(position[0])),
                                       static_cast<int>(std::lround(position[1])),
                                       static_cast<int>(std::lround(position[2]))};
        const bool is_inside = t1.contains(voxel[0], voxel[1], voxel[2]);
        values.push_back(is_inside ? t1.at(voxel[0], voxel[1], voxel[2]) : 0);
        if (is_inside && head.at(voxel[0], voxel[1], voxel[2]) != 0) surface = s;
    }
    if (surface < depth) return {};
    std::vector<float> profile;
    for (int s = surface; s > surface - depth; --s) profile.push_back(values[static_cast<std::size_t>(s)]);
    return profile;
}

/// Whether the median over a bundle of rays darkens between surface and brain.
bool has_dark_layer(const std::vector<std::vector<float>>& profiles) {
    constexpr std::size_t first = 3; // Depths in mm: bone begins under 2 to 12 mm of scalp …
    constexpr std::size_t last = 22; // … and ends at 22 mm.
    constexpr std::size_t brain = 25;
    constexpr float dark = 0.6F; // Bone has a fifth to a third of the brain's intensity.
    if (profiles.empty()) return false;
    std::vector<float> medians;
    for (std::size_t depth = 0; depth < profiles.front().size(); ++depth) {
        std::vector<float> values;
        for (const std::vector<float>& profile : profiles) values.push_back(profile[depth]);
        medians.push_back(quantile(values, 0.5));
    }
    std::vector<float> deep(medians.begin() + brain, medians.end());
    const auto least = std::min_element(medians.begin() + first, medians.begin() + last);
    const float before = *std::max_element(medians.begin(), least);
    const float inside = quantile(deep, 0.5);
    return *least < dark * inside && *least < dark * before;
}

double skull_share_of(const ScalarImage& t1, const Mask& head, const Vector3& centre) {
    // Bundles of 30° in azimuth and elevation over the upper hemisphere, a ray every 5°.
    constexpr int bundle = 30;
    constexpr int spacing = 5;
    int n_bundles = 0;
    int n_dark = 0;
    for (int low = 0; low < 90; low += bundle) {
        for (int from = 0; from < 360; from += bundle) {
            std::vector<std::vector<float>> profiles;
            for (int elevation = low; elevation < low + bundle; elevation += spacing) {
                for (int azimuth = from; azimuth < from + bundle; azimuth += spacing) {
                    const double up = elevation * radians_per_degree;
                    const double round = azimuth * radians_per_degree;
                    const Vector3 direction(std::cos(up) * std::cos(round), std::cos(up) * std::sin(round),
                                            std::sin(up));
                    std::vector<float> profile = profile_along(t1, head, centre, direction);
                    if (!profile.empty()) profiles.push_back(std::move(profile));
                }
            }
            n_bundles += 1;
            n_dark += has_dark_layer(profiles) ? 1 : 0;
        }
    }
    return static_cast<double>(n_dark) / n_bundles;
}

/// Adds the area of the head on the image's six faces.
void measure_cuts(const Mask& head, double top, T1Signs& signs) {
    const std::array<double, 3> edge = voxel_spacing(head.head_from_voxel);
    for_each_voxel(head, [&](const std::array<int, 3>& voxel, const Vector3& p) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const bool is_first = voxel[axis] == 0;
            if (!is_first && voxel[axis] != head.size[axis] - 1) continue;
            const Vector3 outwards = (is_first ? -1 : 1) *
                                     head.head_from_voxel.linear().col(static_cast<Eigen::Index>(axis)) /
                                     edge[axis];
            Eigen::Index along = 0;
            outwards.cwiseAbs().maxCoeff(&along);
            const double area = edge[(axis + 1) % 3] * edge[(axis + 2) % 3];
            if (along == 2) {
                if (outwards[2] > 0) signs.cut_vertex += area;
            } else if (p[2] > top - cranium_height) {
                signs.cut_sides[static_cast<std::size_t>(2 * along + (outwards[along] > 0 ? 1 : 0))] += area;
            }
        }
    });
}

void refuse_wrong_grid(double coarsest_voxel) {
    if (coarsest_voxel <= coarsest_allowed) return;
    throw Error(fmt::format("voxels are up to {:.3g} mm long: skull and CSF cannot be told apart over {:.1f} "
                            "mm (clinical slices of "
                            "5 mm resampled to 1 mm do not help either); use a 3-D T1 of about 1 mm",
                            coarsest_voxel * millimetres_per_metre,
                            coarsest_allowed * millimetres_per_metre));
}

void refuse_noise(double noisy_share) {
    if (noisy_share <= noisy_share_allowed) return;
    throw Error(fmt::format(
        "{:.0f} % of neighbouring voxels differ by over a quarter of the image's range: this looks like an "
        "MP2RAGE ratio image (UNI) whose air and bone are filled with noise; use the denoised image "
        "(UNI-DEN), "
        "or multiply UNI by the second inversion image (INV2) scaled to 0 … 1",
        100 * noisy_share));
}

/// Height of the cap that a cut of this area takes off a sphere.
double cap_height(double area) {
    const double squared = std::max(0.0, vertex_radius * vertex_radius - area / pi);
    return vertex_radius - std::sqrt(squared);
}

void refuse_ct(double tissue_spread) {
    if (tissue_spread >= least_tissue_spread) return;
    throw Error(fmt::format(
        "soft tissues differ by only {:.0f} % in intensity: this looks like a CT, not a T1-weighted MRI "
        "(grey "
        "and white matter cannot be told apart); use a T1, or import labels made from the CT with --labels",
        100 * tissue_spread));
}

void refuse_partial_head(const T1Signs& signs) {
    if (signs.skull_share < least_skull_share) {
        throw Error("no dark layer of bone lies around the brain: this looks like a brain-extracted "
                    "(skull-stripped) T1; use the T1 from before brain extraction (the extracted one can be "
                    "given beside it as --brain-mask)");
    }
    if (cap_height(signs.cut_vertex) > vertex_cover) {
        throw Error(fmt::format(
            "the image ends below the top of the head: about {:.0f} mm of the vertex are missing, brain "
            "included, where the coil would stand; use a T1 whose field of view holds the whole head",
            cap_height(signs.cut_vertex) * millimetres_per_metre));
    }
}

std::vector<std::string> warnings_of(const T1Signs& signs) {
    std::vector<std::string> warnings;
    if (signs.coarsest_voxel > coarsest_advised) {
        warnings.push_back(fmt::format(
            "voxels are up to {:.3g} mm long: thin CSF and bone blur; a T1 of about 1 mm gives better layers",
            signs.coarsest_voxel * millimetres_per_metre));
    }
    if (signs.cut_vertex > noticeable_cut) {
        warnings.push_back(
            fmt::format("the image ends at the top of the head: about {:.0f} mm of the vertex are missing "
                        "and the model is "
                        "flat there; coil positions over the vertex (leg motor cortex, SMA) are wrong",
                        std::max(1.0, cap_height(signs.cut_vertex) * millimetres_per_metre)));
    }
    for (std::size_t side = 0; side < side_names.size(); ++side) {
        if (signs.cut_sides[side] <= noticeable_cut) continue;
        warnings.push_back(fmt::format("the image cuts the head on the {}: {:.0f} cm² above the skull base "
                                       "lie on the image's face and the "
                                       "model is flat there; do not place a coil over it",
                                       side_names[side],
                                       signs.cut_sides[side] * square_centimetres_per_square_metre));
    }
    return warnings;
}

T1Signs find_signs(const ScalarImage& t1, double noisy_share) {
    constexpr double spacing = 2e-3; // Fine enough for a skull of 5 mm.
    T1Signs signs;
    const std::array<double, 3> edges = voxel_spacing(t1.head_from_voxel);
    signs.coarsest_voxel = *std::max_element(edges.begin(), edges.end());
    signs.noisy_share = noisy_share;
    const ScalarImage coarse = coarsened(t1, spacing);
    const Mask head = find_head(coarse).mask;
    signs.tissue_spread = tissue_spread_of(coarse, head);
    const UpperHead upper = find_upper_head(head);
    signs.skull_share = skull_share_of(coarse, head, upper.centre);
    measure_cuts(head, upper.top, signs);
    return signs;
}

std::vector<std::string> look_at(const ScalarImage& t1, const ScalarImage& template_t1) {
    (void)otsu_threshold(t1); // Empty and constant images first.
    const std::array<double, 3> edges = voxel_spacing(t1.head_from_voxel);
    refuse_wrong_grid(*std::max_element(edges.begin(), edges.end()));
    const double noisy_share = noisy_share_of(t1);
    refuse_noise(noisy_share); // In noise no head can be found.
    const T1Signs signs = find_signs(t1, noisy_share);
    refuse_ct(signs.tissue_spread);
    // A head that stands on its head would look like one without a vertex.
    if (const auto wrong = describe_wrong_orientation(fit_orientations(t1, template_t1))) throw Error(*wrong);
    refuse_partial_head(signs);
    return warnings_of(signs);
}

} // namespace

T1Signs find_t1_signs(const ScalarImage& t1) {
    return find_signs(t1, noisy_share_of(t1));
}

std::vector<std::string> check_t1(const ScalarImage& t1, const ScalarImage& template_t1,
                                  const std::string& name) {
    try {
        std::vector<std::string> warnings = look_at(with_air_at_zero(t1), template_t1);
        for (std::string& warning : warnings) warning = fmt::format("{}: {}", name, warning);
        return warnings;
    } catch (const Error& error) {
        throw Error(fmt::format("{}: {}", name, error.what()));
    }
}

} // namespace corticoil::imaging
