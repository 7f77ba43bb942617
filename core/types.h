#pragma once

#include <Eigen/Core>

namespace corticoil {

/// A point or a vector in three dimensions. Points are in metres, in the head frame (RAS+) unless said
/// otherwise.
using Vector3 = Eigen::Vector3d;

/// Points as columns, 3×N [m].
using Points = Eigen::Matrix3Xd;

/// One vector per point, tetrahedron or sample, as columns, 3×N.
using VectorField = Eigen::Matrix3Xd;

/// Node indices of triangles, 3×N, counter-clockwise seen from outside.
using Triangles = Eigen::Matrix3Xi;

/// Node indices of tetrahedra, 4×N, positively oriented: (b−a)×(c−a)·(d−a) > 0.
using Tetrahedra = Eigen::Matrix4Xi;

} // namespace corticoil
