#include "coils/casing.h"

#include "core/constants.h"
#include "core/error.h"

#include <cmath>

namespace corticoil::coils {

namespace {

/// Nodes and triangles while a surface grows.
class SurfaceBuilder {
  public:
    int add_node(const Vector3& node) {
        nodes_.push_back(node);
        return static_cast<int>(nodes_.size()) - 1;
    }
    /// Degenerate triangles, as at an axis where several nodes are one, are left out.
    void add_triangle(int a, int b, int c) {
        if (a != b && b != c && c != a) triangles_.emplace_back(a, b, c);
    }
    /// Corners counter-clockwise seen from outside.
    void add_quad(int a, int b, int c, int d) {
        add_triangle(a, b, c);
        add_triangle(a, c, d);
    }
    [[nodiscard]] SurfaceMesh surface() const {
        SurfaceMesh mesh;
        mesh.nodes.resize(3, static_cast<Eigen::Index>(nodes_.size()));
        mesh.triangles.resize(3, static_cast<Eigen::Index>(triangles_.size()));
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            mesh.nodes.col(static_cast<Eigen::Index>(i)) = nodes_[i];
        for (std::size_t t = 0; t < triangles_.size(); ++t)
            mesh.triangles.col(static_cast<Eigen::Index>(t)) = triangles_[t];
        return mesh;
    }

  private:
    std::vector<Vector3> nodes_;
    std::vector<Eigen::Vector3i> triangles_;
};

} // namespace

SurfaceMesh turned_casing(const CasingAxis& axis, const std::vector<ProfilePoint>& profile) {
    CORTICOIL_ASSERT(profile.size() >= 3);
    constexpr int n_around = 64;
    SurfaceBuilder builder;
    std::vector<std::vector<int>> node(profile.size());
    for (std::size_t corner = 0; corner < profile.size(); ++corner) {
        const ProfilePoint& point = profile[corner];
        const Vector3 on_axis = axis.origin + point.height * axis.height;
        const int n_nodes = point.distance > 0 ? n_around : 1;
        for (int i = 0; i < n_nodes; ++i) {
            const double angle = 2 * pi * i / n_around;
            node[corner].push_back(builder.add_node(
                on_axis + point.distance * (std::cos(angle) * axis.radial + std::sin(angle) * axis.around)));
        }
    }
    const auto at = [&](std::size_t corner, int i) {
        return node[corner].size() == 1 ? node[corner].front()
                                        : node[corner][static_cast<std::size_t>(i % n_around)];
    };
    for (std::size_t corner = 0; corner < profile.size(); ++corner) {
        const std::size_t next = (corner + 1) % profile.size();
        if (profile[corner].distance == 0 && profile[next].distance == 0) continue;
        for (int i = 0; i < n_around; ++i)
            builder.add_quad(at(corner, i), at(corner, i + 1), at(next, i + 1), at(next, i));
    }
    return builder.surface();
}

SurfaceMesh box_casing(const BoxCasing& box) {
    constexpr int n_along = 24; // Cells in x and y: facets of 5 to 10 mm, as of the coils' other casings.
    CORTICOIL_ASSERT(box.face != nullptr && box.half_width > 0 && box.half_length > 0);
    SurfaceBuilder builder;
    std::vector<std::vector<int>> front(n_along + 1);
    std::vector<std::vector<int>> back(n_along + 1);
    for (int i = 0; i <= n_along; ++i) {
        for (int j = 0; j <= n_along; ++j) {
            const double x = box.half_width * (2.0 * i / n_along - 1);
            const double y = box.half_length * (2.0 * j / n_along - 1);
            front[static_cast<std::size_t>(i)].push_back(builder.add_node({x, y, box.face(x, y)}));
            back[static_cast<std::size_t>(i)].push_back(builder.add_node({x, y, box.back}));
        }
    }
    const auto at = [](const std::vector<std::vector<int>>& side, int i, int j) {
        return side[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
    };
    for (int i = 0; i < n_along; ++i) {
        for (int j = 0; j < n_along; ++j) {
            builder.add_quad(at(front, i, j), at(front, i + 1, j), at(front, i + 1, j + 1),
                             at(front, i, j + 1));
            builder.add_quad(at(back, i, j), at(back, i, j + 1), at(back, i + 1, j + 1), at(back, i + 1, j));
        }
    }
    constexpr int last = n_along;
    for (int i = 0; i < n_along; ++i) {
        builder.add_quad(at(back, i, 0), at(back, i + 1, 0), at(front, i + 1, 0), at(front, i, 0));
        builder.add_quad(at(back, i + 1, last), at(back, i, last), at(front, i, last),
                         at(front, i + 1, last));
        builder.add_quad(at(back, 0, i + 1), at(back, 0, i), at(front, 0, i), at(front, 0, i + 1));
        builder.add_quad(at(back, last, i), at(back, last, i + 1), at(front, last, i + 1),
                         at(front, last, i));
    }
    return builder.surface();
}

SurfaceMesh joined_casing(const std::vector<SurfaceMesh>& parts) {
    SurfaceBuilder builder;
    for (const SurfaceMesh& part : parts) {
        std::vector<int> node;
        for (int i = 0; i < part.n_nodes(); ++i) node.push_back(builder.add_node(part.nodes.col(i)));
        for (int t = 0; t < part.n_triangles(); ++t) {
            const Eigen::Vector3i corners = part.triangles.col(t);
            builder.add_triangle(node[static_cast<std::size_t>(corners[0])],
                                 node[static_cast<std::size_t>(corners[1])],
                                 node[static_cast<std::size_t>(corners[2])]);
        }
    }
    return builder.surface();
}

} // namespace corticoil::coils
