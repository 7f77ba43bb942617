#include "imaging/voxel_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace corticoil::imaging {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// Rows of one axis within a plane: `n` rows of `length` contiguous values, `stride` apart.
struct Rows {
    float* start;
    std::size_t n;
    std::size_t stride;
    std::size_t length;

    [[nodiscard]] float* row(std::size_t number) const { return start + number * stride; }
};

/// Calls `work` for each plane of rows along axis 1 or 2.
template <typename Work>
void for_each_plane(ScalarImage& image, int axis, Work work) {
    const auto nx = static_cast<std::size_t>(image.size[0]);
    const auto ny = static_cast<std::size_t>(image.size[1]);
    const auto nz = static_cast<std::size_t>(image.size[2]);
    if (axis == 1) {
        for (std::size_t k = 0; k < nz; ++k) work(Rows{image.voxels.data() + k * nx * ny, ny, nx, nx});
    } else {
        for (std::size_t j = 0; j < ny; ++j) work(Rows{image.voxels.data() + j * nx, nz, nx * ny, nx});
    }
}

/// Squared distance along x to the nearest voxel of the mask, by a scan in each direction.
ScalarImage distance_along_rows(const Mask& mask, double spacing, double limit) {
    ScalarImage result(mask.size, mask.head_from_voxel, infinity);
    const auto nx = static_cast<std::size_t>(mask.size[0]);
    const auto reach = static_cast<std::size_t>(limit / spacing);
    for (std::size_t start = 0; start < mask.voxels.size(); start += nx) {
        std::size_t last = nx + reach + 1;
        const auto update = [&](std::size_t i, std::size_t position) {
            if (mask.voxels[start + i] != 0) last = position;
            if (last <= position && position - last <= reach) {
                const double distance = static_cast<double>(position - last) * spacing;
                float& value = result.voxels[start + i];
                value = std::min(value, static_cast<float>(distance * distance));
            }
        };
        for (std::size_t i = 0; i < nx; ++i) update(i, i);
        last = nx + reach + 1;
        for (std::size_t i = nx; i-- > 0;) update(i, nx - 1 - i);
    }
    return result;
}

/// d²(y) = min over steps s of d²(y + s) + (s · spacing)².
void lower_envelope(const Rows& rows, double spacing, double limit, std::vector<float>& copy) {
    copy.resize(rows.n * rows.length);
    for (std::size_t y = 0; y < rows.n; ++y)
        std::copy_n(rows.row(y), rows.length, copy.data() + y * rows.length);
    const auto reach = static_cast<std::ptrdiff_t>(limit / spacing);
    for (std::size_t y = 0; y < rows.n; ++y) {
        float* const target = rows.row(y);
        const std::ptrdiff_t first = std::max<std::ptrdiff_t>(-reach, -static_cast<std::ptrdiff_t>(y));
        const std::ptrdiff_t last = std::min(reach, static_cast<std::ptrdiff_t>(rows.n - 1 - y));
        for (std::ptrdiff_t step = first; step <= last; ++step) {
            const auto added = static_cast<float>(static_cast<double>(step * step) * spacing * spacing);
            const float* const source = copy.data() + (static_cast<std::ptrdiff_t>(y) + step) *
                                                          static_cast<std::ptrdiff_t>(rows.length);
            for (std::size_t x = 0; x < rows.length; ++x) target[x] = std::min(target[x], source[x] + added);
        }
    }
}

std::vector<float> gaussian_kernel(double standard_deviation, double spacing) {
    constexpr double reach_in_deviations = 3;
    const double deviation = standard_deviation / spacing;
    const int reach = std::max(1, static_cast<int>(std::ceil(reach_in_deviations * deviation)));
    std::vector<double> weights;
    double sum = 0;
    for (int step = -reach; step <= reach; ++step) {
        weights.push_back(std::exp(-0.5 * step * step / (deviation * deviation)));
        sum += weights.back();
    }
    std::vector<float> kernel;
    for (const double weight : weights) kernel.push_back(static_cast<float>(weight / sum));
    return kernel;
}

void smooth_rows(const Rows& rows, std::span<const float> kernel, std::vector<float>& copy) {
    copy.resize(rows.n * rows.length);
    for (std::size_t y = 0; y < rows.n; ++y)
        std::copy_n(rows.row(y), rows.length, copy.data() + y * rows.length);
    const auto reach = static_cast<std::ptrdiff_t>(kernel.size() / 2);
    const auto last = static_cast<std::ptrdiff_t>(rows.n) - 1;
    for (std::size_t y = 0; y < rows.n; ++y) {
        float* const target = rows.row(y);
        std::fill_n(target, rows.length, 0.0F);
        for (std::ptrdiff_t step = -reach; step <= reach; ++step) {
            const float weight = kernel[static_cast<std::size_t>(step + reach)];
            const auto from = std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(y) + step, 0, last);
            const float* const source = copy.data() + from * static_cast<std::ptrdiff_t>(rows.length);
            for (std::size_t x = 0; x < rows.length; ++x) target[x] += weight * source[x];
        }
    }
}

void smooth_along_x(ScalarImage& image, std::span<const float> kernel) {
    const auto nx = static_cast<std::size_t>(image.size[0]);
    const std::size_t reach = kernel.size() / 2;
    std::vector<float> padded(nx + 2 * reach);
    for (std::size_t start = 0; start < image.voxels.size(); start += nx) {
        float* const row = image.voxels.data() + start;
        std::fill_n(padded.begin(), reach, row[0]);
        std::copy_n(row, nx, padded.begin() + static_cast<std::ptrdiff_t>(reach));
        std::fill_n(padded.begin() + static_cast<std::ptrdiff_t>(reach + nx), reach, row[nx - 1]);
        std::fill_n(row, nx, 0.0F);
        for (std::size_t step = 0; step < kernel.size(); ++step) {
            for (std::size_t i = 0; i < nx; ++i) row[i] += kernel[step] * padded[i + step];
        }
    }
}

/// Calls `copy(row of the inner image, its place in the outer one, length)` for each row.
template <typename Inner, typename Outer, typename Copy>
void copy_rows(Inner& inner, const std::array<int, 3>& margin, Outer& outer, Copy copy) {
    for (int k = 0; k < inner.size[2]; ++k) {
        for (int j = 0; j < inner.size[1]; ++j) {
            copy(&inner.at(0, j, k), &outer.at(margin[0], j + margin[1], k + margin[2]),
                 static_cast<std::size_t>(inner.size[0]));
        }
    }
}

Mask where_not(const Mask& mask) {
    Mask result = mask;
    for (std::uint8_t& voxel : result.voxels) voxel = voxel == 0 ? 1 : 0;
    return result;
}

} // namespace

std::array<double, 3> voxel_spacing(const Eigen::Affine3d& head_from_voxel) {
    return {head_from_voxel.linear().col(0).norm(), head_from_voxel.linear().col(1).norm(),
            head_from_voxel.linear().col(2).norm()};
}

ScalarImage squared_distance_to(const Mask& mask, double limit) {
    const std::array<double, 3> spacing = voxel_spacing(mask.head_from_voxel);
    ScalarImage result = distance_along_rows(mask, spacing[0], limit);
    std::vector<float> copy;
    for (const int axis : {1, 2}) {
        for_each_plane(result, axis, [&](const Rows& rows) {
            lower_envelope(rows, spacing[static_cast<std::size_t>(axis)], limit, copy);
        });
    }
    const auto limit_squared = static_cast<float>(limit * limit);
    for (float& value : result.voxels) value = value <= limit_squared ? value : infinity;
    return result;
}

Mask dilate(const Mask& mask, double radius) {
    constexpr double rounding =
        1 + 1e-4; // A radius of whole voxels includes the voxels at exactly that distance.
    const ScalarImage distance = squared_distance_to(mask, radius * rounding);
    Mask result(mask.size, mask.head_from_voxel);
    for (std::size_t n = 0; n < result.voxels.size(); ++n)
        result.voxels[n] = distance.voxels[n] < infinity ? 1 : 0;
    return result;
}

Mask erode(const Mask& mask, double radius) {
    return where_not(dilate(where_not(mask), radius));
}

Mask close(const Mask& mask, double radius) {
    // With a margin of air, so that what the image's faces cut does not grow along them.
    const std::array<double, 3> spacing = voxel_spacing(mask.head_from_voxel);
    std::array<int, 3> margin{};
    std::array<int, 3> size{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        margin[axis] = static_cast<int>(std::ceil(radius / spacing[axis])) + 1;
        size[axis] = mask.size[axis] + 2 * margin[axis];
    }
    Mask padded(size, mask.head_from_voxel);
    copy_rows(mask, margin, padded, [](const std::uint8_t* inner, std::uint8_t* outer, std::size_t n) {
        std::copy_n(inner, n, outer);
    });
    padded = erode(dilate(padded, radius), radius);
    Mask result = mask;
    copy_rows(result, margin, padded, [](std::uint8_t* inner, const std::uint8_t* outer, std::size_t n) {
        std::copy_n(outer, n, inner);
    });
    return result;
}

Mask open(const Mask& mask, double radius) {
    return dilate(erode(mask, radius), radius);
}

ScalarImage smooth(const ScalarImage& image, double standard_deviation) {
    const std::array<double, 3> spacing = voxel_spacing(image.head_from_voxel);
    ScalarImage result = image;
    smooth_along_x(result, gaussian_kernel(standard_deviation, spacing[0]));
    std::vector<float> copy;
    for (const int axis : {1, 2}) {
        const std::vector<float> kernel =
            gaussian_kernel(standard_deviation, spacing[static_cast<std::size_t>(axis)]);
        for_each_plane(result, axis, [&](const Rows& rows) { smooth_rows(rows, kernel, copy); });
    }
    return result;
}

} // namespace corticoil::imaging
