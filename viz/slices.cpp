#include "viz/slices.h"

#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::viz {

namespace {
constexpr int samples_per_side = slice_samples_per_side;
constexpr int line_width = 2; ///< Of an outline, in samples.

/// Layers from inside out: an outline is drawn on the inner one's side, in its colour.
int depth_of(int label) {
    switch (label) {
    case tissue::black_hole:
        return 0;
    case tissue::lesion:
        return 1;
    case tissue::white_matter:
        return 2;
    case tissue::grey_matter:
        return 3;
    case tissue::csf:
        return 4;
    case tissue::spongy_bone:
        return 5;
    case tissue::bone:
    case tissue::compact_bone:
        return 6;
    case tissue::air:
        return 9;
    case tissue::scalp:
        return 8;
    default:
        return 7;
    }
}

struct SampledSlice {
    int width;
    int height;
    std::vector<float> grey;
    std::vector<std::uint8_t> labels;

    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
               static_cast<std::size_t>(column);
    }

    /// Whether a layer further out lies next to it.
    [[nodiscard]] bool is_edge(int column, int row) const {
        const int own = depth_of(labels[index(column, row)]);
        for (const auto& [dx, dy] : {std::pair(1, 0), std::pair(-1, 0), std::pair(0, 1), std::pair(0, -1)}) {
            for (int step = 1; step <= line_width; ++step) {
                const int x = std::clamp(column + step * dx, 0, width - 1);
                const int y = std::clamp(row + step * dy, 0, height - 1);
                if (depth_of(labels[index(x, y)]) > own) return true;
            }
        }
        return false;
    }
};

SampledSlice sample(const ImageSampler<float>& t1, const ImageSampler<std::uint8_t>& tissues,
                    const SlicePlane& plane, double brightest) {
    SampledSlice slice{plane.width * samples_per_side, plane.height * samples_per_side, {}, {}};
    slice.grey.reserve(slice.index(0, slice.height));
    slice.labels.reserve(slice.index(0, slice.height));
    for (int row = 0; row < slice.height; ++row) {
        for (int column = 0; column < slice.width; ++column) {
            const Vector3 point =
                plane.point((column + 0.5) / samples_per_side, (row + 0.5) / samples_per_side);
            slice.grey.push_back(
                static_cast<float>(std::clamp(t1.linear(point).value_or(0.0) / brightest, 0.0, 1.0)));
            slice.labels.push_back(tissues.nearest(point).value_or(std::uint8_t{0}));
        }
    }
    return slice;
}

/// A tissue's colour at full brightness, so that lines show on dark bone.
Colour line_colour(int label) {
    const Colour colour = tissue_colour(label);
    const float brightest = std::max({colour.red, colour.green, colour.blue, 1e-3F});
    return {colour.red / brightest, colour.green / brightest, colour.blue / brightest};
}

float fill_opacity(int label, const SliceStyle& style) {
    return tissue::is_lesion(label) ? style.lesion_opacity : style.fill_opacity;
}

} // namespace

template <typename Voxel>
ImageSampler<Voxel>::ImageSampler(const Image<Voxel>& image, const char* what) : image_(image) {
    const std::size_t n_voxels =
        image.size[0] > 0 && image.size[1] > 0 && image.size[2] > 0 ? image.index(0, 0, image.size[2]) : 0;
    if (n_voxels == 0 || image.voxels.size() != n_voxels) {
        throw Error(fmt::format("{}: has {} voxels for a size of {}×{}×{}", what, image.voxels.size(),
                                image.size[0], image.size[1], image.size[2]));
    }
    const double volume = image.voxel_volume();
    if (!image.head_from_voxel.matrix().allFinite() || !(volume > 0)) {
        throw Error(fmt::format("{}: its affine makes voxels of {} m³; check the file's sform and qform",
                                what, volume));
    }
    voxel_from_head_ = image.head_from_voxel.inverse();
}

template <typename Voxel>
std::optional<Voxel> ImageSampler<Voxel>::nearest(const Vector3& point) const {
    const Vector3 position = voxel_from_head_ * point;
    for (int axis = 0; axis < 3; ++axis) {
        if (!(position[axis] >= -0.5 && position[axis] < image_.size[static_cast<std::size_t>(axis)] - 0.5))
            return {};
    }
    const Eigen::Vector3i voxel = (position.array() + 0.5).floor().cast<int>();
    return image_.at(voxel[0], voxel[1], voxel[2]);
}

template <typename Voxel>
std::optional<double> ImageSampler<Voxel>::linear(const Vector3& point) const {
    const Vector3 position = voxel_from_head_ * point;
    std::array<int, 3> low{};
    std::array<double, 3> fraction{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double along = position[static_cast<Eigen::Index>(axis)];
        if (!(along >= -0.5 && along < image_.size[axis] - 0.5)) return {};
        const double inside = std::clamp(along, 0.0, image_.size[axis] - 1.0);
        low[axis] = std::min(static_cast<int>(inside), std::max(0, image_.size[axis] - 2));
        fraction[axis] = inside - low[axis];
    }
    double value = 0;
    for (std::size_t corner = 0; corner < 8; ++corner) {
        std::array<int, 3> voxel = low;
        double weight = 1;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const bool high = ((corner >> axis) & 1U) != 0;
            weight *= high ? fraction[axis] : 1 - fraction[axis];
            if (high) voxel[axis] = std::min(voxel[axis] + 1, image_.size[axis] - 1);
        }
        const auto voxel_value = static_cast<double>(image_.at(voxel[0], voxel[1], voxel[2]));
        if (std::isfinite(voxel_value)) value += weight * voxel_value;
    }
    return value;
}

template class ImageSampler<float>;
template class ImageSampler<std::uint8_t>;

Canvas draw_slice(const ImageSampler<float>& t1, const ImageSampler<std::uint8_t>& tissues,
                  const SlicePlane& plane, const SliceStyle& style, const SliceOverlay* overlay) {
    const SampledSlice slice = sample(t1, tissues, plane, style.brightest);
    CORTICOIL_ASSERT(overlay == nullptr || overlay->values.size() == slice.grey.size());
    Canvas canvas(plane.width, plane.height, black);
    constexpr float share = 1.0F / (samples_per_side * samples_per_side);
    for (int row = 0; row < plane.height; ++row) {
        for (int column = 0; column < plane.width; ++column) {
            Colour sum;
            for (int i = 0; i < samples_per_side * samples_per_side; ++i) {
                const int x = column * samples_per_side + i % samples_per_side;
                const int y = row * samples_per_side + i / samples_per_side;
                const float grey = slice.grey[slice.index(x, y)];
                Colour colour{grey, grey, grey};
                if (overlay != nullptr && std::isfinite(overlay->values[slice.index(x, y)])) {
                    const double value{overlay->values[slice.index(x, y)]};
                    colour = mix(colour, overlay->scale(value), overlay->opacity);
                }
                if (const std::uint8_t label = slice.labels[slice.index(x, y)]; label != 0) {
                    const bool is_line = slice.is_edge(x, y);
                    colour = is_line ? mix(colour, line_colour(label), style.line_opacity)
                                     : mix(colour, tissue_colour(label), fill_opacity(label, style));
                }
                sum = {sum.red + share * colour.red, sum.green + share * colour.green,
                       sum.blue + share * colour.blue};
            }
            canvas.set(column, row, sum);
        }
    }
    return canvas;
}

} // namespace corticoil::viz
