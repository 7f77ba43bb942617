#include "core/face_neighbours.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <tuple>

namespace corticoil {

namespace {

/// A face under its lowest node.
struct Face {
    int middle;
    int high;
    int tetrahedron;
    int corner;
};

std::array<int, 3> sorted_face(const TetMesh& mesh, int t, int corner) {
    std::array<int, 3> nodes{};
    for (std::size_t c = 0; c < 3; ++c)
        nodes[c] = mesh.tetrahedra(face_corners[static_cast<std::size_t>(corner)][c], t);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
}

} // namespace

Eigen::Matrix4Xi face_neighbours(const TetMesh& mesh) {
    std::vector<std::size_t> start(static_cast<std::size_t>(mesh.n_nodes()) + 1, 0);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner)
            ++start[static_cast<std::size_t>(sorted_face(mesh, t, corner)[0]) + 1];
    }
    for (std::size_t n = 1; n < start.size(); ++n) start[n] += start[n - 1];
    std::vector<Face> faces(start.back());
    std::vector<std::size_t> next(start.begin(), start.end() - 1);
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const std::array<int, 3> nodes = sorted_face(mesh, t, corner);
            faces[next[static_cast<std::size_t>(nodes[0])]++] = {nodes[1], nodes[2], t, corner};
        }
    }
    Eigen::Matrix4Xi result = Eigen::Matrix4Xi::Constant(4, mesh.n_tetrahedra(), -1);
    for (std::size_t n = 0; n + 1 < start.size(); ++n) {
        const auto first = faces.begin() + static_cast<std::ptrdiff_t>(start[n]);
        const auto last = faces.begin() + static_cast<std::ptrdiff_t>(start[n + 1]);
        std::sort(first, last, [](const Face& a, const Face& b) {
            return std::tie(a.middle, a.high, a.tetrahedron) < std::tie(b.middle, b.high, b.tetrahedron);
        });
        for (auto face = first; face != last && face + 1 != last; ++face) {
            const Face& other = *(face + 1);
            if (face->middle != other.middle || face->high != other.high) continue;
            result(face->corner, face->tetrahedron) = other.tetrahedron;
            result(other.corner, other.tetrahedron) = face->tetrahedron;
        }
    }
    return result;
}

Vector3 face_area(const TetMesh& mesh, int t, int corner) {
    const auto& corners = face_corners[static_cast<std::size_t>(corner)];
    const Vector3 a = mesh.nodes.col(mesh.tetrahedra(corners[0], t));
    const Vector3 b = mesh.nodes.col(mesh.tetrahedra(corners[1], t));
    const Vector3 c = mesh.nodes.col(mesh.tetrahedra(corners[2], t));
    return 0.5 * (b - a).cross(c - a);
}

Parts find_parts(const TetMesh& mesh, const Eigen::Matrix4Xi& neighbours,
                 const std::function<bool(int, int)>& joins) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    Parts parts;
    parts.part_of.assign(static_cast<std::size_t>(mesh.n_tetrahedra()), -1);
    std::vector<int> front;
    for (int seed = 0; seed < mesh.n_tetrahedra(); ++seed) {
        if (parts.part_of[static_cast<std::size_t>(seed)] >= 0) continue;
        const int part = parts.n_parts();
        parts.volume.push_back(0.0);
        parts.part_of[static_cast<std::size_t>(seed)] = part;
        front.assign(1, seed);
        while (!front.empty()) {
            const int t = front.back();
            front.pop_back();
            parts.volume.back() += volumes[t];
            for (int corner = 0; corner < 4; ++corner) {
                const int other = neighbours(corner, t);
                if (other < 0 || parts.part_of[static_cast<std::size_t>(other)] >= 0 || !joins(t, other))
                    continue;
                parts.part_of[static_cast<std::size_t>(other)] = part;
                front.push_back(other);
            }
        }
    }
    return parts;
}

} // namespace corticoil
