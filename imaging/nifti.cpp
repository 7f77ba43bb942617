#include "imaging/nifti.h"

#include "core/constants.h"
#include "core/error.h"
#include "imaging/gzip_file.h"
#include "imaging/nifti_header.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <system_error>
#include <utility>

namespace corticoil::imaging {

namespace {

/// No deflate stream expands by more (zlib's technical notes: 1032:1).
constexpr double largest_expansion = 1032;

template <typename Stored>
double decode_as(const unsigned char* bytes, bool is_byte_swapped) {
    std::array<unsigned char, sizeof(Stored)> raw{};
    std::copy_n(bytes, sizeof(Stored), raw.begin());
    if (is_byte_swapped) std::reverse(raw.begin(), raw.end());
    return static_cast<double>(std::bit_cast<Stored>(raw));
}

using Decoder = double (*)(const unsigned char*, bool);

Decoder decoder_of(int datatype) {
    switch (datatype) {
    case nifti_type::uint8:
        return decode_as<std::uint8_t>;
    case nifti_type::int8:
        return decode_as<std::int8_t>;
    case nifti_type::int16:
        return decode_as<std::int16_t>;
    case nifti_type::uint16:
        return decode_as<std::uint16_t>;
    case nifti_type::int32:
        return decode_as<std::int32_t>;
    case nifti_type::uint32:
        return decode_as<std::uint32_t>;
    case nifti_type::int64:
        return decode_as<std::int64_t>;
    case nifti_type::uint64:
        return decode_as<std::uint64_t>;
    case nifti_type::float32:
        return decode_as<float>;
    default:
        return decode_as<double>;
    }
}

class NiftiFile {
  public:
    explicit NiftiFile(const std::filesystem::path& path, int n_volumes = 1)
        : name_(path.filename().string()) {
        std::error_code failure;
        const auto file_bytes = std::filesystem::file_size(path, failure);
        if (failure) throw Error(fmt::format("{}: cannot be read ({})", path.string(), failure.message()));
        file_.reset(gzopen(path.c_str(), "rb"));
        if (!file_) throw Error(fmt::format("{}: cannot be opened", path.string()));
        std::array<unsigned char, NiftiHeader::size_in_bytes> bytes{};
        const std::size_t n_read = read_bytes(file_.get(), bytes.data(), bytes.size());
        header_ = parse_nifti_header(std::span(bytes).first(n_read), name_, n_volumes);
        const double needed = static_cast<double>(header_.voxel_offset) +
                              static_cast<double>(header_.n_values() * nifti_voxel_bytes(header_.datatype));
        const double available =
            static_cast<double>(file_bytes) * (gzdirect(file_.get()) != 0 ? 1 : largest_expansion);
        if (needed > available) throw_truncated(fmt::format("a file of {} bytes", file_bytes));
        if (gzseek(file_.get(), static_cast<z_off_t>(header_.voxel_offset), SEEK_SET) < 0)
            throw_truncated("less");
    }

    [[nodiscard]] const NiftiHeader& header() const { return header_; }
    [[nodiscard]] const std::string& name() const { return name_; }

    /// "voxel (i, j, k)" of the n-th value; of the first volume and all others alike.
    [[nodiscard]] std::string describe_voxel(std::size_t n) const {
        const auto nx = static_cast<std::size_t>(header_.size[0]);
        const auto ny = static_cast<std::size_t>(header_.size[1]);
        const std::size_t voxel = n % header_.n_voxels();
        return fmt::format("voxel ({}, {}, {})", voxel % nx, voxel / nx % ny, voxel / nx / ny);
    }

    /// Calls `take(value)` for each voxel of each volume in order, with the file's scaling applied.
    template <typename Take>
    void for_each_value(Take take) {
        const std::size_t voxel_bytes = nifti_voxel_bytes(header_.datatype);
        const Decoder decode = decoder_of(header_.datatype);
        std::vector<unsigned char> piece(piece_bytes);
        for (std::size_t done = 0; done < header_.n_values();) {
            const std::size_t n = std::min(piece_bytes / voxel_bytes, header_.n_values() - done);
            const std::size_t n_read = read_bytes(file_.get(), piece.data(), n * voxel_bytes);
            if (n_read < n * voxel_bytes)
                throw_truncated(fmt::format("{} voxels", done + n_read / voxel_bytes));
            for (std::size_t voxel = 0; voxel < n; ++voxel) {
                take(header_.slope * decode(piece.data() + voxel * voxel_bytes, header_.is_byte_swapped) +
                     header_.intercept);
            }
            done += n;
        }
    }

  private:
    [[noreturn]] void throw_truncated(const std::string& found) const {
        throw Error(fmt::format(
            "{}: truncated or damaged: its header announces {}×{}×{}{} voxels, found {}; copy or convert the "
            "file again",
            name_, header_.size[0], header_.size[1], header_.size[2],
            header_.n_volumes == 1 ? "" : fmt::format("×{}", header_.n_volumes), found));
    }

    std::string name_;
    GzipFile file_;
    NiftiHeader header_;
};

void write_file(const std::filesystem::path& path, const std::array<unsigned char, 352>& header,
                std::span<const std::byte> voxels) {
    std::filesystem::path unfinished = path;
    unfinished += fmt::format(".{}.unfinished", getpid());
    const bool is_compressed = path.extension() == ".gz";
    GzipFile file(gzopen(unfinished.c_str(), is_compressed ? "wb6" : "wbT"));
    if (!file)
        throw Error(fmt::format("{}: cannot be written; check that the folder exists and is writable",
                                path.string()));
    const auto put = [&](const void* bytes, std::size_t n) {
        for (std::size_t done = 0; done < n;) {
            const auto step = static_cast<unsigned>(std::min(n - done, piece_bytes));
            if (gzwrite(file.get(), static_cast<const unsigned char*>(bytes) + done, step) !=
                static_cast<int>(step))
                return false;
            done += step;
        }
        return true;
    };
    bool is_good = put(header.data(), header.size()) && put(voxels.data(), voxels.size());
    is_good = gzclose(file.release()) == Z_OK && is_good;
    std::error_code failure;
    if (is_good) std::filesystem::rename(unfinished, path, failure);
    if (!is_good || failure) {
        std::error_code ignored;
        std::filesystem::remove(unfinished, ignored);
        throw Error(fmt::format("{}: writing failed; check the space left on the disk", path.string()));
    }
}

template <typename Voxel>
void write_image(const std::filesystem::path& path, const Image<Voxel>& image, int datatype) {
    CORTICOIL_ASSERT(image.voxels.size() == image.index(0, 0, image.size[2]));
    write_file(path,
               format_nifti_header(image.size, image.head_from_voxel, datatype, path.filename().string()),
               std::as_bytes(std::span(image.voxels)));
}

/// `convert` takes a component to what the file holds.
template <typename Convert>
void write_vectors(const std::filesystem::path& path, const VectorImage& vectors, Convert convert) {
    std::vector<float> components;
    components.reserve(n_vector_components * vectors.voxels.size());
    for (int row = 0; row < n_vector_components; ++row) {
        for (const Eigen::Vector3f& vector : vectors.voxels) components.push_back(convert(vector[row]));
    }
    write_file(path,
               format_nifti_header(vectors.size, vectors.head_from_voxel, nifti_type::float32,
                                   path.filename().string(), NiftiContent::vectors),
               std::as_bytes(std::span(std::as_const(components))));
}

} // namespace

LoadedImage read_nifti(const std::filesystem::path& path) {
    NiftiFile file(path);
    LoadedImage loaded;
    loaded.warnings = file.header().warnings;
    loaded.image.size = file.header().size;
    loaded.image.head_from_voxel = file.header().head_from_voxel;
    std::size_t n_not_finite = 0;
    file.for_each_value([&](double value) {
        const auto voxel = static_cast<float>(value);
        const bool is_finite = std::isfinite(voxel);
        n_not_finite += is_finite ? 0 : 1;
        loaded.image.voxels.push_back(is_finite ? voxel : 0.0F);
    });
    if (n_not_finite > 0) {
        loaded.warnings.push_back(
            fmt::format("{}: {} voxels are not finite numbers and count as 0", file.name(), n_not_finite));
    }
    return loaded;
}

LabelImage read_label_nifti(const std::filesystem::path& path) {
    NiftiFile file(path);
    LabelImage labels;
    labels.size = file.header().size;
    labels.head_from_voxel = file.header().head_from_voxel;
    constexpr double rounding =
        1e-3; // Label files scaled by a slope hold integers up to the slope's rounding.
    file.for_each_value([&](double value) {
        const double label = std::round(value);
        if (!(std::abs(value - label) <= rounding && label >= 0 && label <= 255)) {
            throw Error(
                fmt::format("{}: {} holds {}; labels are integers from 0 to 255: is this a label map?",
                            file.name(), file.describe_voxel(labels.voxels.size()), value));
        }
        labels.voxels.push_back(static_cast<std::uint8_t>(label));
    });
    return labels;
}

LoadedTensorImage read_tensor_nifti(const std::filesystem::path& path) {
    // Volumes in the file xx, xy, xz, yy, yz, zz; in memory xx, yy, zz, xy, xz, yz.
    constexpr std::array<std::size_t, 6> component_of_volume{0, 3, 4, 1, 5, 2};
    NiftiFile file(path, static_cast<int>(component_of_volume.size()));
    const NiftiHeader& header = file.header();
    if (header.intent != 0) {
        throw Error(fmt::format(
            "{}: its intent code is {}, so the order and the axes of its components are not those "
            "of dtifit (intent 0: xx, xy, xz, yy, yz, zz in FSL's axes); convert it to that",
            file.name(), header.intent));
    }
    LoadedTensorImage loaded;
    loaded.warnings = header.warnings;
    loaded.image.size = header.size;
    loaded.image.head_from_voxel = header.head_from_voxel;
    std::size_t n_not_finite = 0;
    std::size_t first_not_finite = 0;
    std::size_t n_taken = 0;
    file.for_each_value([&](double value) {
        const auto component = static_cast<float>(value);
        if (!std::isfinite(component) && n_not_finite++ == 0) first_not_finite = n_taken;
        if (n_taken < header.n_voxels()) loaded.image.voxels.emplace_back();
        loaded.image.voxels[n_taken % header.n_voxels()][component_of_volume[n_taken / header.n_voxels()]] =
            component;
        ++n_taken;
    });
    if (n_not_finite > 0) {
        throw Error(
            fmt::format("{}: {} components are not finite numbers (first: {}); fit the tensors again or set "
                        "these voxels to 0",
                        file.name(), n_not_finite, file.describe_voxel(first_not_finite)));
    }
    const Eigen::Matrix3d rotation = head_from_fsl_axes(loaded.image.head_from_voxel);
    for (DiffusionTensor& tensor : loaded.image.voxels) tensor = rotated(tensor, rotation);
    return loaded;
}

void write_nifti(const std::filesystem::path& path, const ScalarImage& image) {
    write_image(path, image, nifti_type::float32);
}

void write_nifti(const std::filesystem::path& path, const LabelImage& labels) {
    write_image(path, labels, nifti_type::uint8);
}

VectorImage read_vector_nifti(const std::filesystem::path& path) {
    NiftiFile file(path, n_vector_components);
    VectorImage vectors;
    vectors.size = file.header().size;
    vectors.head_from_voxel = file.header().head_from_voxel;
    const std::size_t n_voxels = file.header().n_voxels();
    std::size_t n_taken = 0;
    file.for_each_value([&](double value) {
        if (!std::isfinite(value)) {
            throw Error(
                fmt::format("{}: {} holds a component that is not a finite number; make the file again",
                            file.name(), file.describe_voxel(n_taken)));
        }
        if (n_taken < n_voxels) vectors.voxels.emplace_back(Eigen::Vector3f::Zero());
        vectors.voxels[n_taken % n_voxels][static_cast<Eigen::Index>(n_taken / n_voxels)] =
            static_cast<float>(value * metres_per_millimetre);
        ++n_taken;
    });
    return vectors;
}

void write_nifti(const std::filesystem::path& path, const VectorImage& displacements) {
    constexpr double steps_per_mm = 1024;
    write_vectors(path, displacements, [](float metres) {
        const double mm = static_cast<double>(metres) * millimetres_per_metre;
        return static_cast<float>(std::round(mm * steps_per_mm) / steps_per_mm);
    });
}

void write_nifti_field(const std::filesystem::path& path, const VectorImage& field) {
    write_vectors(path, field, [](float component) { return component; });
}

} // namespace corticoil::imaging
