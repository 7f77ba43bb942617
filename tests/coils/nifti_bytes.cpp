#include "coils/nifti_bytes.h"

#include "coils/primary_field.h"

#include <Eigen/Geometry>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace corticoil::test {

namespace {

/// Bytes that fields are put into, in one byte order.
struct Writer {
    std::string bytes;
    bool is_big_endian;

    template <typename Value>
    void put(std::size_t offset, Value value) {
        char raw[sizeof(Value)];
        std::memcpy(raw, &value, sizeof(Value));
        if (is_big_endian) std::reverse(raw, raw + sizeof(Value));
        std::memcpy(bytes.data() + offset, raw, sizeof(Value));
    }
};

void put_affine(Writer& writer, const Eigen::Affine3d& affine_mm, bool has_qform) {
    if (!has_qform) {
        writer.put(254, std::int16_t{1});
        for (int row = 0; row < 3; ++row) {
            for (int column = 0; column < 4; ++column)
                writer.put(280 + 4 * static_cast<std::size_t>(4 * row + column),
                           static_cast<float>(affine_mm(row, column)));
        }
        return;
    }
    writer.put(252, std::int16_t{1});
    Eigen::Matrix3d axes = affine_mm.linear().colwise().normalized();
    const bool is_mirrored = axes.determinant() < 0;
    if (is_mirrored) axes.col(2) *= -1;
    Eigen::Quaterniond rotation(axes);
    if (rotation.w() < 0) rotation.coeffs() *= -1;
    writer.put(76, is_mirrored ? -1.0F : 1.0F);
    for (int axis = 0; axis < 3; ++axis) {
        const auto step = static_cast<std::size_t>(4 * axis);
        writer.put(80 + step, static_cast<float>(affine_mm.linear().col(axis).norm()));
        writer.put(256 + step, static_cast<float>(rotation.vec()[axis]));
        writer.put(268 + step, static_cast<float>(affine_mm.translation()[axis]));
    }
}

} // namespace

std::string nifti_bytes(const coils::SampledPotential& grid, const NiftiBytesOptions& options) {
    const std::size_t value_bytes = options.datatype == 4 ? 2 : options.datatype == 16 ? 4 : 8;
    const auto n = static_cast<std::size_t>(grid.values.cols());
    const auto n_stimulators = static_cast<std::size_t>(options.n_stimulators);
    Writer writer{std::string(352 + 3 * n * n_stimulators * value_bytes, '\0'), options.is_big_endian};
    writer.put(0, std::int32_t{348});
    const bool is_5d = options.n_stimulators > 1 || options.has_components_last;
    const int n_before = options.has_components_last ? options.n_stimulators : 3;
    const int n_after = options.has_components_last ? 3 : options.n_stimulators;
    const int lengths[] = {is_5d ? 5 : 4, grid.size[0], grid.size[1], grid.size[2], n_before, n_after, 1, 1};
    for (std::size_t i = 0; i < 8; ++i) writer.put(40 + 2 * i, static_cast<std::int16_t>(lengths[i]));
    writer.put(70, static_cast<std::int16_t>(options.datatype));
    writer.put(108, 352.0F);
    // Integers: the whole range for the largest value, and an intercept that must be applied.
    const double largest =
        static_cast<double>(n_stimulators) * static_cast<double>(grid.values.cwiseAbs().maxCoeff());
    const double intercept = options.datatype == 4 ? 0.01 * largest : 0;
    const double slope = options.datatype == 4 ? largest / 32000 : 1;
    writer.put(112, static_cast<float>(slope));
    writer.put(116, static_cast<float>(intercept));
    writer.bytes[123] = 2; // mm
    Eigen::Affine3d affine_mm = grid.coil_from_voxel;
    affine_mm.matrix().topRows<3>() *= 1e3;
    put_affine(writer, affine_mm, options.has_qform);
    std::memcpy(writer.bytes.data() + 344, "n+1", 4);
    for (std::size_t s = 0; s < n_stimulators; ++s) {
        for (std::size_t component = 0; component < 3; ++component) {
            const std::size_t volume =
                options.has_components_last ? component * n_stimulators + s : 3 * s + component;
            for (std::size_t i = 0; i < n; ++i) {
                const std::size_t offset = 352 + (volume * n + i) * value_bytes;
                const double value = static_cast<double>(s + 1) *
                                     static_cast<double>(grid.values(static_cast<Eigen::Index>(component),
                                                                     static_cast<Eigen::Index>(i)));
                if (options.datatype == 4) {
                    writer.put(offset, static_cast<std::int16_t>(std::lround((value - intercept) / slope)));
                } else if (options.datatype == 16) {
                    writer.put(offset, static_cast<float>(value));
                } else {
                    writer.put(offset, value);
                }
            }
        }
    }
    return writer.bytes;
}

std::string gzipped(const std::string& bytes) {
    constexpr int gzip_format = 15 + 16;
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY);
    std::string result(deflateBound(&stream, bytes.size()), '\0');
    std::string source = bytes;
    stream.next_in = reinterpret_cast<Bytef*>(source.data());
    stream.avail_in = static_cast<uInt>(source.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.data());
    stream.avail_out = static_cast<uInt>(result.size());
    deflate(&stream, Z_FINISH);
    result.resize(stream.total_out);
    deflateEnd(&stream);
    return result;
}

coils::SampledPotential sampled(const coils::Coil& coil, const Vector3& low, const Vector3& high,
                                double step) {
    coils::SampledPotential grid;
    Eigen::Index n = 1;
    for (int axis = 0; axis < 3; ++axis) {
        const int count = static_cast<int>(std::lround((high[axis] - low[axis]) / step)) + 1;
        grid.size[static_cast<std::size_t>(axis)] = count;
        grid.coil_from_voxel.linear()(axis, axis) = (high[axis] - low[axis]) / (count - 1);
        n *= count;
    }
    grid.coil_from_voxel.translation() = low;
    Points points(3, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const Vector3 voxel(static_cast<double>(i % grid.size[0]),
                            static_cast<double>(i / grid.size[0] % grid.size[1]),
                            static_cast<double>(i / grid.size[0] / grid.size[1]));
        points.col(i) = grid.coil_from_voxel * voxel;
    }
    grid.values = coils::vector_potential(coil, points).cast<float>();
    return grid;
}

} // namespace corticoil::test
