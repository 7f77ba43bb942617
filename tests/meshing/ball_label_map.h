#pragma once

#include "core/image.h"
#include "core/tet_mesh.h"

#include <vector>

namespace corticoil::test {

/// Concentric balls as a label map; the centre is the origin of the head frame.
struct BallLabelMap {
    std::vector<double> radii{0.022, 0.028, 0.030, 0.034, 0.040}; ///< Of labels 1, 2, 3 … [m].
    Vector3 voxel = Vector3::Constant(0.001);                     ///< Edges [m]; negative mirrors the axis.
    int margin = 2; ///< Voxels of air around; negative cuts the ball.
};

[[nodiscard]] LabelImage make_ball_label_map(const BallLabelMap& ball);

/// Of the nodes on faces between two labels: root mean square of |node| − radius [m].
[[nodiscard]] double interface_roughness(const TetMesh& mesh, int label, int other_label, double radius);

/// Whether any face lies between these labels.
[[nodiscard]] bool share_a_face(const TetMesh& mesh, int label, int other_label);

} // namespace corticoil::test
