#pragma once

#include "core/image.h"

#include <functional>
#include <initializer_list>
#include <vector>

namespace corticoil::test {

/// How often each pair of labels meets at the voxels of a reference map.
class LabelOverlap {
  public:
    /// `labels` are looked up, by the nearest voxel, where `head_from_reference` takes the voxel centres of
    /// `reference`; 0 where `labels` does not reach. Both [m].
    LabelOverlap(const LabelImage& reference, const LabelImage& labels,
                 const std::function<Vector3(const Vector3&)>& head_from_reference);

    /// Dice coefficient of the union of some labels.
    [[nodiscard]] double dice(std::initializer_list<int> members) const;
    /// Dice coefficient of all labels but 0.
    [[nodiscard]] double dice_of_head() const;

  private:
    static constexpr int n_labels = 256;
    [[nodiscard]] double dice_where(const std::function<bool(int)>& is_member) const;

    std::vector<double> n_voxels_ = std::vector<double>(n_labels * n_labels, 0.0);
};

} // namespace corticoil::test
