#pragma once

#include "core/image.h"
#include "meshing/mesh_head.h"

#include <array>
#include <cstdint>
#include <map>
#include <vector>

namespace corticoil::meshing {

/// How large elements may be at a point of a head [mm], in voxel coordinates of the label map.
///
/// A size is the resolution's base × the tissue's factor (limited in thin layers and small lesions) × growth
/// (of the brain with depth beneath the scalp, of the rest with distance from the brain) × what targets ask
/// for. All lengths are in mm, so that voxel size and orientation do not matter.
class SizeField {
  public:
    /// `labels` are the tissues with air around them.
    SizeField(const LabelImage& labels, const HeadMeshOptions& options);

    [[nodiscard]] double facet_size(const Vector3& voxel, int label, int other_label) const;
    [[nodiscard]] double facet_distance(const Vector3& voxel, int label, int other_label) const;
    [[nodiscard]] double cell_size(const Vector3& voxel, int label) const;

  private:
    /// Distances on a coarser grid [mm].
    struct CoarseGrid {
        std::array<int, 3> step{1, 1, 1}; ///< Voxels per grid point along each axis.
        std::array<int, 3> size{0, 0, 0};
        std::vector<float> depth;      ///< From the air around the head.
        std::vector<float> from_brain; ///< From grey and white matter.
    };

    /// Steps of the per-voxel limits on factors; the last value stands for none.
    static constexpr double limit_unit = 0.05;
    static constexpr std::uint8_t no_limit = 255;

    void limit_at(std::size_t voxel, double factor);
    void limit_thin_layers(const LabelImage& labels, const Vector3& spacing_mm);
    void limit_lesions(const LabelImage& labels, const Vector3& spacing_mm);
    void measure_distances(const LabelImage& labels, const Vector3& spacing_mm);
    [[nodiscard]] double growth(const Vector3& voxel, int label) const;
    [[nodiscard]] double target_factor(const Vector3& voxel) const;
    [[nodiscard]] double size_factor(const Vector3& voxel, int label) const;
    [[nodiscard]] double interface_factor(const Vector3& voxel, int label, int other_label) const;

    std::array<int, 3> size_;
    Eigen::Affine3d head_from_voxel_;
    ElementSize base_mm_;
    std::array<double, 256> factor_{};
    std::vector<std::uint8_t> limit_; ///< Per voxel: largest factor [limit_unit].
    CoarseGrid grid_;
    std::vector<Vector3> targets_; ///< Head frame [m].
};

} // namespace corticoil::meshing
