#include "meshing/editable_mesh.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>

namespace corticoil::meshing {

double sine_squared_quality(const Vector3& a, const Vector3& b, const Vector3& c, const Vector3& d) {
    const Vector3 u = b - a;
    const Vector3 v = c - a;
    const Vector3 w = d - a;
    const Vector3 opposite_c = u.cross(w);
    const Vector3 opposite_d = u.cross(v);
    const Vector3 opposite_b = v.cross(w);
    const Vector3 opposite_a = (v - u).cross(w - u);
    const double six_volumes = opposite_d.dot(w);
    const double na = opposite_a.squaredNorm();
    const double nb = opposite_b.squaredNorm();
    const double nc = opposite_c.squaredNorm();
    const double nd = opposite_d.squaredNorm();
    if (!(na > 0.0 && nb > 0.0 && nc > 0.0 && nd > 0.0)) return 0.0;
    // The edge between corners i and j lies in the faces opposite to the other two corners.
    const double smallest = std::min({u.squaredNorm() / (nc * nd), v.squaredNorm() / (nb * nd),
                                      w.squaredNorm() / (nb * nc), (v - u).squaredNorm() / (na * nd),
                                      (w - u).squaredNorm() / (na * nc), (w - v).squaredNorm() / (na * nb)});
    return six_volumes * std::abs(six_volumes) * smallest;
}

EditableMesh::EditableMesh(const TetMesh& mesh)
    : labels_(mesh.labels), around_(static_cast<std::size_t>(mesh.n_nodes())) {
    nodes_.reserve(static_cast<std::size_t>(mesh.n_nodes()));
    for (int n = 0; n < mesh.n_nodes(); ++n) nodes_.emplace_back(mesh.nodes.col(n));
    tetrahedra_.reserve(mesh.labels.size());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        tetrahedra_.push_back(
            {mesh.tetrahedra(0, t), mesh.tetrahedra(1, t), mesh.tetrahedra(2, t), mesh.tetrahedra(3, t)});
        for (const int n : tetrahedra_.back()) around_[static_cast<std::size_t>(n)].push_back(t);
    }
}

TetMesh EditableMesh::to_mesh() const {
    std::vector<int> number(nodes_.size(), -1);
    int n_used = 0;
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
        if (!around_[n].empty()) number[n] = n_used++;
    }
    TetMesh mesh;
    mesh.nodes.resize(3, n_used);
    for (std::size_t n = 0; n < nodes_.size(); ++n) {
        if (number[n] >= 0) mesh.nodes.col(number[n]) = nodes_[n];
    }
    const auto n_alive =
        std::count_if(labels_.begin(), labels_.end(), [](int label) { return label != removed; });
    mesh.tetrahedra.resize(4, n_alive);
    mesh.labels.reserve(static_cast<std::size_t>(n_alive));
    for (int t = 0; t < n_slots(); ++t) {
        if (!is_alive(t)) continue;
        const auto column = static_cast<Eigen::Index>(mesh.labels.size());
        for (int corner = 0; corner < 4; ++corner) {
            mesh.tetrahedra(corner, column) =
                number[static_cast<std::size_t>(corners(t)[static_cast<std::size_t>(corner)])];
        }
        mesh.labels.push_back(label(t));
    }
    return mesh;
}

int EditableMesh::neighbour(int t, int corner) const {
    const Tetrahedron& own = corners(t);
    const auto holds = [&](int other, int n) {
        const Tetrahedron& c = corners(other);
        return std::find(c.begin(), c.end(), n) != c.end();
    };
    const std::size_t apex = static_cast<std::size_t>(corner);
    for (const int other : around(own[(apex + 1) % 4])) {
        if (other != t && holds(other, own[(apex + 2) % 4]) && holds(other, own[(apex + 3) % 4]))
            return other;
    }
    return -1;
}

void EditableMesh::remove(int t) {
    for (const int n : corners(t)) {
        std::vector<int>& list = around_[static_cast<std::size_t>(n)];
        list.erase(std::find(list.begin(), list.end(), t));
    }
    labels_[static_cast<std::size_t>(t)] = removed;
}

void EditableMesh::add(const Tetrahedron& new_corners, int new_label) {
    const int t = n_slots();
    tetrahedra_.push_back(new_corners);
    labels_.push_back(new_label);
    for (const int n : new_corners) around_[static_cast<std::size_t>(n)].push_back(t);
}

} // namespace corticoil::meshing
