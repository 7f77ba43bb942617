#include "planning/voxel_tetrahedra.h"

namespace corticoil::planning {

std::vector<int> voxel_tetrahedra(const TetMesh& mesh, const std::array<int, 3>& size,
                                  const Eigen::Affine3d& frame_from_voxel,
                                  const std::function<Vector3(const Vector3&)>& to_head) {
    const PointLocator locator(mesh);
    const auto n_rows = static_cast<std::ptrdiff_t>(size[1]) * size[2];
    const auto row_length = static_cast<std::size_t>(size[0]);
    std::vector<int> tetrahedra(static_cast<std::size_t>(n_rows) * row_length, -1);
#pragma omp parallel for schedule(dynamic, 64)
    for (std::ptrdiff_t row = 0; row < n_rows; ++row) {
        int* const out = tetrahedra.data() + static_cast<std::size_t>(row) * row_length;
        for (int i = 0; i < size[0]; ++i) {
            const Vector3 voxel(i, static_cast<double>(row % size[1]), static_cast<double>(row / size[1]));
            if (const auto found = locator.find(to_head(frame_from_voxel * voxel))) out[i] = *found;
        }
    }
    return tetrahedra;
}

} // namespace corticoil::planning
