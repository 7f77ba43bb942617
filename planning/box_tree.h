#pragma once

#include "core/types.h"

#include <Eigen/Geometry>

#include <array>
#include <cstddef>
#include <vector>

namespace corticoil::planning {

/// A box of a tree over points: those from `first` to before `last` in the tree's order.
struct Box {
    Eigen::AlignedBox3d bounds; ///< Of its points [m].
    int first = 0;
    int last = 0;
    int level = 0; ///< 0 for the root.
    std::array<int, 2> children{-1, -1};

    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(last - first); }
    [[nodiscard]] bool is_leaf() const { return children[0] < 0; }
    [[nodiscard]] double radius() const { return bounds.diagonal().norm() / 2; }
};

/// Points sorted into boxes, each halved in space along its longest side until few points are left. Parents
/// come before their children.
struct BoxTree {
    /// Cost O(N log N). No boxes for no points; boxes of coinciding points may hold more.
    BoxTree(const Points& points, int most_in_box);

    std::vector<int> order; ///< Numbers of the points, box by box.
    std::vector<Box> boxes;

  private:
    int add_box(const Points& points, Box box, int most_in_box);
};

} // namespace corticoil::planning
