#include "imaging/mask_checks.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace corticoil::imaging {

namespace {

/// Different values above which a file holds intensities, not a mask: raters, lesion types and confidence
/// levels are fewer.
constexpr std::size_t most_values = 32;
/// A mask with less of itself on the head lies in another space.
constexpr double least_share_on_head = 0.1;
/// A mask with less is displaced.
constexpr double usual_share_on_head = 0.95;
/// Grids whose corners lie nearer than this are the same [m].
constexpr double grid_tolerance = 1e-4;

struct MaskContent {
    std::size_t n_set = 0;
    std::size_t n_on_head = 0;
    std::set<float> values; ///< Not 0; at most most_values + 1 of them.
    float least = 0;
    float most = 0;
};

MaskContent look_at(const ScalarImage& mask, const Mask& head) {
    MaskContent content;
    const Eigen::Affine3d head_voxel_from_voxel = head.head_from_voxel.inverse() * mask.head_from_voxel;
    std::size_t n = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i, ++n) {
                const float value = mask.voxels[n];
                if (value == 0) continue;
                if (content.values.size() <= most_values) content.values.insert(value);
                content.least = content.n_set == 0 ? value : std::min(content.least, value);
                content.most = content.n_set == 0 ? value : std::max(content.most, value);
                content.n_set += 1;
                const Eigen::Vector3d position = head_voxel_from_voxel * Eigen::Vector3d(i, j, k);
                const Eigen::Vector3i voxel = (position.array() + 0.5).floor().cast<int>();
                if (head.contains(voxel[0], voxel[1], voxel[2]) && head.at(voxel[0], voxel[1], voxel[2]) != 0)
                    content.n_on_head += 1;
            }
        }
    }
    return content;
}

/// Whether both grids have the same voxels in the same place.
bool is_same_grid(const ScalarImage& mask, const Mask& head) {
    if (mask.size != head.size) return false;
    for (int corner = 0; corner < 8; ++corner) {
        const Eigen::Vector3d index((corner & 1) * (head.size[0] - 1),
                                    ((corner >> 1) & 1) * (head.size[1] - 1),
                                    ((corner >> 2) & 1) * (head.size[2] - 1));
        if ((mask.head_from_voxel * index - head.head_from_voxel * index).norm() > grid_tolerance)
            return false;
    }
    return true;
}

/// Whether the grid is one of those in which templates of MNI space come (FSL and SPM: 182×218×182 at 1 mm or
/// 91×109×91 at 2 mm; Colin27 and ICBM 152: 181×217×181 or 193×229×193 at 1 mm).
bool is_template_grid(const std::array<int, 3>& size) {
    const std::array<std::array<int, 3>, 4> grids{
        {{182, 218, 182}, {91, 109, 91}, {181, 217, 181}, {193, 229, 193}}};
    return std::find(grids.begin(), grids.end(), size) != grids.end();
}

void refuse(const MaskContent& content, const ScalarImage& mask, const Mask& head, const std::string& name) {
    if (content.n_set == 0) {
        throw Error(
            fmt::format("{}: the mask is empty (every voxel is 0); check the file, or leave it out", name));
    }
    if (content.values.size() > most_values) {
        throw Error(
            fmt::format("{}: holds more than {} different values from {:g} to {:g}: this is an image, not "
                        "a mask; give the mask drawn on it (1 inside, 0 elsewhere), or threshold it",
                        name, most_values, content.least, content.most));
    }
    const double share = static_cast<double>(content.n_on_head) / static_cast<double>(content.n_set);
    if (share >= least_share_on_head) return;
    std::string advice = "resample it to the T1 with the transform that belongs to it";
    if (is_template_grid(mask.size) && !is_same_grid(mask, head)) {
        advice =
            "its grid is that of an MNI template: carry it to the T1 with the inverse of the normalisation "
            "that made it";
    } else if (mask.size == head.size) {
        advice =
            "it has the T1's number of voxels but another orientation in its header: copy the T1's sform to "
            "it if it was drawn on the T1";
    }
    throw Error(fmt::format("{}: only {:.0f} % of the mask lies on the head: it comes from another space; {}",
                            name, 100 * share, advice));
}

} // namespace

std::vector<std::string> check_overlap(const ScalarImage& mask, const Mask& head, const std::string& name) {
    const MaskContent content = look_at(mask, head);
    refuse(content, mask, head, name);
    std::vector<std::string> warnings;
    if (content.values.size() > 1) {
        warnings.push_back(
            fmt::format("{}: holds {} different values besides 0 ({:g} to {:g}); every one of them "
                        "counts as inside",
                        name, content.values.size(), content.least, content.most));
    }
    const double share = static_cast<double>(content.n_on_head) / static_cast<double>(content.n_set);
    if (share < usual_share_on_head) {
        warnings.push_back(
            fmt::format("{}: {:.0f} % of the mask lies beside the head; check that it was drawn on, "
                        "or registered to, this T1",
                        name, 100 * (1 - share)));
    }
    if (!is_same_grid(mask, head)) {
        warnings.push_back(
            fmt::format("{}: its grid is not the T1's (a FLAIR's?) and is placed by its affine; a "
                        "shift of the head between the two images moves it: check segmentation.png",
                        name));
    }
    return warnings;
}

} // namespace corticoil::imaging
