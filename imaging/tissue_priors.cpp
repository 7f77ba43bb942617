#include "imaging/tissue_priors.h"

#include "core/tissue.h"
#include "imaging/carry.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Smoothing of the priors [m]: what a deformable registration leaves open between two people.
constexpr double uncertainty = 3e-3;

/// AAL's numbers of the caudates, putamina and thalami (Tzourio-Mazoyer et al. 2002, NeuroImage 15:273). The
/// pallida hold so much iron and myelin that a T1 shows them as white matter: it decides there.
constexpr std::array<int, 6> deep_regions{71, 72, 73, 74, 77, 78};

ScalarImage share_of(const LabelImage& labels, std::initializer_list<int> which, double width) {
    ScalarImage share(labels.size, labels.head_from_voxel);
    for (std::size_t n = 0; n < share.voxels.size(); ++n) {
        const int label = labels.voxels[n];
        share.voxels[n] = std::find(which.begin(), which.end(), label) != which.end() ? 1.0F : 0.0F;
    }
    return smooth(share, width);
}

} // namespace

ScalarImage deep_grey_of_atlas(const LabelImage& atlas) {
    if (atlas.voxels.empty()) return {};
    LabelImage deep = atlas;
    for (std::uint8_t& region : deep.voxels) {
        region = std::find(deep_regions.begin(), deep_regions.end(), region) != deep_regions.end() ? 1 : 0;
    }
    return share_of(deep, {1}, uncertainty);
}

TissuePriors carry_priors(const MniTemplate& mni, const MniMapping& mapping, const ScalarImage& t1) {
    using namespace tissue;
    std::vector<ScalarImage> shares{
        share_of(mni.labels, {white_matter, grey_matter}, uncertainty),
        share_of(mni.labels, {white_matter, grey_matter, csf}, uncertainty),
        share_of(mni.labels, {white_matter, grey_matter, csf, bone}, uncertainty)};
    if (!mni.atlas.voxels.empty()) shares.push_back(deep_grey_of_atlas(mni.atlas));
    std::vector<ScalarImage> carried = carry_to_head(shares, mapping, grid_of(t1));
    TissuePriors priors;
    priors.brain.tissue = std::move(carried[0]);
    priors.intracranial = std::move(carried[1]);
    priors.cranium = std::move(carried[2]);
    if (!mni.atlas.voxels.empty()) priors.brain.deep_grey = std::move(carried[3]);
    return priors;
}

} // namespace corticoil::imaging
