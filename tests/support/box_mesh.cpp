#include "support/box_mesh.h"

#include <Eigen/Geometry>

#include <algorithm>

namespace corticoil::test {

TetMesh box_mesh(const Vector3& low, const Vector3& high, const std::array<int, 3>& n,
                 const std::function<int(const Vector3&)>& label) {
    TetMesh mesh;
    const auto node = [&](const Eigen::Vector3i& p) {
        return p[0] + (n[0] + 1) * (p[1] + (n[1] + 1) * p[2]);
    };
    const Eigen::Vector3i counts(n[0], n[1], n[2]);
    mesh.nodes.resize(3, (n[0] + 1) * (n[1] + 1) * (n[2] + 1));
    mesh.tetrahedra.resize(4, 6 * counts.prod());
    Eigen::Vector3i p;
    for (p[2] = 0; p[2] <= n[2]; ++p[2]) {
        for (p[1] = 0; p[1] <= n[1]; ++p[1]) {
            for (p[0] = 0; p[0] <= n[0]; ++p[0]) {
                mesh.nodes.col(node(p)) = low.array() + (high - low).array() * p.cast<double>().array() /
                                                            counts.cast<double>().array();
            }
        }
    }
    int t = 0;
    for (p[2] = 0; p[2] < n[2]; ++p[2]) {
        for (p[1] = 0; p[1] < n[1]; ++p[1]) {
            for (p[0] = 0; p[0] < n[0]; ++p[0]) {
                // One tetrahedron per order in which the three axes are walked from one corner to the
                // opposite one.
                std::array<int, 3> axes{0, 1, 2};
                do {
                    Eigen::Vector4i corners;
                    Eigen::Vector3i corner = p;
                    corners[0] = node(corner);
                    for (int step = 0; step < 3; ++step) {
                        ++corner[axes[static_cast<std::size_t>(step)]];
                        corners[step + 1] = node(corner);
                    }
                    const Vector3 a = mesh.nodes.col(corners[0]);
                    const Vector3 ab = mesh.nodes.col(corners[1]) - a;
                    const Vector3 ac = mesh.nodes.col(corners[2]) - a;
                    const Vector3 ad = mesh.nodes.col(corners[3]) - a;
                    if (ab.cross(ac).dot(ad) < 0) std::swap(corners[2], corners[3]);
                    mesh.tetrahedra.col(t++) = corners;
                    mesh.labels.push_back(label(a + (ab + ac + ad) / 4));
                } while (std::next_permutation(axes.begin(), axes.end()));
            }
        }
    }
    return mesh;
}

} // namespace corticoil::test
