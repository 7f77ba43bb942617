#include "imaging/contrast_check.h"

#include "core/error.h"
#include "core/tissue.h"
#include "imaging/head_mask.h"
#include "imaging/mask_algebra.h"
#include "imaging/quantile.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

namespace corticoil::imaging {

namespace {

/// Ratios within this of 1 decide nothing: the mixture model says whether classes can be told apart.
constexpr double undecided = 0.05;

/// The template's classes without their rims, which a rough mapping does not hit.
LabelImage template_classes(const MniTemplate& mni) {
    const Mask brain =
        resample_mask(mni.brain, mni.t1.size, mni.t1.head_from_voxel, Eigen::Affine3d::Identity());
    const LabelImage classes = classify_brain(mni.t1, brain, fit_brain_intensities(mni.t1, brain));
    const std::array<double, 3> edges = voxel_spacing(mni.t1.head_from_voxel);
    const double rim = 1.01 * *std::max_element(edges.begin(), edges.end());
    LabelImage cores(classes.size, classes.head_from_voxel);
    for (const int label : {tissue::white_matter, tissue::grey_matter, tissue::csf}) {
        const Mask core =
            erode(mask_where(classes, [&](std::size_t n) { return classes.voxels[n] == label; }), rim);
        for (std::size_t n = 0; n < cores.voxels.size(); ++n) {
            if (core.voxels[n] != 0) cores.voxels[n] = static_cast<std::uint8_t>(label);
        }
    }
    return cores;
}

/// Intensities of one tissue per block of the template.
using Blocks = std::map<std::array<int, 3>, std::vector<float>>;

/// Median over blocks of the ratio of medians.
double ratio_of(Blocks& tissue, Blocks& grey) {
    constexpr std::size_t fewest = 30; // Voxels of a tissue in a block.
    std::vector<float> ratios;
    for (auto& [block, values] : tissue) {
        const auto found = grey.find(block);
        if (found == grey.end() || values.size() < fewest || found->second.size() < fewest) continue;
        const float below = median_of(found->second);
        if (below > 0) ratios.push_back(median_of(values) / below);
    }
    return ratios.empty() ? 0 : median_of(ratios);
}

/// Template voxels with where they lie on the head: `visit(template index, point of the head, MNI point)`.
template <typename Voxel, typename Visit>
void for_each_mapped(const Image<Voxel>& mni, const MniMapping& mapping, Visit visit) {
    std::size_t n = 0;
    for (int k = 0; k < mni.size[2]; ++k) {
        for (int j = 0; j < mni.size[1]; ++j) {
            for (int i = 0; i < mni.size[0]; ++i, ++n) {
                if (mni.voxels[n] == 0) continue;
                const Vector3 p_mni = mni.head_from_voxel * Vector3(i, j, k);
                visit(n, mapping.to_head(p_mni), p_mni);
            }
        }
    }
}

/// The nearest voxel, if the point lies on the grid.
template <typename Voxel>
std::optional<Voxel> voxel_at(const Image<Voxel>& image, const Eigen::Affine3d& voxel_from_head,
                              const Vector3& point) {
    const Eigen::Vector3i voxel = ((voxel_from_head * point).array() + 0.5).floor().cast<int>();
    if (!image.contains(voxel[0], voxel[1], voxel[2])) return std::nullopt;
    return image.at(voxel[0], voxel[1], voxel[2]);
}

} // namespace

ContrastRatios find_contrast(const ScalarImage& t1, const MniTemplate& mni, const MniMapping& mapping) {
    constexpr double block_edge =
        0.040; // A bias field hardly changes over it, and it holds every tissue [m].
    const LabelImage cores = template_classes(mni);
    const Eigen::Affine3d voxel_from_head = t1.head_from_voxel.inverse();
    std::array<Blocks, 4> blocks; // By label.
    for_each_mapped(cores, mapping, [&](std::size_t n, const Vector3& p_head, const Vector3& p_mni) {
        const std::optional<float> value = voxel_at(t1, voxel_from_head, p_head);
        if (!value) return;
        const Eigen::Vector3i block = (p_mni / block_edge).array().floor().cast<int>();
        blocks[cores.voxels[n]][{block[0], block[1], block[2]}].push_back(*value);
    });
    Blocks& grey = blocks[tissue::grey_matter];
    return {ratio_of(blocks[tissue::white_matter], grey), ratio_of(blocks[tissue::csf], grey)};
}

void refuse_wrong_contrast(const ContrastRatios& contrast) {
    if (contrast.white_to_grey <= 0 || contrast.csf_to_grey <= 0) return;
    std::string looks_like;
    if (contrast.csf_to_grey > 1 + undecided && contrast.white_to_grey < 1) {
        looks_like = "T2- or PD-weighted";
    } else if (contrast.csf_to_grey < 1 - undecided && contrast.white_to_grey < 1 - undecided) {
        looks_like = "like a FLAIR";
    } else {
        return;
    }
    throw Error(fmt::format(
        "white matter has {:.2f} and CSF {:.2f} times the intensity of grey matter: the image looks {}, not "
        "T1-weighted; give the T1 of the same session (a T2 or FLAIR goes beside it: --t2)",
        contrast.white_to_grey, contrast.csf_to_grey, looks_like));
}

std::optional<std::string> describe_missing_face(const Mask& head, const ScalarImage& template_t1,
                                                 const MniMapping& mapping) {
    // Nose, orbits and cheeks, in front of the skull base [m, MNI].
    constexpr double face_back = 0.050;
    constexpr double face_bottom = -0.060;
    constexpr double face_top = -0.015;
    constexpr double missing_allowed = 0.4; // Faces differ; a cut face is missing nearly whole.
    constexpr double smallest_face = 20e-6; // Less of it in the image says nothing [m³].
    const Mask template_head = find_head(template_t1).mask;
    const Eigen::Affine3d voxel_from_head = head.head_from_voxel.inverse();
    double n_seen = 0;
    double n_missing = 0;
    for_each_mapped(template_head, mapping, [&](std::size_t, const Vector3& p_head, const Vector3& p_mni) {
        if (p_mni[1] < face_back || p_mni[2] < face_bottom || p_mni[2] > face_top) return;
        const std::optional<std::uint8_t> voxel = voxel_at(head, voxel_from_head, p_head);
        if (!voxel) return;
        n_seen += 1;
        n_missing += *voxel == 0 ? 1 : 0;
    });
    if (n_seen * template_head.voxel_volume() < smallest_face || n_missing <= missing_allowed * n_seen)
        return std::nullopt;
    return fmt::format("{:.0f} % of the face is air: the T1 was defaced; scalp and bone in front of the "
                       "skull base are missing, so "
                       "fields near the forehead and the orbits (prefrontal targets, frontal coil positions) "
                       "are less certain, the "
                       "nasion may be misplaced, and eyes are not found; the motor cortex and the cerebellum "
                       "are hardly affected",
                       100 * n_missing / n_seen);
}

std::vector<std::string> check_against_template(const ScalarImage& t1, const Mask& head,
                                                const MniTemplate& mni, const MniMapping& mapping) {
    refuse_wrong_contrast(find_contrast(t1, mni, mapping));
    std::vector<std::string> warnings;
    if (auto warning = describe_missing_face(head, mni.t1, mapping)) warnings.push_back(std::move(*warning));
    return warnings;
}

std::optional<std::string> describe_enhancement(const ScalarImage& t1, const Mask& brain,
                                                const BrainIntensities& intensities) {
    constexpr double bright = 1.35; // Of white matter; noise and bias stay below.
    constexpr double share_allowed =
        0.001; // Plain T1s have a ten-thousandth (inflow, fat), enhanced ones several thousandths.
    std::size_t n_brain = 0;
    std::size_t n_bright = 0;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (brain.voxels[n] == 0) continue;
        n_brain += 1;
        n_bright += t1.voxels[n] > bright * intensities.white ? 1 : 0;
    }
    if (n_brain == 0) return std::nullopt;
    const double share = static_cast<double>(n_bright) / static_cast<double>(n_brain);
    if (share <= share_allowed) return std::nullopt;
    return fmt::format(
        "{:.1f} % of the brain is over {:.2f} times as bright as white matter: a contrast agent (gadolinium) "
        "seems "
        "to have been given; vessels, dura and sinuses may be labelled grey or white matter, and the skull's "
        "inner "
        "surface may be off: use the T1 from before the injection, or check the outlines in segmentation.png",
        100 * share, bright);
}

} // namespace corticoil::imaging
