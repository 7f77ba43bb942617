#pragma once

#include "core/image.h"
#include "meshing/mesh_head.h"

#include <array>
#include <cstdint>
#include <vector>

namespace corticoil::meshing {

/// How large elements may be at a point of a head [mm], in voxel coordinates of the label map.
class SizeField {
  public:
    /// `labels` are the tissues, `base` the sizes of the resolution [m], `factors` replace default factors by
    /// label.
    SizeField(const LabelImage& labels, const ElementSize& base, const std::map<int, double>& factors);

    [[nodiscard]] double facet_size(const Vector3& voxel, int label, int other_label) const;
    [[nodiscard]] double facet_distance(const Vector3& voxel, int label, int other_label) const;
    [[nodiscard]] double cell_size(const Vector3& voxel, int label) const;

  private:
    void mark_thin_layers(const LabelImage& labels);
    void find_brain_bottom(const LabelImage& labels);
    [[nodiscard]] double thin_factor(const Vector3& voxel) const;
    [[nodiscard]] double growth_below_brain(const Vector3& voxel) const;
    [[nodiscard]] double interface_factor(const Vector3& voxel, int label, int other_label) const;

    std::array<int, 3> size_;
    Eigen::Affine3d head_from_voxel_;
    ElementSize base_mm_;
    std::array<double, 256> factor_{};
    std::vector<std::uint8_t> thin_; ///< Per voxel: in or beside a layer of at most two voxels.
    double brain_bottom_ = 0.0;      ///< Lowest z of white and grey matter, head frame [m].
    bool has_brain_ = false;
};

} // namespace corticoil::meshing
