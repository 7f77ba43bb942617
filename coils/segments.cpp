#include "coils/segments.h"

#include "core/constants.h"

#include <algorithm>
#include <cmath>

namespace corticoil::coils {

Segments::Segments(const std::vector<WirePath>& wires, double longest) {
    for (const WirePath& wire : wires) {
        const Eigen::Index n = wire.vertices.cols();
        if (n == 0) continue;
        const Eigen::Index n_segments = wire.is_closed ? n : n - 1;
        for (Eigen::Index i = 0; i < n_segments; ++i) {
            const Vector3 start = wire.vertices.col(i);
            const Vector3 step = wire.vertices.col((i + 1) % n) - start;
            const double length_of_all = step.norm();
            constexpr double most_pieces = 1e6;
            const int n_pieces =
                static_cast<int>(std::clamp(std::ceil(length_of_all / longest), 1.0, most_pieces));
            const Vector3 weight =
                length_of_all > 0
                    ? Vector3(2 * vacuum_permeability / (4 * pi) * wire.current / length_of_all * step)
                    : Vector3::Zero();
            for (int piece = 0; piece < n_pieces; ++piece)
                add(start + static_cast<double>(piece) / n_pieces * step, length_of_all / n_pieces, weight);
        }
        add(wire.vertices.col(n_segments % n), 0, Vector3::Zero());
    }
}

void Segments::add(const Vector3& start, double step_length, const Vector3& weight) {
    x.push_back(start.x());
    y.push_back(start.y());
    z.push_back(start.z());
    length.push_back(step_length);
    wx.push_back(weight.x());
    wy.push_back(weight.y());
    wz.push_back(weight.z());
}

} // namespace corticoil::coils
