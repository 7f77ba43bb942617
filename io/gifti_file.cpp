#include "io/gifti_file.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/whole_file.h"

#include <Eigen/Geometry>
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::io {

namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 30U;
constexpr double farthest_mm = 1e4; // A head lies within 10 m of the scanner's centre.
constexpr std::string_view blanks = " \t\r\n\v\f";

struct Transform {
    std::string_view data_space;
    std::string_view transformed_space;
    std::string_view matrix;
};

/// One DataArray as the file has it.
struct GiftiArray {
    std::map<std::string_view, std::string_view> attributes;
    std::vector<Transform> transforms;
    std::string_view data;

    [[nodiscard]] std::string_view attribute(std::string_view name) const {
        const auto found = attributes.find(name);
        return found == attributes.end() ? std::string_view() : found->second;
    }
};

[[noreturn]] void fail(const std::string& name, const std::string& problem) {
    throw Error(fmt::format("{}: {}", name, problem));
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// NAME="VALUE" …
std::map<std::string_view, std::string_view> attributes_of(std::string_view text) {
    std::map<std::string_view, std::string_view> attributes;
    while (true) {
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) return attributes;
        const std::size_t open = text.find_first_of("\"'", equals);
        if (open == std::string_view::npos) return attributes;
        const std::size_t close = text.find(text[open], open + 1);
        if (close == std::string_view::npos) return attributes;
        attributes[trimmed(text.substr(0, equals))] = text.substr(open + 1, close - open - 1);
        text.remove_prefix(close + 1);
    }
}

/// The file's text, tag by tag: no tree is built, so nesting costs nothing.
class GiftiText {
  public:
    GiftiText(std::string name, std::string_view text) : name_(std::move(name)), rest_(text) {}

    [[nodiscard]] std::vector<GiftiArray> arrays() {
        std::vector<GiftiArray> found;
        bool is_gifti = false;
        std::string_view tag;
        while (next_tag(tag)) {
            const std::string_view element = tag.substr(0, tag.find_first_of(" \t\r\n\v\f/"));
            is_gifti = is_gifti || element == "GIFTI";
            if (element == "DataArray") {
                found.push_back({attributes_of(tag.substr(element.size())), {}, {}});
            } else if (found.empty()) {
                continue;
            } else if (element == "CoordinateSystemTransformMatrix") {
                found.back().transforms.emplace_back();
            } else if (element == "Data") {
                found.back().data = content();
            } else if (!found.back().transforms.empty()) {
                Transform& transform = found.back().transforms.back();
                if (element == "DataSpace") transform.data_space = content();
                if (element == "TransformedSpace") transform.transformed_space = content();
                if (element == "MatrixData") transform.matrix = content();
            }
        }
        if (!is_gifti) fail(name_, "is no GIfTI file");
        return found;
    }

  private:
    /// The inside of the next tag; comments, CDATA and declarations are passed over.
    bool next_tag(std::string_view& tag) {
        while (true) {
            const std::size_t open = rest_.find('<');
            if (open == std::string_view::npos) return false;
            rest_.remove_prefix(open + 1);
            const std::string_view end = rest_.starts_with("!--")        ? "-->"
                                         : rest_.starts_with("![CDATA[") ? "]]>"
                                                                         : ">";
            const std::size_t close = rest_.find(end);
            if (close == std::string_view::npos) fail(name_, "ends within a tag; copy the file again");
            tag = rest_.substr(0, close);
            rest_.remove_prefix(close + end.size());
            if (!tag.empty() && tag.front() != '!' && tag.front() != '?' && tag.front() != '/') return true;
        }
    }

    /// The text up to the next tag, or the CDATA section there.
    std::string_view content() {
        const std::size_t first = rest_.find_first_not_of(blanks);
        constexpr std::string_view cdata = "<![CDATA[";
        if (first != std::string_view::npos && rest_.substr(first).starts_with(cdata)) {
            const std::string_view inside = rest_.substr(first + cdata.size());
            return trimmed(inside.substr(0, inside.find("]]>")));
        }
        return trimmed(rest_.substr(0, rest_.find('<')));
    }

    std::string name_;
    std::string_view rest_;
};

std::vector<double> numbers_of_text(std::string_view text, std::size_t most, const std::string& name) {
    std::vector<double> numbers;
    while (!(text = trimmed(text)).empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(blanks));
        double value = 0;
        const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (status != std::errc{} || end != word.data() + word.size())
            fail(name, fmt::format("'{}' is not a number", word.substr(0, 30)));
        if (numbers.size() == most) fail(name, "an array holds more numbers than it announces");
        numbers.push_back(value);
        text.remove_prefix(word.size());
    }
    return numbers;
}

std::string decoded_base64(std::string_view text, const std::string& name) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<int, 256> value{};
    value.fill(-1);
    for (std::size_t i = 0; i < digits.size(); ++i)
        value[static_cast<unsigned char>(digits[i])] = static_cast<int>(i);
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    std::uint32_t buffer = 0;
    int n_bits = 0;
    for (const char c : text) {
        if (c == '=' || blanks.find(c) != std::string_view::npos) continue;
        const int digit = value[static_cast<unsigned char>(c)];
        if (digit < 0) fail(name, "damaged base64 data; copy the file again");
        buffer = (buffer << 6U) | static_cast<std::uint32_t>(digit);
        n_bits += 6;
        if (n_bits < 8) continue;
        n_bits -= 8;
        bytes.push_back(static_cast<char>((buffer >> static_cast<unsigned>(n_bits)) & 0xFFU));
    }
    return bytes;
}

/// Inflates zlib or gzip data to `n_bytes`, in pieces: a header alone cannot claim memory.
std::string inflated(const std::string& compressed, std::size_t n_bytes, const std::string& name) {
    z_stream stream{};
    constexpr int zlib_or_gzip = 15 + 32; // Of zlib's manual: window bits + detection of the header.
    if (inflateInit2(&stream, zlib_or_gzip) != Z_OK) fail(name, "zlib cannot start");
    std::string bytes;
    std::vector<char> piece(std::size_t{1} << 20U);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream.avail_in = static_cast<uInt>(compressed.size()); // Below 1 GiB, as the file.
    int status = Z_OK;
    while (status == Z_OK && bytes.size() <= n_bytes) {
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(piece.size());
        status = inflate(&stream, Z_NO_FLUSH);
        bytes.append(piece.data(), piece.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) fail(name, "damaged compressed data; copy the file again");
    return bytes;
}

template <typename Stored>
std::vector<double> numbers_of_bytes(const std::string& bytes, bool is_swapped) {
    std::vector<double> numbers(bytes.size() / sizeof(Stored));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::array<char, sizeof(Stored)> raw{};
        std::copy_n(bytes.data() + i * sizeof(Stored), sizeof(Stored), raw.begin());
        if (is_swapped) std::reverse(raw.begin(), raw.end());
        numbers[i] = static_cast<double>(std::bit_cast<Stored>(raw));
    }
    return numbers;
}

/// The array's numbers as rows of three.
Eigen::Matrix3Xd rows_of_three(const GiftiArray& array, const std::string& name) {
    const auto dimension = [&](std::string_view key) {
        const std::string_view text = array.attribute(key);
        std::size_t value = 0;
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        return status == std::errc{} && end == text.data() + text.size() ? value : 0;
    };
    constexpr std::size_t most_rows = 100'000'000;
    const std::size_t n_rows = dimension("Dim0");
    if (array.attribute("Dimensionality") != "2" || dimension("Dim1") != 3 || n_rows < 1 ||
        n_rows > most_rows)
        fail(name, "points and triangles must be arrays of rows of three");
    const std::string_view encoding = array.attribute("Encoding");
    const std::string_view type = array.attribute("DataType");
    const bool is_swapped =
        (array.attribute("Endian") == "BigEndian") == (std::endian::native == std::endian::little);
    const std::size_t n = 3 * n_rows;
    std::vector<double> numbers;
    if (encoding == "ASCII") {
        numbers = numbers_of_text(array.data, n, name);
    } else if (encoding == "Base64Binary" || encoding == "GZipBase64Binary") {
        std::string bytes = decoded_base64(array.data, name);
        const std::size_t size = type == "NIFTI_TYPE_FLOAT64" ? 8 : 4;
        if (encoding == "GZipBase64Binary") bytes = inflated(bytes, n * size, name);
        if (bytes.size() != n * size)
            fail(name,
                 fmt::format("an array of {} numbers holds {} bytes; copy the file again", n, bytes.size()));
        if (type == "NIFTI_TYPE_FLOAT32") numbers = numbers_of_bytes<float>(bytes, is_swapped);
        if (type == "NIFTI_TYPE_FLOAT64") numbers = numbers_of_bytes<double>(bytes, is_swapped);
        if (type == "NIFTI_TYPE_INT32") numbers = numbers_of_bytes<std::int32_t>(bytes, is_swapped);
    } else {
        fail(name,
             fmt::format("data as '{}'; write the file with its data inside, as text or base64", encoding));
    }
    if (numbers.size() != n)
        fail(name, fmt::format("an array of {} numbers of {} holds {}", n, type, numbers.size()));
    Eigen::Matrix3Xd rows(3, static_cast<Eigen::Index>(n_rows));
    const bool is_columns_first = array.attribute("ArrayIndexingOrder") == "ColumnMajorOrder";
    for (std::size_t row = 0; row < n_rows; ++row) {
        for (std::size_t column = 0; column < 3; ++column) {
            rows(static_cast<Eigen::Index>(column), static_cast<Eigen::Index>(row)) =
                numbers[is_columns_first ? column * n_rows + row : 3 * row + column];
        }
    }
    return rows;
}

/// Takes points to the scanner's space where a matrix says how.
void to_scanner(const GiftiArray& points, Eigen::Matrix3Xd& mm, const std::string& name) {
    constexpr std::string_view scanner = "NIFTI_XFORM_SCANNER_ANAT";
    for (const Transform& transform : points.transforms) {
        if (transform.transformed_space != scanner || transform.data_space == scanner) continue;
        const std::vector<double> numbers = numbers_of_text(transform.matrix, 16, name);
        if (numbers.size() != 16) fail(name, "a coordinate transform without its 16 numbers");
        Eigen::Matrix4d matrix;
        for (int i = 0; i < 16; ++i) matrix(i / 4, i % 4) = numbers[static_cast<std::size_t>(i)];
        if (!matrix.allFinite() || std::abs(matrix.topLeftCorner<3, 3>().determinant()) < 1e-6)
            fail(name, "a coordinate transform that is none");
        mm = ((matrix.topLeftCorner<3, 3>() * mm).colwise() + matrix.topRightCorner<3, 1>()).eval();
        return;
    }
}

const GiftiArray& only_array(const std::vector<GiftiArray>& arrays, std::string_view intent,
                             const std::string& name) {
    const auto is_wanted = [&](const GiftiArray& array) { return array.attribute("Intent") == intent; };
    const auto n = std::count_if(arrays.begin(), arrays.end(), is_wanted);
    if (n != 1) fail(name, fmt::format("{} arrays of {}; one is needed: is this a surface?", n, intent));
    return *std::find_if(arrays.begin(), arrays.end(), is_wanted);
}

} // namespace

SurfaceMesh read_gifti(const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    const std::string bytes = read_whole_file(path, most_bytes);
    const std::vector<GiftiArray> arrays = GiftiText(name, bytes).arrays();
    const GiftiArray& points = only_array(arrays, "NIFTI_INTENT_POINTSET", name);
    Eigen::Matrix3Xd mm = rows_of_three(points, name);
    to_scanner(points, mm, name);
    if (!(mm.array().abs() <= farthest_mm).all())
        fail(name, "coordinates that are not finite or lie more than 10 m away; are they in mm?");
    const Eigen::Matrix3Xd corners = rows_of_three(only_array(arrays, "NIFTI_INTENT_TRIANGLE", name), name);
    const auto n_nodes = static_cast<double>(mm.cols());
    if (!(corners.array() >= 0).all() || !(corners.array() < n_nodes).all() ||
        !(corners.array() == corners.array().round()).all()) {
        fail(name, fmt::format("triangles with corners that are none of the {} nodes", mm.cols()));
    }
    return {mm * metres_per_millimetre, corners.cast<int>()};
}

} // namespace corticoil::io
