#pragma once

#include "viz/field_volume.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace corticoil::viz {

/// Nodes of a surface within `radius` of a point that lie at least `spacing` apart [m], in the order of their
/// distance from it: evenly spread places for marks.
[[nodiscard]] std::vector<int> thinned_nodes(const SurfaceMesh& surface, const Vector3& centre, double radius,
                                             double spacing);

/// E at a point, linear between nodes (means over their tetrahedra, of all tissues that are given): smooth
/// enough to follow, where E itself jumps between tissues.
class SmoothField {
  public:
    /// Of the tetrahedra with a corner within `radius` of `centre` whose label is wanted.
    /// \throws Error if there are none.
    SmoothField(const FieldVolume& volume, const Vector3& centre, double radius,
                const std::function<bool(int label)>& is_wanted);

    /// Nothing outside those tetrahedra.
    [[nodiscard]] std::optional<Vector3> at(const Vector3& point) const;

  private:
    TetMesh mesh_;
    VectorField at_nodes_;
    std::unique_ptr<PointLocator> locator_;
};

/// A line along E with |E| at its points.
struct FieldLine {
    Points points;
    Eigen::VectorXd magnitude; ///< [V/m]
};

struct FieldLineOptions {
    double step = 0.0007;       ///< [m]
    double half_length = 0.050; ///< [m] each way from the seed.
    double weakest = 0;         ///< [V/m] A line ends where |E| falls below this.
    double spacing = 0.004;     ///< [m] No line starts nearer to another than this.
};

/// Lines along E through seeds, both ways, by the midpoint rule; they end where the field does. Seeds next to
/// a line that is already there start none.
[[nodiscard]] std::vector<FieldLine> field_lines(const SmoothField& field, const std::vector<Vector3>& seeds,
                                                 const FieldLineOptions& options);

} // namespace corticoil::viz
