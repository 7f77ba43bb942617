#include "imaging/mask_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil::imaging {

namespace {

/// Grids whose corners lie nearer than this are the same [m].
constexpr double grid_tolerance = 1e-4;

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

} // namespace

std::optional<std::string> describe_foreign_grid(const ScalarImage& mask, const Mask& head,
                                                 const std::string& name) {
    if (is_same_grid(mask, head)) return std::nullopt;
    if (is_template_grid(mask.size)) {
        return fmt::format(
            "{}: its grid is that of an MNI template, not the T1's; unless it was carried to this "
            "head, its lesions are in the wrong place: apply the inverse of the normalisation",
            name);
    }
    return fmt::format(
        "{}: its grid is not the T1's (a FLAIR's?) and is placed by its affine: if the head moved "
        "between the two images, or they are of two sessions, register them first; check "
        "segmentation.png",
        name);
}

} // namespace corticoil::imaging
