#include "imaging/nifti_header.h"

#include "core/constants.h"
#include "core/error.h"

#include <Eigen/SVD>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

namespace corticoil::imaging {

namespace {

static_assert(std::endian::native == std::endian::little, "header fields are written little-endian");

// Byte offsets of the fields that we use (nifti1.h).
constexpr std::size_t offset_dim = 40;
constexpr std::size_t offset_intent = 68;
constexpr std::size_t offset_datatype = 70;
constexpr std::size_t offset_bitpix = 72;
constexpr std::size_t offset_pixdim = 76;
constexpr std::size_t offset_voxel_offset = 108;
constexpr std::size_t offset_slope = 112;
constexpr std::size_t offset_intercept = 116;
constexpr std::size_t offset_units = 123;
constexpr std::size_t offset_qform_code = 252;
constexpr std::size_t offset_sform_code = 254;
constexpr std::size_t offset_quaternion = 256;
constexpr std::size_t offset_qform_shift = 268;
constexpr std::size_t offset_sform = 280;
constexpr std::size_t offset_magic = 344;

/// Corners of the grid further apart than this in sform and qform are worth a warning [m].
constexpr double orientation_tolerance = 0.1 * metres_per_millimetre;
/// Largest cosine between two voxel axes: half a degree, above what rounding in files brings.
constexpr double shear_tolerance = 0.01;
/// Voxel edges outside this range are a wrong header, not a head [m].
constexpr double smallest_voxel = 1e-5;
constexpr double largest_voxel = 0.1;

class Fields {
  public:
    Fields(std::span<const unsigned char> bytes, bool is_byte_swapped)
        : bytes_(bytes), is_byte_swapped_(is_byte_swapped) {}

    template <typename Value>
    [[nodiscard]] Value get(std::size_t offset) const {
        std::array<unsigned char, sizeof(Value)> raw{};
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), sizeof(Value), raw.begin());
        if (is_byte_swapped_) std::reverse(raw.begin(), raw.end());
        return std::bit_cast<Value>(raw);
    }
    [[nodiscard]] int integer(std::size_t offset) const { return get<std::int16_t>(offset); }
    [[nodiscard]] double real(std::size_t offset) const { return static_cast<double>(get<float>(offset)); }

  private:
    std::span<const unsigned char> bytes_;
    bool is_byte_swapped_;
};

std::string describe_type(int datatype) {
    switch (datatype) {
    case 1:
        return "single bits";
    case 32:
        return "complex numbers (complex64)";
    case 1792:
        return "complex numbers (complex128)";
    case 2048:
        return "complex numbers (complex256)";
    case 128:
        return "RGB colours";
    case 2304:
        return "RGBA colours";
    case 1536:
        return "128-bit floats";
    default:
        return fmt::format("an unknown type ({})", datatype);
    }
}

/// Metres per unit of length in the header (xyzt_units, bits 0 to 2); unknown means mm, as everywhere in the
/// field.
double metres_per_unit(const Fields& fields, const std::string& name) {
    const int units = fields.get<unsigned char>(offset_units) & 7;
    switch (units) {
    case 0:
    case 2:
        return metres_per_millimetre;
    case 1:
        return 1;
    case 3:
        return 1e-6;
    default:
        throw Error(
            fmt::format("{}: unknown unit of length {} in xyzt_units; 2 (mm) is expected", name, units));
    }
}

bool open_header(std::span<const unsigned char> bytes, const std::string& name) {
    if (bytes.size() < NiftiHeader::size_in_bytes) {
        throw Error(fmt::format("{}: not a NIfTI-1 file, or truncated: {} bytes, the header alone has 348",
                                name, bytes.size()));
    }
    const Fields plain(bytes, false);
    const Fields swapped(bytes, true);
    constexpr std::int32_t nifti_1 = 348;
    constexpr std::int32_t nifti_2 = 540;
    const auto first = plain.get<std::int32_t>(0);
    const bool is_swapped = swapped.get<std::int32_t>(0) == nifti_1;
    if (first == nifti_2 || swapped.get<std::int32_t>(0) == nifti_2) {
        throw Error(fmt::format(
            "{}: NIfTI-2 is not read; convert it to NIfTI-1 (for instance nib-convert or fslchfiletype)",
            name));
    }
    if (first != nifti_1 && !is_swapped) {
        throw Error(fmt::format("{}: not a NIfTI-1 file: its first number is {}, not 348", name, first));
    }
    const std::string_view magic(reinterpret_cast<const char*>(bytes.data()) + offset_magic, 4);
    if (magic == std::string_view("ni1\0", 4)) {
        throw Error(
            fmt::format("{}: the header of a .hdr/.img pair; convert it to a single .nii file", name));
    }
    if (magic != std::string_view("n+1\0", 4)) {
        throw Error(fmt::format(
            "{}: not a NIfTI-1 file (its magic is not \"n+1\"): perhaps Analyze 7.5, which has no "
            "orientation; convert the DICOM images to NIfTI again",
            name));
    }
    return is_swapped;
}

void read_dimensions(const Fields& fields, const std::string& name, int n_volumes, NiftiHeader& header) {
    const int n_dimensions = fields.integer(offset_dim);
    if (n_dimensions < 3 || n_dimensions > 7) {
        throw Error(
            fmt::format("{}: {} dimensions in the header; a 3-D image is needed", name, n_dimensions));
    }
    // Vectors lie along the fifth axis, the fourth being time (nifti1.h, NIFTI_INTENT_VECTOR).
    const bool is_vector = n_volumes == n_vector_components;
    const int volume_axis = is_vector ? 4 : 3;
    double n_values = n_volumes;
    int n_found = 1;
    for (int axis = 0; axis < n_dimensions; ++axis) {
        const int length = fields.integer(offset_dim + 2 + 2 * static_cast<std::size_t>(axis));
        if (length < 1)
            throw Error(
                fmt::format("{}: {} voxels along axis {}; the header is damaged", name, length, axis));
        if (axis < 3) {
            header.size[static_cast<std::size_t>(axis)] = length;
            n_values *= length;
        } else if (axis == volume_axis && n_volumes > 1) {
            n_found = length;
        } else if (length > 1) {
            throw Error(
                fmt::format("{}: {} volumes along axis {}: this is a series; extract the one to use (for "
                            "instance: fslroi IN OUT 0 1)",
                            name, length, axis));
        }
    }
    if (n_found != n_volumes) {
        throw Error(fmt::format("{}: {} volume{} along axis {}, {} are needed: {}", name, n_found,
                                n_found == 1 ? "" : "s", volume_axis, n_volumes,
                                is_vector ? "the three components of a displacement"
                                          : "xx, xy, xz, yy, yz, zz, as dtifit --save_tensor writes them"));
    }
    header.n_volumes = n_volumes;
    if (n_values > maximum_voxels) {
        throw Error(
            fmt::format("{}: {}×{}×{}{} voxels are more than the {:.0e} that are read; resample or crop it",
                        name, header.size[0], header.size[1], header.size[2],
                        n_volumes == 1 ? "" : fmt::format("×{}", n_volumes), maximum_voxels));
    }
}

void read_values(const Fields& fields, const std::string& name, NiftiHeader& header) {
    header.intent = fields.integer(offset_intent);
    header.datatype = fields.integer(offset_datatype);
    const std::size_t n_bytes = nifti_voxel_bytes(header.datatype);
    if (n_bytes == 0) {
        throw Error(fmt::format("{}: voxels are {}; a T1 or a label map has one real number per voxel", name,
                                describe_type(header.datatype)));
    }
    const int bits = fields.integer(offset_bitpix);
    if (bits != static_cast<int>(8 * n_bytes)) {
        throw Error(fmt::format("{}: bitpix is {} but datatype {} has {} bits; the header is damaged", name,
                                bits, header.datatype, 8 * n_bytes));
    }
    const double voxel_offset = fields.real(offset_voxel_offset);
    constexpr double largest_offset = 1e8;
    if (!(voxel_offset >= NiftiHeader::size_in_bytes && voxel_offset <= largest_offset)) {
        throw Error(fmt::format("{}: vox_offset is {}; at least 348 is expected", name, voxel_offset));
    }
    header.voxel_offset = static_cast<std::size_t>(voxel_offset);
    const double slope = fields.real(offset_slope);
    if (std::isfinite(slope) && slope != 0) {
        header.slope = slope;
        const double intercept = fields.real(offset_intercept);
        header.intercept = std::isfinite(intercept) ? intercept : 0;
    }
}

Eigen::Affine3d read_sform(const Fields& fields) {
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) {
            affine.matrix()(row, column) =
                fields.real(offset_sform + static_cast<std::size_t>(16 * row + 4 * column));
        }
    }
    return affine;
}

Eigen::Affine3d read_qform(const Fields& fields) {
    const double b = fields.real(offset_quaternion);
    const double c = fields.real(offset_quaternion + 4);
    const double d = fields.real(offset_quaternion + 8);
    const double a = std::sqrt(std::max(0.0, 1 - b * b - c * c - d * d));
    const Eigen::Matrix3d rotation = Eigen::Quaterniond(a, b, c, d).normalized().toRotationMatrix();
    const double handedness = fields.real(offset_pixdim) < 0 ? -1 : 1; // qfac
    const Eigen::Vector3d spacing(fields.real(offset_pixdim + 4), fields.real(offset_pixdim + 8),
                                  handedness * fields.real(offset_pixdim + 12));
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear() = rotation * spacing.asDiagonal();
    for (int row = 0; row < 3; ++row) {
        affine.translation()[row] = fields.real(offset_qform_shift + static_cast<std::size_t>(4 * row));
    }
    return affine;
}

Eigen::Affine3d in_metres(Eigen::Affine3d affine, double metres) {
    affine.matrix().topRows<3>() *= metres;
    return affine;
}

double largest_corner_distance(const Eigen::Affine3d& a, const Eigen::Affine3d& b,
                               const std::array<int, 3>& size) {
    double largest = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const Eigen::Vector3d index((corner & 1) * (size[0] - 1), ((corner >> 1) & 1) * (size[1] - 1),
                                    ((corner >> 2) & 1) * (size[2] - 1));
        largest = std::max(largest, (a * index - b * index).norm());
    }
    return largest;
}

void read_orientation(const Fields& fields, const std::string& name, NiftiHeader& header) {
    const double metres = metres_per_unit(fields, name);
    const bool has_sform = fields.integer(offset_sform_code) > 0;
    const bool has_qform = fields.integer(offset_qform_code) > 0;
    if (!has_sform && !has_qform) {
        throw Error(fmt::format(
            "{}: no orientation (sform_code and qform_code are 0), so left and right are unknown; "
            "convert the DICOM images again or set the sform",
            name));
    }
    const Eigen::Affine3d sform = in_metres(read_sform(fields), metres);
    const Eigen::Affine3d qform = in_metres(read_qform(fields), metres);
    header.head_from_voxel = has_sform ? sform : qform;
    check_orientation(header.head_from_voxel, name, has_sform ? "sform" : "qform");
    if (!has_sform || !has_qform) return;
    const double distance = largest_corner_distance(sform, qform, header.size);
    if (!(distance <= orientation_tolerance)) {
        header.warnings.push_back(
            fmt::format("{}: sform and qform differ by {:.1f} mm at a corner of the image; the sform is "
                        "used: check that it is the scanner's frame",
                        name, distance * millimetres_per_metre));
    }
}

template <typename Value>
void put(std::array<unsigned char, 352>& bytes, std::size_t offset, Value value) {
    std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

} // namespace

void check_orientation(const Eigen::Affine3d& affine, const std::string& name, const std::string& form) {
    if (!affine.matrix().allFinite()) {
        throw Error(fmt::format("{}: its {} holds numbers that are not finite; set the orientation again",
                                name, form));
    }
    constexpr double largest_shift = 10; // [m]
    if (affine.translation().cwiseAbs().maxCoeff() > largest_shift) {
        throw Error(fmt::format(
            "{}: its {} puts the image {:.3g} m from the scanner's centre; set the orientation again", name,
            form, affine.translation().cwiseAbs().maxCoeff()));
    }
    for (int axis = 0; axis < 3; ++axis) {
        const double edge = affine.linear().col(axis).norm();
        if (!(edge >= smallest_voxel && edge <= largest_voxel)) {
            throw Error(
                fmt::format("{}: voxels of {:.3g} mm along axis {} by its {}; set the orientation again",
                            name, edge * millimetres_per_metre, axis, form));
        }
    }
    for (int axis = 0; axis < 3; ++axis) {
        const double cosine =
            affine.linear().col(axis).normalized().dot(affine.linear().col((axis + 1) % 3).normalized());
        if (std::abs(cosine) > shear_tolerance) {
            throw Error(fmt::format(
                "{}: its {} is sheared: axes {} and {} meet at {:.2f}°, not 90°; resample the image to "
                "a grid with right angles",
                name, form, axis, (axis + 1) % 3, std::acos(cosine) * degrees_per_radian));
        }
    }
}

std::size_t nifti_voxel_bytes(int datatype) {
    switch (datatype) {
    case nifti_type::uint8:
    case nifti_type::int8:
        return 1;
    case nifti_type::int16:
    case nifti_type::uint16:
        return 2;
    case nifti_type::int32:
    case nifti_type::uint32:
    case nifti_type::float32:
        return 4;
    case nifti_type::float64:
    case nifti_type::int64:
    case nifti_type::uint64:
        return 8;
    default:
        return 0;
    }
}

NiftiHeader parse_nifti_header(std::span<const unsigned char> bytes, const std::string& name, int n_volumes) {
    NiftiHeader header;
    header.is_byte_swapped = open_header(bytes, name);
    const Fields fields(bytes, header.is_byte_swapped);
    read_dimensions(fields, name, n_volumes, header);
    read_values(fields, name, header);
    read_orientation(fields, name, header);
    return header;
}

std::array<unsigned char, 352> format_nifti_header(const std::array<int, 3>& size,
                                                   const Eigen::Affine3d& head_from_voxel, int datatype,
                                                   const std::string& name, NiftiContent content) {
    std::array<unsigned char, 352> bytes{};
    put(bytes, 0, std::int32_t{348});
    const bool is_vector = content == NiftiContent::vectors;
    put(bytes, offset_dim, static_cast<std::int16_t>(is_vector ? 5 : 3));
    if (is_vector) put(bytes, offset_intent, static_cast<std::int16_t>(intent_vector));
    for (std::size_t axis = 0; axis < 7; ++axis) {
        const int length = axis < 3 ? size[axis] : axis == 4 && is_vector ? n_vector_components : 1;
        if (length < 1 || length > 32767) {
            throw Error(fmt::format("{}: {} voxels along axis {} cannot be written as NIfTI-1 (1 … 32767)",
                                    name, length, axis));
        }
        put(bytes, offset_dim + 2 + 2 * axis, static_cast<std::int16_t>(length));
    }
    check_orientation(head_from_voxel, name, "head_from_voxel");
    put(bytes, offset_datatype, static_cast<std::int16_t>(datatype));
    put(bytes, offset_bitpix, static_cast<std::int16_t>(8 * nifti_voxel_bytes(datatype)));
    put(bytes, offset_voxel_offset, 352.0F);
    put(bytes, offset_slope, 1.0F);
    bytes[offset_units] = 2; // mm
    const Eigen::Affine3d affine = in_metres(head_from_voxel, millimetres_per_metre);
    const bool is_mirrored = affine.linear().determinant() < 0;
    Eigen::Matrix3d axes = affine.linear().colwise().normalized();
    if (is_mirrored) axes.col(2) *= -1;
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(axes, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Eigen::Quaterniond rotation(Eigen::Matrix3d(svd.matrixU() * svd.matrixV().transpose()));
    if (rotation.w() < 0) rotation.coeffs() *= -1;
    put(bytes, offset_pixdim, is_mirrored ? -1.0F : 1.0F);
    for (int axis = 0; axis < 3; ++axis) {
        const auto step = static_cast<std::size_t>(4 * axis);
        put(bytes, offset_pixdim + 4 + step, static_cast<float>(affine.linear().col(axis).norm()));
        put(bytes, offset_quaternion + step, static_cast<float>(rotation.vec()[axis]));
        put(bytes, offset_qform_shift + step, static_cast<float>(affine.translation()[axis]));
        for (int column = 0; column < 4; ++column) {
            put(bytes, offset_sform + static_cast<std::size_t>(16 * axis + 4 * column),
                static_cast<float>(affine.matrix()(axis, column)));
        }
    }
    put(bytes, offset_qform_code, std::int16_t{1});
    put(bytes, offset_sform_code, std::int16_t{1});
    std::memcpy(bytes.data() + offset_magic, "n+1", 4);
    return bytes;
}

} // namespace corticoil::imaging
