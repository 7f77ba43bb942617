#include "imaging/t2_evidence.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/bias_correction.h"
#include "imaging/mask_algebra.h"
#include "imaging/quantile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

/// CSF on a T2 has twice the intensity of grey matter or more, on a FLAIR half or less; a proton-density
/// image has 1.0 to 1.2 times. Between these an image cannot tell them apart.
constexpr double least_csf_contrast = 1.3;
/// White over grey matter, with dark CSF: a T1 has 1.2 to 1.4, a FLAIR 0.7 to 0.95.
constexpr double most_white_of_flair = 1.05;
/// Below this share of the brain's intensity a voxel is as dark as air with its noise.
constexpr double as_dark_as_air = 0.15;
/// Share of the head outside the brain that is as dark as air in a brain-extracted image; bone and air are
/// dark in a whole one too, and fill less than half.
constexpr double extracted_share = 0.85;
/// Mean share of CSF's and brain's cores that appear as such. Chance gives a half.
constexpr double least_agreement = 0.75;
constexpr std::size_t fewest_voxels = 100; // Of a tissue: fewer say nothing.

bool is_brain(int label) {
    return label == tissue::white_matter || label == tissue::grey_matter;
}

/// Intensities by class of the T1, without the classes' rims where enough is left.
struct Cores {
    std::vector<float> csf;
    std::vector<float> grey;
    std::vector<float> white;
};

std::vector<float> core_values(const ScalarImage& image, const Mask& covered, const LabelImage& classes,
                               int label) {
    const std::array<double, 3> edges = voxel_spacing(image.head_from_voxel);
    const double rim = 1.01 * *std::max_element(edges.begin(), edges.end());
    const Mask all = mask_where(classes, [&](std::size_t n) { return classes.voxels[n] == label; });
    for (const Mask& part : {erode(all, rim), all}) {
        std::vector<float> values;
        for (std::size_t n = 0; n < image.voxels.size(); ++n) {
            if (part.voxels[n] != 0 && covered.voxels[n] != 0) values.push_back(image.voxels[n]);
        }
        if (values.size() >= fewest_voxels) return values;
    }
    return {};
}

Cores find_cores(const ScalarImage& image, const Mask& covered, const LabelImage& classes,
                 const std::string& name) {
    Cores cores{core_values(image, covered, classes, tissue::csf),
                core_values(image, covered, classes, tissue::grey_matter),
                core_values(image, covered, classes, tissue::white_matter)};
    if (cores.csf.empty() || cores.grey.empty() || cores.white.empty()) {
        throw Error(fmt::format("{}: shows too little of the brain to be of use; leave --t2 out", name));
    }
    return cores;
}

void refuse_extracted(const PlacedT2& placed, const LabelImage& classes, const Mask& head) {
    const Mask brain = mask_where(classes, [&](std::size_t n) { return classes.voxels[n] != tissue::air; });
    constexpr double scalp = 8e-3; // Beyond bone and CSF of most of the skull [m].
    const Mask outside = without(both(head, placed.covered), dilate(brain, scalp));
    std::vector<float> inside;
    for (std::size_t n = 0; n < brain.voxels.size(); ++n) {
        if (is_brain(classes.voxels[n]) && placed.covered.voxels[n] != 0)
            inside.push_back(placed.image.voxels[n]);
    }
    const double dark = as_dark_as_air * median_of(inside);
    double n_dark = 0;
    for (std::size_t n = 0; n < outside.voxels.size(); ++n)
        n_dark += outside.voxels[n] != 0 && placed.image.voxels[n] <= dark ? 1 : 0;
    const auto n_outside = static_cast<double>(count(outside));
    if (n_outside == 0 || n_dark < extracted_share * n_outside) return;
    throw Error(
        fmt::format("{}: {:.0f} % of the head outside the brain is black on it: it is brain-extracted, "
                    "or does not lie on this head; give the image from before brain extraction",
                    placed.name, 100 * n_dark / n_outside));
}

/// The contrast from ratios to grey matter.
T2Contrast recognise(double csf_to_grey, double white_to_grey, const std::string& name) {
    if (csf_to_grey > least_csf_contrast) return T2Contrast::t2;
    if (csf_to_grey < 1 / least_csf_contrast) {
        if (white_to_grey < most_white_of_flair) return T2Contrast::flair;
        throw Error(
            fmt::format("{}: white matter has {:.2f} and CSF {:.2f} times the intensity of grey matter: "
                        "it looks like a T1; --t2 takes a T2-weighted or FLAIR image",
                        name, white_to_grey, csf_to_grey));
    }
    throw Error(
        fmt::format("{}: where the T1 has CSF, it has {:.2f} times the intensity of grey matter, a T2 "
                    "twice as much or more and a FLAIR half or less: it is another contrast (proton "
                    "density?) or another person's head",
                    name, csf_to_grey));
}

/// Share of the values on CSF's side of half-way to grey matter, which is what borders CSF.
double share_like_csf(const std::vector<float>& values, const T2Evidence& evidence) {
    const double half = 0.5 * (evidence.csf + evidence.grey);
    const bool is_csf_bright = evidence.csf > evidence.grey;
    const auto n = std::count_if(values.begin(), values.end(),
                                 [&](float value) { return (value > half) == is_csf_bright; });
    return static_cast<double>(n) / static_cast<double>(values.size());
}

/// Root mean square around the medians of what the T1 calls CSF and brain, by equal parts: noise, partial
/// volume, thick slices and what the registration missed, all in one.
double deviation_of(const T2Evidence& evidence, const LabelImage& classes) {
    const double brain = evidence.grey;
    const auto [low, high] = std::minmax(evidence.csf, brain);
    std::array<double, 2> squares{};
    std::array<double, 2> n_voxels{};
    for (std::size_t n = 0; n < classes.voxels.size(); ++n) {
        const int label = classes.voxels[n];
        if (label == tissue::air || evidence.covered.voxels[n] == 0) continue;
        const std::size_t c = label == tissue::csf ? 0 : 1;
        const double value = std::clamp(static_cast<double>(evidence.image.voxels[n]), low, high);
        const double off = value - (c == 0 ? evidence.csf : brain);
        squares[c] += off * off;
        n_voxels[c] += 1;
    }
    return std::sqrt(0.5 *
                     (squares[0] / std::max(1.0, n_voxels[0]) + squares[1] / std::max(1.0, n_voxels[1])));
}

/// The dark half of what lies 3 to 8 mm around the brain.
double typical_bone(const T2Evidence& evidence, const LabelImage& classes, const Mask& head) {
    constexpr double nearest = 3e-3;
    constexpr double farthest = 8e-3;
    const Mask brain = mask_where(classes, [&](std::size_t n) { return classes.voxels[n] != tissue::air; });
    const Mask shell = without(both(dilate(brain, farthest), head), dilate(brain, nearest));
    std::vector<float> values;
    const double darkest_brain = std::min(evidence.grey, evidence.white);
    for (std::size_t n = 0; n < shell.voxels.size(); ++n) {
        const float value = evidence.image.voxels[n];
        if (shell.voxels[n] != 0 && evidence.covered.voxels[n] != 0 && value < darkest_brain)
            values.push_back(value);
    }
    return median_of(values);
}

/// The share of the brain that the image covers.
double covered_share(const Mask& covered, const LabelImage& classes) {
    double n_brain = 0;
    double n_covered = 0;
    for (std::size_t n = 0; n < classes.voxels.size(); ++n) {
        if (!is_brain(classes.voxels[n])) continue;
        n_brain += 1;
        n_covered += covered.voxels[n] != 0 ? 1 : 0;
    }
    return n_covered / std::max(1.0, n_brain);
}

std::vector<std::string> warnings_of(const PlacedT2& placed, const T2Report& report) {
    std::vector<std::string> warnings;
    if (placed.coarsest_voxel > coarsest_useful_t2) {
        warnings.push_back(fmt::format("{}: voxels are up to {:.3g} mm long: it helps little; sulci and the "
                                       "skull's surface are blurred on "
                                       "it, so it is used lightly for CSF against brain and not for the "
                                       "skull (a 3-D T2 of about 1 mm is)",
                                       placed.name, placed.coarsest_voxel * millimetres_per_metre));
    }
    constexpr double nearly_all = 0.95;
    if (report.brain_covered < nearly_all) {
        warnings.push_back(fmt::format("{}: shows {:.0f} % of the brain; elsewhere the T1 alone decides",
                                       placed.name, 100 * report.brain_covered));
    }
    return warnings;
}

/// How far the registration moved the head.
void report_motion(const PlacedT2& placed, T2Report& report) {
    const Vector3 middle(0.5 * (placed.image.size[0] - 1), 0.5 * (placed.image.size[1] - 1),
                         0.5 * (placed.image.size[2] - 1));
    const Vector3 point = placed.image.head_from_voxel * middle;
    report.t2_from_t1 = placed.t2_from_t1;
    report.shift = (placed.t2_from_t1 * point - point).norm();
    report.rotation = Eigen::AngleAxisd(Eigen::Matrix3d(placed.t2_from_t1.linear())).angle();
}

} // namespace

std::string describe_t2_contrast(T2Contrast contrast) {
    return contrast == T2Contrast::t2 ? "T2-weighted" : "a FLAIR";
}

JudgedT2 judge_t2(const PlacedT2& placed, const LabelImage& t1_classes, const Mask& head) {
    JudgedT2 result;
    T2Evidence& evidence = result.evidence;
    T2Report& report = result.report;
    evidence.covered = placed.covered;
    report.brain_covered = covered_share(placed.covered, t1_classes);
    (void)find_cores(placed.image, placed.covered, t1_classes, placed.name); // Too little of the brain.
    refuse_extracted(placed, t1_classes, head);
    // The field is estimated in the brain, whose parts differ far less than CSF does.
    const Mask brain = mask_where(t1_classes, [&](std::size_t n) {
        return is_brain(t1_classes.voxels[n]) && placed.covered.voxels[n] != 0;
    });
    evidence.image = correct_bias(placed.image, brain);
    Cores cores = find_cores(evidence.image, evidence.covered, t1_classes, placed.name);
    evidence.csf = median_of(cores.csf);
    evidence.grey = median_of(cores.grey);
    evidence.white = median_of(cores.white);
    report.csf_to_grey = evidence.csf / std::max(evidence.grey, 1e-30);
    report.white_to_grey = evidence.white / std::max(evidence.grey, 1e-30);
    report.contrast = evidence.contrast = recognise(report.csf_to_grey, report.white_to_grey, placed.name);
    report.agreement =
        0.5 * (share_like_csf(cores.csf, evidence) + 1 -
               0.5 * (share_like_csf(cores.grey, evidence) + share_like_csf(cores.white, evidence)));
    if (report.agreement < least_agreement) {
        throw Error(
            fmt::format("{}: only {:.0f} % of the T1's CSF and brain appear as such on it: it is another "
                        "person's head, or of long ago; give the T2 or FLAIR of the same session",
                        placed.name, 100 * report.agreement));
    }
    evidence.deviation = deviation_of(evidence, t1_classes);
    evidence.bone = typical_bone(evidence, t1_classes, head);
    report.is_used_for_skull = evidence.shows_skull =
        evidence.contrast == T2Contrast::t2 && placed.coarsest_voxel <= coarsest_useful_t2;
    report_motion(placed, report);
    report.warnings = warnings_of(placed, report);
    return result;
}

ScalarImage with_t2(const ScalarImage& tissue_prior, const T2Evidence& evidence) {
    const double brain = evidence.grey;
    const auto [low, high] = std::minmax(evidence.csf, brain);
    ScalarImage result(evidence.image.size, evidence.image.head_from_voxel, 0.5F);
    if (!tissue_prior.voxels.empty()) result.voxels = tissue_prior.voxels;
    for (std::size_t n = 0; n < result.voxels.size(); ++n) {
        if (evidence.covered.voxels[n] == 0) continue;
        const double value = std::clamp(static_cast<double>(evidence.image.voxels[n]), low, high);
        const double z_brain = (value - brain) / evidence.deviation;
        const double z_csf = (value - evidence.csf) / evidence.deviation;
        const double odds_of_csf = std::exp(0.5 * (z_brain * z_brain - z_csf * z_csf));
        const double prior = result.voxels[n];
        result.voxels[n] = static_cast<float>(prior / (prior + (1 - prior) * odds_of_csf));
    }
    return result;
}

SkullSide skull_side(const T2Evidence& evidence, std::size_t voxel) {
    if (!evidence.shows_skull || evidence.covered.voxels[voxel] == 0) return SkullSide::undecided;
    const double value = evidence.image.voxels[voxel];
    // Half-way between bone and CSF. Marrow and muscle, which are as bright as the brain, stay below.
    if (value > 0.5 * (evidence.bone + evidence.csf)) return SkullSide::csf;
    if (value < 0.5 * (evidence.bone + std::min(evidence.grey, evidence.white))) return SkullSide::bone;
    return SkullSide::undecided;
}

} // namespace corticoil::imaging
