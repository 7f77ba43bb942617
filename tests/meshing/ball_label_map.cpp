#include "meshing/ball_label_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace corticoil::test {

LabelImage make_ball_label_map(const BallLabelMap& ball) {
    std::array<int, 3> size{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double edge = std::abs(ball.voxel[static_cast<Eigen::Index>(axis)]);
        size[axis] = 2 * (static_cast<int>(std::ceil(ball.radii.back() / edge)) + ball.margin) + 1;
    }
    LabelImage labels(size, Eigen::Affine3d::Identity());
    labels.head_from_voxel.linear() = ball.voxel.asDiagonal();
    const Vector3 middle(size[0] / 2, size[1] / 2, size[2] / 2);
    labels.head_from_voxel.translation() = -(ball.voxel.asDiagonal() * middle);
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                const double radius = (labels.head_from_voxel * Vector3(i, j, k)).norm();
                for (std::size_t layer = ball.radii.size(); layer-- > 0;) {
                    if (radius < ball.radii[layer]) labels.at(i, j, k) = static_cast<std::uint8_t>(layer + 1);
                }
            }
        }
    }
    return labels;
}

namespace {

BoundarySurface interface_of(const TetMesh& mesh, int label, int other_label) {
    return boundary_between(
        mesh, [=](int l) { return l == label; }, [=](int l) { return l != label && l != other_label; });
}

} // namespace

double interface_roughness(const TetMesh& mesh, int label, int other_label, double radius) {
    const BoundarySurface found = interface_of(mesh, label, other_label);
    double sum = 0.0;
    for (int n = 0; n < found.surface.n_nodes(); ++n)
        sum += std::pow(found.surface.nodes.col(n).norm() - radius, 2);
    return std::sqrt(sum / found.surface.n_nodes());
}

bool share_a_face(const TetMesh& mesh, int label, int other_label) {
    std::set<std::array<int, 3>> faces;
    for (const int wanted : {label, other_label}) {
        for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
            if (mesh.labels[static_cast<std::size_t>(t)] != wanted) continue;
            for (int corner = 0; corner < 4; ++corner) {
                std::array<int, 3> face{};
                std::size_t n = 0;
                for (int c = 0; c < 4; ++c) {
                    if (c != corner) face[n++] = mesh.tetrahedra(c, t);
                }
                std::sort(face.begin(), face.end());
                if (wanted == label) {
                    faces.insert(face);
                } else if (faces.contains(face)) {
                    return true;
                }
            }
        }
    }
    return false;
}

} // namespace corticoil::test
