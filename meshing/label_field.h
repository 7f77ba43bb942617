#pragma once

#include "core/image.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace corticoil::meshing {

/// A label at every point of a label map, with smooth interfaces in place of the voxels' stairs.
///
/// Each label has a value f_l at each voxel centre; between centres f_l is trilinear and the label at x is
/// argmax_l f_l(x). f_l starts as the indicator of label l smoothed by a Gaussian. Smoothing alone thins thin
/// layers and rounds edges off, so the volume that each label fills around each voxel is measured and what is
/// missing is added to f_l, again smoothed (iterated back-projection). A lesion of a few voxels would still
/// shrink to spikes: its f_l is raised around it until it has its volume. In the end no voxel centre has lost
/// its label.
class LabelField {
  public:
    /// `labels` must have air in its outermost voxels. Cost: a few passes over the voxels per label present.
    explicit LabelField(const LabelImage& labels);

    /// The label at a point in voxel coordinates (a voxel's centre has whole numbers); 0 outside the image.
    [[nodiscard]] int label_at(const Vector3& voxel) const;

    /// The volume of each label by samples [voxels], indexed by label.
    [[nodiscard]] std::vector<double> sampled_volumes() const;

  private:
    void find_mixed_cells();
    void smooth_indicators();
    void add_missing_volume();
    void keep_centres();
    void fit_small_lesions(const LabelImage& labels);
    void fit_lesion(const std::vector<std::size_t>& part);
    [[nodiscard]] double volume_excess(const std::array<int, 3>& low, const std::array<int, 3>& high,
                                       int channel) const;
    [[nodiscard]] std::size_t index(int i, int j, int k) const;
    [[nodiscard]] int winner_in_cell(std::size_t corner, double x, double y, double z) const;
    [[nodiscard]] std::array<int, 8> sample_winners(const std::array<std::size_t, 8>& voxels) const;
    template <typename Visit>
    void for_each_sample(Visit visit) const;

    std::array<int, 3> size_;
    std::vector<int> labels_present_;       ///< Label per channel.
    std::vector<std::uint8_t> voxel_label_; ///< The label map.
    std::vector<std::uint8_t> mixed_; ///< Per cell (named by its lowest corner): corners of several labels.
    std::vector<std::int32_t> row_;   ///< Per voxel: its row of values, or −1 where its label is alone.
    std::vector<float> values_;       ///< Row by row, one value per channel.
};

} // namespace corticoil::meshing
