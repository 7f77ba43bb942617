#include "planning/roi.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil::planning {

bool Roi::contains(const Vector3& point) const {
    if (!mask) return (point - centre).squaredNorm() <= radius * radius;
    const Vector3 voxel = (mask->head_from_voxel.inverse() * point).array().round();
    const auto i = static_cast<int>(voxel[0]);
    const auto j = static_cast<int>(voxel[1]);
    const auto k = static_cast<int>(voxel[2]);
    return mask->contains(i, j, k) && mask->at(i, j, k) != 0;
}

Roi ball_roi(const std::string& what, const Vector3& centre, double radius) {
    if (!(radius > 0) || !centre.allFinite()) {
        throw Error(fmt::format("ROI {}: the radius is {:g} mm; give a positive one", what,
                                radius * millimetres_per_metre));
    }
    Roi roi;
    roi.description = fmt::format("grey matter within {:g} mm of {}", radius * millimetres_per_metre, what);
    roi.centre = centre;
    roi.radius = radius;
    return roi;
}

Roi mask_roi(const std::string& what, LabelImage mask) {
    Vector3 sum = Vector3::Zero();
    int n_voxels = 0;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                if (mask.at(i, j, k) == 0) continue;
                sum += Vector3(i, j, k);
                ++n_voxels;
            }
        }
    }
    if (n_voxels == 0) throw Error(fmt::format("ROI {}: every voxel of the mask is zero", what));
    Roi roi;
    roi.description = fmt::format("grey matter in the mask {}", what);
    roi.centre = mask.head_from_voxel * (sum / n_voxels);
    roi.radius = std::cbrt(3 * n_voxels * mask.voxel_volume() / (4 * pi));
    roi.mask = std::move(mask);
    return roi;
}

} // namespace corticoil::planning
