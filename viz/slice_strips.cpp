#include "viz/slice_strips.h"

#include "core/error.h"

#include <algorithm>

namespace corticoil::viz {

namespace {

constexpr int strip = 2; ///< Pixels, in height and in steps across.

bool has_any(const SlicePlane& plane, const std::vector<char>& is_drawn, int column, int row) {
    for (int j = row; j < std::min(row + strip, plane.height); ++j) {
        for (int i = column; i < std::min(column + strip, plane.width); ++i) {
            if (is_drawn[static_cast<std::size_t>(j) * static_cast<std::size_t>(plane.width) +
                         static_cast<std::size_t>(i)] != 0)
                return true;
        }
    }
    return false;
}

} // namespace

SliceStrips slice_strips(const SlicePlane& plane, const std::vector<char>& is_drawn) {
    CORTICOIL_ASSERT(is_drawn.size() ==
                     static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.height));
    std::vector<Vector3> nodes;
    std::vector<Eigen::Vector3i> triangles;
    SliceStrips result;
    const auto add_strip = [&](int from, int to, int row) {
        const int first = static_cast<int>(nodes.size());
        for (const int j : {row, row + strip}) {
            for (const int i : {from, to}) {
                nodes.push_back(plane.point(i, j));
                result.places.push_back({static_cast<float>(i) / static_cast<float>(plane.width),
                                         1 - static_cast<float>(j) / static_cast<float>(plane.height)});
            }
        }
        triangles.emplace_back(first, first + 2, first + 1);
        triangles.emplace_back(first + 1, first + 2, first + 3);
    };
    for (int row = 0; row < plane.height; row += strip) {
        int start = -1;
        // One step beyond the last column ends a strip that reaches it.
        for (int column = 0; column < plane.width + strip; column += strip) {
            const bool is_in = column < plane.width && has_any(plane, is_drawn, column, row);
            if (is_in && start < 0) start = column;
            if (!is_in && start >= 0) {
                add_strip(start, column, row);
                start = -1;
            }
        }
    }
    result.surface.nodes.resize(3, static_cast<Eigen::Index>(nodes.size()));
    for (std::size_t i = 0; i < nodes.size(); ++i)
        result.surface.nodes.col(static_cast<Eigen::Index>(i)) = nodes[i];
    result.surface.triangles.resize(3, static_cast<Eigen::Index>(triangles.size()));
    for (std::size_t i = 0; i < triangles.size(); ++i)
        result.surface.triangles.col(static_cast<Eigen::Index>(i)) = triangles[i];
    return result;
}

} // namespace corticoil::viz
