#include "meshing/distance_transform.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace corticoil::meshing {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// D(p) = min_q f(q) + (s (p − q))² along one line, by the lower envelope of the parabolas.
class LineTransform {
  public:
    explicit LineTransform(std::size_t length)
        : values_(length), vertex_(length), start_(length + 1), result_(length) {}

    [[nodiscard]] float& value(std::size_t i) { return values_[i]; }

    [[nodiscard]] const std::vector<float>& transform(double spacing) {
        std::size_t n_parabolas = 0;
        const double spacing_squared = spacing * spacing;
        const auto height = [&](std::size_t q) {
            return static_cast<double>(values_[q]) +
                   spacing_squared * static_cast<double>(q) * static_cast<double>(q);
        };
        for (std::size_t q = 0; q < values_.size(); ++q) {
            if (values_[q] == infinity) continue;
            double crossing = -std::numeric_limits<double>::infinity();
            while (n_parabolas > 0) {
                const std::size_t last = vertex_[n_parabolas - 1];
                crossing =
                    (height(q) - height(last)) / (2.0 * spacing_squared * static_cast<double>(q - last));
                if (crossing > start_[n_parabolas - 1]) break;
                --n_parabolas;
            }
            if (n_parabolas == 0) crossing = -std::numeric_limits<double>::infinity();
            vertex_[n_parabolas] = q;
            start_[n_parabolas++] = crossing;
        }
        std::size_t current = 0;
        for (std::size_t p = 0; p < values_.size(); ++p) {
            if (n_parabolas == 0) {
                result_[p] = infinity;
                continue;
            }
            while (current + 1 < n_parabolas && start_[current + 1] <= static_cast<double>(p)) ++current;
            const double steps = static_cast<double>(p) - static_cast<double>(vertex_[current]);
            result_[p] = static_cast<float>(static_cast<double>(values_[vertex_[current]]) +
                                            spacing_squared * steps * steps);
        }
        return result_;
    }

  private:
    std::vector<float> values_;
    std::vector<std::size_t> vertex_; ///< Position of each parabola of the envelope,
    std::vector<double> start_;       ///< and where it takes over.
    std::vector<float> result_;
};

} // namespace

std::vector<float> distance_to_marked(const std::vector<std::uint8_t>& is_marked,
                                      const std::array<int, 3>& size, const Vector3& spacing) {
    std::vector<float> squared(is_marked.size());
    for (std::size_t v = 0; v < squared.size(); ++v) squared[v] = is_marked[v] != 0 ? 0.0F : infinity;
    std::size_t stride = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto length = static_cast<std::size_t>(size[axis]);
        LineTransform line(length);
        for (std::size_t block = 0; block < squared.size(); block += stride * length) {
            for (std::size_t start = block; start < block + stride; ++start) {
                for (std::size_t i = 0; i < length; ++i) line.value(i) = squared[start + i * stride];
                const std::vector<float>& result = line.transform(spacing[static_cast<Eigen::Index>(axis)]);
                for (std::size_t i = 0; i < length; ++i) squared[start + i * stride] = result[i];
            }
        }
        stride *= length;
    }
    for (float& value : squared) value = std::sqrt(value);
    return squared;
}

} // namespace corticoil::meshing
