#pragma once

#include <cstddef>
#include <vector>

namespace corticoil::viz {

/// A point with a label of a width; pixels.
struct LabelToPlace {
    double x = 0;
    double y = 0;
    double width = 0;
};

/// Labels stay within this rectangle; pixels, y downwards.
struct LabelFrame {
    double left = 0;
    double top = 0;
    double right = 0;
    double bottom = 0;
};

/// Where a label goes: its left end and its middle's row, and for one that stands off its point a line back
/// to it.
struct PlacedLabel {
    std::size_t index = 0;
    double left = 0;
    double middle = 0;
    bool has_leader = false;
    double leader_x = 0;
    double leader_y = 0;
};

/// Finds a place for every label of `height`: right of its point if that is free, else left, above, below, or
/// farther away, so that it covers no point (of `radius`) and no label placed before. The last resort, where
/// all is full, is beside its point.
[[nodiscard]] std::vector<PlacedLabel> place_labels(const std::vector<LabelToPlace>& labels, double height,
                                                    double radius, const LabelFrame& frame);

} // namespace corticoil::viz
