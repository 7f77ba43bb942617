#include "support/ellipsoid.h"

#include "core/constants.h"

#include <cmath>
#include <vector>

namespace corticoil::test {

SurfaceMesh ellipsoid(const Vector3& radii, const Vector3& centre, int n) {
    SurfaceMesh surface;
    const int n_columns = 2 * n;
    surface.nodes.resize(3, (n - 1) * n_columns + 2);
    const auto node = [&](int row, int column) { return (row - 1) * n_columns + column % n_columns; };
    for (int row = 1; row < n; ++row) {
        for (int column = 0; column < n_columns; ++column) {
            const double polar = pi * row / n;
            const double azimuth = 2 * pi * column / n_columns;
            surface.nodes.col(node(row, column)) =
                centre + radii.cwiseProduct(Vector3(std::sin(polar) * std::cos(azimuth),
                                                    std::sin(polar) * std::sin(azimuth), std::cos(polar)));
        }
    }
    const int north = (n - 1) * n_columns;
    surface.nodes.col(north) = centre + Vector3(0, 0, radii.z());
    surface.nodes.col(north + 1) = centre - Vector3(0, 0, radii.z());
    std::vector<Eigen::Vector3i> triangles;
    for (int column = 0; column < n_columns; ++column) {
        triangles.emplace_back(north, node(1, column), node(1, column + 1));
        triangles.emplace_back(north + 1, node(n - 1, column + 1), node(n - 1, column));
        for (int row = 1; row + 1 < n; ++row) {
            triangles.emplace_back(node(row, column), node(row + 1, column), node(row + 1, column + 1));
            triangles.emplace_back(node(row, column), node(row + 1, column + 1), node(row, column + 1));
        }
    }
    surface.triangles.resize(3, static_cast<Eigen::Index>(triangles.size()));
    for (std::size_t t = 0; t < triangles.size(); ++t)
        surface.triangles.col(static_cast<Eigen::Index>(t)) = triangles[t];
    return surface;
}

} // namespace corticoil::test
