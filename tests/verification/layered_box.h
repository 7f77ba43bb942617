#pragma once

#include "core/tet_mesh.h"
#include "solver/element_field.h"

namespace corticoil::test {

/// A cube of three layers across z, from 0: where manufactured solutions live.
inline constexpr double layered_box_side = 0.1; ///< [m]

/// 0, 1 or 2, from the bottom.
[[nodiscard]] int layer_of(const Vector3& point);

/// The cube in n×n×n bricks, labelled by layer. Interior nodes off the planes are moved a little, so that
/// nothing rests on the lattice's symmetry.
[[nodiscard]] TetMesh layered_box(int n);

/// ∇φ of φ = 0.02·sin(2x/side)·cos(y/side)·(z/side)² [V].
[[nodiscard]] Vector3 potential_gradient(const Vector3& point);

/// A function of one point as a function of many.
template <typename Function>
[[nodiscard]] solver::FieldFunction pointwise(Function value) {
    return [value](const Points& points) {
        VectorField values(3, points.cols());
        for (Eigen::Index i = 0; i < points.cols(); ++i) values.col(i) = value(points.col(i));
        return values;
    };
}

} // namespace corticoil::test
