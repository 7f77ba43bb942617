#include "viz/plot_labels.h"

#include "core/constants.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {

struct Rectangle {
    double left, top, right, bottom;
};

bool overlap(const Rectangle& a, const Rectangle& b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/// A label whose nearest point lies at a distance from its point in a direction.
Rectangle rectangle_towards(const LabelToPlace& label, double height, double distance, double angle) {
    const double x = label.x + distance * std::cos(angle);
    const double y = label.y - distance * std::sin(angle);
    // Right of it the left end is nearest, left of it the right end, above and below the middle.
    const double left = x - label.width * (1 - std::cos(angle)) / 2;
    const double middle = y - height / 2 * std::sin(angle);
    return {left, middle - height / 2, left + label.width, middle + height / 2};
}

} // namespace

std::vector<PlacedLabel> place_labels(const std::vector<LabelToPlace>& labels, double height, double radius,
                                      const LabelFrame& frame) {
    constexpr int n_rings = 8;
    // Right first, then left, up, down and between; multiples of π/4.
    constexpr std::array<double, 8> eighths{0, 4, 2, 6, 1, 7, 3, 5};
    const double clearance = 0.1 * height; // Between a label and other points.
    std::vector<Rectangle> taken;
    for (const LabelToPlace& label : labels) {
        const double reach = radius + clearance;
        taken.push_back({label.x - reach, label.y - reach, label.x + reach, label.y + reach});
    }
    std::vector<PlacedLabel> placed;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const auto is_free = [&](const Rectangle& place) {
            return place.left >= frame.left && place.right <= frame.right && place.top >= frame.top &&
                   place.bottom <= frame.bottom &&
                   std::none_of(taken.begin(), taken.end(),
                                [&](const Rectangle& other) { return overlap(place, other); });
        };
        Rectangle chosen = rectangle_towards(labels[i], height, radius + 2 * clearance, 0);
        bool has_leader = false;
        bool is_found = false;
        for (int ring = 0; ring < n_rings && !is_found; ++ring) {
            for (const double eighth : eighths) {
                const Rectangle place = rectangle_towards(
                    labels[i], height, radius + 2 * clearance + ring * height * 0.8, eighth * pi / 4);
                if (!is_free(place)) continue;
                chosen = place;
                // Above or below its point it could be read as another one's.
                has_leader = ring > 0 || std::fmod(eighth, 4) != 0;
                is_found = true;
                break;
            }
        }
        taken.push_back(chosen);
        placed.push_back({i, chosen.left, (chosen.top + chosen.bottom) / 2, has_leader,
                          std::clamp(labels[i].x, chosen.left, chosen.right),
                          std::clamp(labels[i].y, chosen.top, chosen.bottom)});
    }
    return placed;
}

} // namespace corticoil::viz
