#include "coils/sampled_potential_file.h"

#include "coils/file_bytes.h"
#include "coils/files_beside.h"
#include "coils/sampled_potential.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace corticoil::coils {

namespace {

static_assert(std::endian::native == std::endian::little, "bytes are swapped on that assumption");

// Byte offsets of the fields that we use (nifti1.h).
constexpr std::size_t header_bytes = 348;
constexpr std::size_t offset_dimensions = 40;
constexpr std::size_t offset_datatype = 70;
constexpr std::size_t offset_spacing = 76;
constexpr std::size_t offset_first_value = 108;
constexpr std::size_t offset_slope = 112;
constexpr std::size_t offset_intercept = 116;
constexpr std::size_t offset_units = 123;
constexpr std::size_t offset_qform_code = 252;
constexpr std::size_t offset_sform_code = 254;
constexpr std::size_t offset_quaternion = 256;
constexpr std::size_t offset_shift = 268;
constexpr std::size_t offset_sform = 280;
constexpr std::size_t offset_magic = 344;

constexpr int most_stimulators = 100;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
    throw Error(fmt::format(
        "{}: {}; a sampled coil is a NIfTI-1 file of nx×ny×nz×3 numbers, A in T·m for 1 A", name, what));
}

template <typename Value>
Value value_at(std::string_view bytes, std::size_t offset, bool is_swapped) {
    std::array<char, sizeof(Value)> raw{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), sizeof(Value), raw.begin());
    if (is_swapped) std::reverse(raw.begin(), raw.end());
    return std::bit_cast<Value>(raw);
}

/// How the numbers of a file are stored.
enum class Datatype : int { int16 = 4, float32 = 16, float64 = 64 };

struct Header {
    bool is_swapped = false;
    std::array<int, 3> size{};
    int n_stimulators = 1;
    bool has_components_last = false; ///< Along the fifth axis, after the stimulators.
    Datatype datatype = Datatype::float32;
    std::size_t value_bytes = 4;
    std::size_t first_value = 0; ///< [bytes]
    double slope = 1;
    double intercept = 0;
    Eigen::Affine3d coil_from_voxel;

    [[nodiscard]] std::size_t n_voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
};

/// The fields of a header, in the file's byte order.
struct Fields {
    std::string_view bytes;
    bool is_swapped;
    [[nodiscard]] int integer(std::size_t offset) const {
        return value_at<std::int16_t>(bytes, offset, is_swapped);
    }
    [[nodiscard]] double real(std::size_t offset) const {
        return static_cast<double>(value_at<float>(bytes, offset, is_swapped));
    }
};

void read_dimensions(const Fields& fields, const std::string& name, Header& header) {
    constexpr int most_dimensions = 7;
    std::array<int, most_dimensions> lengths{};
    lengths.fill(1);
    const int n = fields.integer(offset_dimensions);
    if (n < 4 || n > most_dimensions) fail(name, fmt::format("{} dimensions", n));
    for (int axis = 0; axis < n; ++axis) {
        int& length = lengths[static_cast<std::size_t>(axis)];
        length = fields.integer(offset_dimensions + 2 + 2 * static_cast<std::size_t>(axis));
        if (length < 1) fail(name, fmt::format("a length of {} along axis {}", length, axis + 1));
    }
    std::copy_n(lengths.begin(), 3, header.size.begin());
    constexpr int n_components = 3;
    header.has_components_last = lengths[3] != n_components && lengths[4] == n_components;
    header.n_stimulators = header.has_components_last ? lengths[3] : lengths[4];
    const bool is_vector = header.has_components_last || lengths[3] == n_components;
    if (!is_vector || lengths[5] != 1 || lengths[6] != 1) {
        fail(name, fmt::format("the size {}×{}×{}×{}×{}×{}×{}", lengths[0], lengths[1], lengths[2],
                               lengths[3], lengths[4], lengths[5], lengths[6]));
    }
    if (header.n_stimulators > most_stimulators)
        fail(name, fmt::format("{} stimulators", header.n_stimulators));
}

void read_values_format(const Fields& fields, const std::string& name, Header& header) {
    const int datatype = fields.integer(offset_datatype);
    header.datatype = static_cast<Datatype>(datatype);
    switch (header.datatype) {
    case Datatype::int16:
        header.value_bytes = 2;
        break;
    case Datatype::float32:
        header.value_bytes = 4;
        break;
    case Datatype::float64:
        header.value_bytes = 8;
        break;
    default:
        fail(name,
             fmt::format("datatype {} is not one of 4 (int16), 16 (float32) and 64 (float64)", datatype));
    }
    const double first_value = fields.real(offset_first_value);
    constexpr double largest_offset = 1e8;
    if (!(first_value >= header_bytes && first_value <= largest_offset))
        fail(name, fmt::format("vox_offset is {}", first_value));
    header.first_value = static_cast<std::size_t>(first_value);
    const double slope = fields.real(offset_slope);
    if (!std::isfinite(slope) || slope == 0) return; // Not scaled.
    header.slope = slope;
    header.intercept = fields.real(offset_intercept);
}

/// Metres per unit of length (xyzt_units, bits 0 to 2); unknown means mm, as everywhere in the field.
double metres_per_unit(const Fields& fields, const std::string& name) {
    constexpr int metre = 1;
    constexpr int millimetre = 2;
    constexpr int micrometre = 3;
    const int units = fields.bytes[offset_units] & 7;
    if (units == 0 || units == millimetre) return metres_per_millimetre;
    if (units == metre) return 1;
    if (units == micrometre) return 1e-6;
    fail(name, fmt::format("unknown unit of length {} in xyzt_units", units));
}

Eigen::Affine3d read_affine(const Fields& fields, const std::string& name) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    if (fields.integer(offset_sform_code) > 0) {
        for (int row = 0; row < 3; ++row) {
            for (int column = 0; column < 4; ++column)
                affine(row, column) =
                    fields.real(offset_sform + 4 * static_cast<std::size_t>(4 * row + column));
        }
    } else if (fields.integer(offset_qform_code) > 0) {
        const Vector3 bcd(fields.real(offset_quaternion), fields.real(offset_quaternion + 4),
                          fields.real(offset_quaternion + 8));
        const double a = std::sqrt(std::max(0.0, 1 - bcd.squaredNorm()));
        const double handedness = fields.real(offset_spacing) < 0 ? -1 : 1; // qfac
        const Vector3 spacing(fields.real(offset_spacing + 4), fields.real(offset_spacing + 8),
                              handedness * fields.real(offset_spacing + 12));
        const Eigen::Quaterniond rotation(a, bcd.x(), bcd.y(), bcd.z());
        affine.linear() = rotation.normalized().toRotationMatrix() * spacing.asDiagonal();
        affine.translation() =
            Vector3(fields.real(offset_shift), fields.real(offset_shift + 4), fields.real(offset_shift + 8));
    } else {
        fail(name, "neither sform nor qform says where its voxels lie in the coil's frame");
    }
    affine.matrix().topRows<3>() *= metres_per_unit(fields, name);
    return affine;
}

Header read_header(std::string_view bytes, const std::string& name) {
    if (bytes.size() < header_bytes) fail(name, fmt::format("{} bytes", bytes.size()));
    constexpr auto nifti_1 = static_cast<std::int32_t>(header_bytes);
    Header header;
    header.is_swapped = value_at<std::int32_t>(bytes, 0, false) != nifti_1;
    if (header.is_swapped && value_at<std::int32_t>(bytes, 0, true) != nifti_1)
        fail(name, fmt::format("its first number is {}, not 348", value_at<std::int32_t>(bytes, 0, false)));
    if (bytes.substr(offset_magic, 4) != std::string_view("n+1\0", 4)) fail(name, "its magic is not \"n+1\"");
    const Fields fields{bytes, header.is_swapped};
    read_dimensions(fields, name, header);
    read_values_format(fields, name, header);
    header.coil_from_voxel = read_affine(fields, name);
    return header;
}

double decode(std::string_view bytes, std::size_t n, const Header& header) {
    const std::size_t offset = header.first_value + n * header.value_bytes;
    switch (header.datatype) {
    case Datatype::int16:
        return value_at<std::int16_t>(bytes, offset, header.is_swapped);
    case Datatype::float32:
        return static_cast<double>(value_at<float>(bytes, offset, header.is_swapped));
    default:
        return value_at<double>(bytes, offset, header.is_swapped);
    }
}

SampledPotential read_potential(std::string_view bytes, const Header& header, int stimulator) {
    SampledPotential grid;
    grid.size = header.size;
    grid.coil_from_voxel = header.coil_from_voxel;
    grid.values.resize(3, static_cast<Eigen::Index>(header.n_voxels()));
    const auto n_stimulators = static_cast<std::size_t>(header.n_stimulators);
    const auto s = static_cast<std::size_t>(stimulator);
    for (std::size_t component = 0; component < 3; ++component) {
        const std::size_t volume =
            header.has_components_last ? component * n_stimulators + s : s * 3 + component;
        for (std::size_t i = 0; i < header.n_voxels(); ++i) {
            const double stored = decode(bytes, volume * header.n_voxels() + i, header);
            grid.values(static_cast<Eigen::Index>(component), static_cast<Eigen::Index>(i)) =
                static_cast<float>(header.slope * stored + header.intercept);
        }
    }
    return grid;
}

} // namespace

std::vector<SampledPotential> parse_nifti_potential(std::string_view bytes, const std::string& name) {
    const bool is_compressed = is_gzip(bytes);
    const std::string first = is_compressed ? inflate_bytes(bytes, header_bytes, name) : std::string();
    const Header header = read_header(is_compressed ? first : bytes, name);
    const double needed = static_cast<double>(header.first_value) +
                          static_cast<double>(header.size[0]) * header.size[1] * header.size[2] * 3 *
                              header.n_stimulators * static_cast<double>(header.value_bytes);
    if (needed > static_cast<double>(most_coil_file_bytes))
        fail(name, fmt::format("its header announces {:.3g} bytes, more than the {} that are read", needed,
                               most_coil_file_bytes));
    const std::string inflated =
        is_compressed ? inflate_bytes(bytes, static_cast<std::size_t>(needed), name) : std::string();
    const std::string_view data = is_compressed ? inflated : bytes;
    if (static_cast<double>(data.size()) < needed) {
        fail(name,
             fmt::format("cut off: its header announces {}×{}×{} samples of {} stimulators, {:.0f} bytes, "
                         "found {}",
                         header.size[0], header.size[1], header.size[2], header.n_stimulators, needed,
                         data.size()));
    }
    std::vector<SampledPotential> grids;
    for (int stimulator = 0; stimulator < header.n_stimulators; ++stimulator) {
        grids.push_back(read_potential(data, header, stimulator));
        check_sampled_potential(grids.back(), name);
    }
    return grids;
}

Coil read_nifti_coil(const std::filesystem::path& path) {
    Coil coil;
    coil.source = path.filename().string();
    std::filesystem::path stem = path;
    if (stem.extension() == ".gz") stem.replace_extension();
    coil.name = stem.stem().string();
    coil.description = "vector potential sampled on a grid, from a NIfTI file";
    coil.grids = parse_nifti_potential(read_file_bytes(path), path.string());
    for (SampledPotential& grid : coil.grids) grid.continuation = fit_continuation(grid);
    read_files_beside(path, coil);
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace corticoil::coils
