#include "imaging/mgh.h"

#include "core/constants.h"
#include "core/error.h"
#include "imaging/gzip_file.h"
#include "imaging/nifti_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <system_error>

namespace corticoil::imaging {

namespace {

// Source: the description of the MGH format in FreeSurfer's documentation. All numbers are big-endian.
constexpr std::size_t header_bytes = 284; // Where the voxels begin; what is not described is unused.
constexpr std::int32_t known_version = 1;
constexpr std::size_t offset_size = 4;
constexpr std::size_t offset_frames = 16;
constexpr std::size_t offset_type = 20;
constexpr std::size_t offset_has_orientation = 28; // 16 bits
constexpr std::size_t offset_spacing = 30;
constexpr std::size_t offset_cosines = 42; // Of the x, then the y, then the z axis.
constexpr std::size_t offset_centre = 78;

template <typename Number>
Number number_at(const unsigned char* bytes) {
    static_assert(std::endian::native == std::endian::little);
    std::array<unsigned char, sizeof(Number)> raw{};
    std::reverse_copy(bytes, bytes + sizeof(Number), raw.begin());
    return std::bit_cast<Number>(raw);
}

/// Number types of voxels.
struct VoxelType {
    std::int32_t code;
    std::size_t n_bytes;
    double (*decode)(const unsigned char*);
};

template <typename Stored>
double decode_as(const unsigned char* bytes) {
    return static_cast<double>(number_at<Stored>(bytes));
}

const VoxelType* find_type(std::int32_t code) {
    static constexpr std::array<VoxelType, 5> types{{{0, 1, decode_as<std::uint8_t>},
                                                     {1, 4, decode_as<std::int32_t>},
                                                     {3, 4, decode_as<float>},
                                                     {4, 2, decode_as<std::int16_t>},
                                                     {10, 2, decode_as<std::uint16_t>}}};
    const auto* found =
        std::find_if(types.begin(), types.end(), [&](const VoxelType& type) { return type.code == code; });
    return found == types.end() ? nullptr : found;
}

struct MghHeader {
    std::array<int, 3> size{0, 0, 0};
    const VoxelType* type = nullptr;
    Eigen::Affine3d head_from_voxel = Eigen::Affine3d::Identity();

    [[nodiscard]] std::size_t n_voxels() const {
        return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
               static_cast<std::size_t>(size[2]);
    }
};

using HeaderBytes = std::array<unsigned char, header_bytes>;

/// head = M (voxel − size / 2) + centre, with M the direction cosines times the spacing.
Eigen::Affine3d read_orientation(const HeaderBytes& bytes, const MghHeader& header, const std::string& name) {
    if (number_at<std::int16_t>(bytes.data() + offset_has_orientation) == 0) {
        throw Error(
            fmt::format("{}: has no orientation, so left and right are unknown; convert it again from "
                        "an image that has one",
                        name));
    }
    const auto real = [&](std::size_t offset, int index) {
        return static_cast<double>(
            number_at<float>(bytes.data() + offset + 4 * static_cast<std::size_t>(index)));
    };
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    Eigen::Vector3d middle;
    Eigen::Vector3d centre;
    for (int axis = 0; axis < 3; ++axis) {
        for (int row = 0; row < 3; ++row)
            affine.linear()(row, axis) = real(offset_cosines, 3 * axis + row) * real(offset_spacing, axis);
        middle[axis] = header.size[static_cast<std::size_t>(axis)] / 2.0;
        centre[axis] = real(offset_centre, axis);
    }
    affine.translation() = centre - affine.linear() * middle;
    affine.matrix().topRows<3>() *= metres_per_millimetre;
    check_orientation(affine, name, "header");
    return affine;
}

MghHeader parse(const HeaderBytes& bytes, const std::string& name) {
    const auto integer = [&](std::size_t offset) { return number_at<std::int32_t>(bytes.data() + offset); };
    if (integer(0) != known_version)
        throw Error(fmt::format("{}: is no MGH file of version 1; give a .mgh, .mgz, .nii or .nii.gz", name));
    MghHeader header;
    double n_voxels = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        header.size[axis] = integer(offset_size + 4 * axis);
        if (header.size[axis] < 1) {
            throw Error(fmt::format("{}: {} voxels along axis {}; the header is damaged", name,
                                    header.size[axis], axis));
        }
        n_voxels *= header.size[axis];
    }
    if (n_voxels > maximum_voxels) {
        throw Error(fmt::format("{}: {}×{}×{} voxels are more than the {:.0e} that are read", name,
                                header.size[0], header.size[1], header.size[2], maximum_voxels));
    }
    if (integer(offset_frames) != 1)
        throw Error(fmt::format("{}: {} frames; extract the one to use", name, integer(offset_frames)));
    header.type = find_type(integer(offset_type));
    if (header.type == nullptr) {
        throw Error(fmt::format("{}: voxels of type {}; 0, 1, 3, 4 and 10 are read (bytes, 32-bit integers, "
                                "floats, 16-bit integers)",
                                name, integer(offset_type)));
    }
    header.head_from_voxel = read_orientation(bytes, header, name);
    return header;
}

} // namespace

LoadedImage read_mgh(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    std::error_code failure;
    (void)std::filesystem::file_size(path, failure);
    if (failure) throw Error(fmt::format("{}: cannot be read ({})", path.string(), failure.message()));
    const GzipFile file(gzopen(path.c_str(), "rb")); // Reads what is not compressed as it is.
    if (!file) throw Error(fmt::format("{}: cannot be opened", path.string()));
    HeaderBytes bytes{};
    if (read_bytes(file.get(), bytes.data(), bytes.size()) < bytes.size())
        throw Error(fmt::format("{}: ends within its header; copy the file again", name));
    const MghHeader header = parse(bytes, name);
    LoadedImage loaded;
    loaded.image.size = header.size;
    loaded.image.head_from_voxel = header.head_from_voxel;
    std::vector<unsigned char> piece(piece_bytes);
    std::size_t n_not_finite = 0;
    std::vector<float>& voxels = loaded.image.voxels;
    while (voxels.size() < header.n_voxels()) {
        const std::size_t n = std::min(piece_bytes / header.type->n_bytes, header.n_voxels() - voxels.size());
        if (read_bytes(file.get(), piece.data(), n * header.type->n_bytes) < n * header.type->n_bytes) {
            throw Error(
                fmt::format("{}: truncated or damaged: its header announces {}×{}×{} voxels; copy the "
                            "file again",
                            name, header.size[0], header.size[1], header.size[2]));
        }
        for (std::size_t voxel = 0; voxel < n; ++voxel) {
            const auto value =
                static_cast<float>(header.type->decode(piece.data() + voxel * header.type->n_bytes));
            const bool is_finite = std::isfinite(value);
            n_not_finite += is_finite ? 0 : 1;
            voxels.push_back(is_finite ? value : 0.0F);
        }
    }
    if (n_not_finite > 0) {
        loaded.warnings.push_back(
            fmt::format("{}: {} voxels are not finite numbers and count as 0", name, n_not_finite));
    }
    return loaded;
}

LoadedImage read_image(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".mgh" || ending == ".mgz" ? read_mgh(path) : read_nifti(path);
}

} // namespace corticoil::imaging
