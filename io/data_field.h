#pragma once

#include <Eigen/Core>

#include <string>
#include <vector>

namespace corticoil::io {

/// A named array of a mesh: one column per item (tetrahedron, triangle or node), one row per component, in SI
/// units (V/m for E). A scalar is a 1×N array: `{"magnE", magnitudes.transpose()}`.
struct DataField {
    std::string name;
    Eigen::MatrixXd values;
};

/// One column per tetrahedron.
using CellFields = std::vector<DataField>;

/// One column per node.
using PointFields = std::vector<DataField>;

} // namespace corticoil::io
