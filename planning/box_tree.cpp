#include "planning/box_tree.h"

#include <algorithm>
#include <numeric>

namespace corticoil::planning {

BoxTree::BoxTree(const Points& points, int most_in_box) : order(static_cast<std::size_t>(points.cols())) {
    std::iota(order.begin(), order.end(), 0);
    if (points.cols() > 0)
        add_box(points, {.bounds = {}, .last = static_cast<int>(points.cols())}, most_in_box);
}

int BoxTree::add_box(const Points& points, Box box, int most_in_box) {
    for (int i = box.first; i < box.last; ++i)
        box.bounds.extend(points.col(order[static_cast<std::size_t>(i)]));
    const auto number = static_cast<int>(boxes.size());
    boxes.push_back(box);
    Eigen::Index axis = 0;
    const double length = box.bounds.diagonal().maxCoeff(&axis);
    if (box.last - box.first <= most_in_box || !(length > 0)) return number;
    const double middle = box.bounds.center()[axis];
    const auto split = std::stable_partition(order.begin() + box.first, order.begin() + box.last,
                                             [&](int i) { return points(axis, i) < middle; });
    const auto cut = static_cast<int>(split - order.begin());
    if (cut == box.first || cut == box.last) return number; // Rounding left nothing to halve.
    const int low =
        add_box(points, {.bounds = {}, .first = box.first, .last = cut, .level = box.level + 1}, most_in_box);
    const int high =
        add_box(points, {.bounds = {}, .first = cut, .last = box.last, .level = box.level + 1}, most_in_box);
    boxes[static_cast<std::size_t>(number)].children = {low, high};
    return number;
}

} // namespace corticoil::planning
