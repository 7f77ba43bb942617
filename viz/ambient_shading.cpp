#include "viz/ambient_shading.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace corticoil::viz {

namespace {
constexpr double wanted_spacing = 1e-3;     ///< Grid spacing [m]; a sulcus is 1 to 3 mm wide.
constexpr double largest_cell_count = 12e6; ///< Bounds memory: a coarser grid for larger surfaces.
constexpr int margin_cells = 8;             ///< Room for the averaging around the surface.
constexpr std::array<int, 3> averaging_radii{
    2, 2, 2}; ///< Three box averages come close to a Gaussian of 2.4 cells.

struct Grid {
    Vector3 origin;
    double spacing;
    Eigen::Vector3i size;
    std::vector<float> values;

    [[nodiscard]] std::size_t index(int i, int j, int k) const {
        return static_cast<std::size_t>(i) +
               static_cast<std::size_t>(size[0]) *
                   (static_cast<std::size_t>(j) +
                    static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(k));
    }
};

Grid empty_grid(const SurfaceMesh& surface) {
    const Vector3 low = surface.nodes.rowwise().minCoeff();
    const Vector3 extent = Vector3(surface.nodes.rowwise().maxCoeff()) - low;
    double spacing = wanted_spacing;
    const auto cells = [&](double step) { return (extent / step).array().ceil() + 1 + 2 * margin_cells; };
    while (cells(spacing).prod() > largest_cell_count) spacing *= 1.1;
    Grid grid;
    grid.spacing = spacing;
    grid.size = cells(spacing).cast<int>();
    // A fraction of a cell keeps nodes off the columns.
    grid.origin = low.array() - (margin_cells + 0.4142) * spacing;
    grid.values.assign(static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]) *
                           static_cast<std::size_t>(grid.size[2]),
                       0.0F);
    return grid;
}

/// Where a column of cells passes through the surface: the height in cells, and +1 on the way in, −1 on the
/// way out.
struct Crossing {
    double height;
    int step;
};

std::vector<std::vector<Crossing>> column_crossings(const SurfaceMesh& surface, const Grid& grid) {
    std::vector<std::vector<Crossing>> columns(static_cast<std::size_t>(grid.size[0]) *
                                               static_cast<std::size_t>(grid.size[1]));
    for (int t = 0; t < surface.n_triangles(); ++t) {
        std::array<Vector3, 3> p;
        for (std::size_t i = 0; i < 3; ++i) {
            p[i] =
                (surface.nodes.col(surface.triangles(static_cast<int>(i), t)) - grid.origin) / grid.spacing;
        }
        const double doubled_area =
            (p[1].x() - p[0].x()) * (p[2].y() - p[0].y()) - (p[2].x() - p[0].x()) * (p[1].y() - p[0].y());
        if (doubled_area == 0) continue;
        const auto [low_x, high_x] = std::minmax({p[0].x(), p[1].x(), p[2].x()});
        const auto [low_y, high_y] = std::minmax({p[0].y(), p[1].y(), p[2].y()});
        for (int j = static_cast<int>(std::ceil(low_y)); j <= static_cast<int>(std::floor(high_y)); ++j) {
            for (int i = static_cast<int>(std::ceil(low_x)); i <= static_cast<int>(std::floor(high_x)); ++i) {
                const double b =
                    ((i - p[0].x()) * (p[2].y() - p[0].y()) - (p[2].x() - p[0].x()) * (j - p[0].y())) /
                    doubled_area;
                const double c =
                    ((p[1].x() - p[0].x()) * (j - p[0].y()) - (i - p[0].x()) * (p[1].y() - p[0].y())) /
                    doubled_area;
                if (b < 0 || c < 0 || b + c > 1) continue;
                const double height = p[0].z() + b * (p[1].z() - p[0].z()) + c * (p[2].z() - p[0].z());
                // An outward normal that points down is met on the way in.
                columns[static_cast<std::size_t>(i) +
                        static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(j)]
                    .push_back({height, doubled_area < 0 ? 1 : -1});
            }
        }
    }
    return columns;
}

void fill_inside(const SurfaceMesh& surface, Grid& grid) {
    std::vector<std::vector<Crossing>> columns = column_crossings(surface, grid);
    for (int j = 0; j < grid.size[1]; ++j) {
        for (int i = 0; i < grid.size[0]; ++i) {
            std::vector<Crossing>& column =
                columns[static_cast<std::size_t>(i) +
                        static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(j)];
            std::sort(column.begin(), column.end(),
                      [](const Crossing& a, const Crossing& b) { return a.height < b.height; });
            int winding = 0;
            for (std::size_t n = 0; n + 1 < column.size(); ++n) {
                winding += column[n].step;
                if (winding == 0) continue;
                const int last =
                    std::min(grid.size[2] - 1, static_cast<int>(std::floor(column[n + 1].height)));
                for (int k = std::max(0, static_cast<int>(std::ceil(column[n].height))); k <= last; ++k) {
                    grid.values[grid.index(i, j, k)] = 1;
                }
            }
        }
    }
}

/// A running mean over 2·radius + 1 cells along one axis.
void average_along(Grid& grid, int axis, int radius) {
    const int n = grid.size[axis];
    const int first_other = axis == 0 ? 1 : 0;
    const int second_other = axis == 2 ? 1 : 2;
    std::vector<float> line(static_cast<std::size_t>(n));
    Eigen::Vector3i cell;
    for (int a = 0; a < grid.size[second_other]; ++a) {
        for (int b = 0; b < grid.size[first_other]; ++b) {
            cell[second_other] = a;
            cell[first_other] = b;
            cell[axis] = 0;
            const std::size_t start = grid.index(cell[0], cell[1], cell[2]);
            cell[axis] = 1;
            const std::size_t stride = grid.index(cell[0], cell[1], cell[2]) - start;
            for (int i = 0; i < n; ++i)
                line[static_cast<std::size_t>(i)] = grid.values[start + stride * static_cast<std::size_t>(i)];
            double sum = 0;
            for (int i = -radius; i < n; ++i) {
                if (i + radius < n) sum += line[static_cast<std::size_t>(i + radius)];
                if (i - radius - 1 >= 0) sum -= line[static_cast<std::size_t>(i - radius - 1)];
                if (i >= 0)
                    grid.values[start + stride * static_cast<std::size_t>(i)] =
                        static_cast<float>(sum / (2 * radius + 1));
            }
        }
    }
}

double interpolated(const Grid& grid, const Vector3& point) {
    const Vector3 position = (point - grid.origin) / grid.spacing;
    const Eigen::Vector3i last = grid.size.array() - 2;
    const Eigen::Vector3i cell = position.array().floor().cast<int>().max(0).min(last.array());
    const Vector3 f = (position - cell.cast<double>()).array().max(0).min(1);
    double value = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const int di = corner & 1;
        const int dj = (corner >> 1) & 1;
        const int dk = (corner >> 2) & 1;
        const double weight = (di ? f[0] : 1 - f[0]) * (dj ? f[1] : 1 - f[1]) * (dk ? f[2] : 1 - f[2]);
        value +=
            weight * static_cast<double>(grid.values[grid.index(cell[0] + di, cell[1] + dj, cell[2] + dk)]);
    }
    return value;
}
} // namespace

Eigen::VectorXd node_openness(const SurfaceMesh& surface) {
    Eigen::VectorXd openness = Eigen::VectorXd::Ones(surface.n_nodes());
    if (surface.n_triangles() == 0) return openness;
    Grid grid = empty_grid(surface);
    fill_inside(surface, grid);
    for (const int radius : averaging_radii) {
        for (int axis = 0; axis < 3; ++axis) average_along(grid, axis, radius);
    }
    // The share inside, taken one cell outside the node: about 0.25 on a crown, 0.35 on a plane, above 0.75
    // in a sulcus.
    constexpr double share_on_crown = 0.28;
    constexpr double share_in_sulcus = 0.80;
    const VectorField normals = node_normals(surface);
    for (int node = 0; node < surface.n_nodes(); ++node) {
        const double share = interpolated(grid, surface.nodes.col(node) + grid.spacing * normals.col(node));
        openness[node] = std::clamp((share_in_sulcus - share) / (share_in_sulcus - share_on_crown), 0.0, 1.0);
    }
    return openness;
}

} // namespace corticoil::viz
