#include "io/vtk_xml.h"

#include "core/error.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

namespace corticoil::io::detail {

static_assert(std::endian::native == std::endian::little, "arrays are copied as the file has them");

namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string unescaped(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
    std::string result;
    while (!text.empty()) {
        const auto* const entity = std::find_if(entities.begin(), entities.end(), [&](const auto& known) {
            return text.starts_with(known.first);
        });
        result += entity != entities.end() ? entity->second : text.front();
        text.remove_prefix(entity != entities.end() ? entity->first.size() : 1);
    }
    return result;
}

/// Parses what stands between < and >; false if it is no tag.
bool parse_tag(std::string_view tag, VtkElement& element) {
    const std::size_t name_end = std::min(tag.find_first_of(white_space), tag.size());
    element.name = std::string(tag.substr(0, name_end));
    tag.remove_prefix(name_end);
    while (true) {
        tag.remove_prefix(std::min(tag.find_first_not_of(white_space), tag.size()));
        if (tag.empty()) return !element.name.empty();
        const std::size_t equals = tag.find('=');
        if (equals == std::string_view::npos || equals + 1 >= tag.size()) return false;
        const char quote = tag[equals + 1];
        if (quote != '"' && quote != '\'') return false;
        const std::size_t close = tag.find(quote, equals + 2);
        if (close == std::string_view::npos) return false;
        element.attributes[std::string(tag.substr(0, equals))] =
            unescaped(tag.substr(equals + 2, close - equals - 2));
        tag.remove_prefix(close + 1);
    }
}

/// Position behind the > that ends the tag at `position`, quoted ones aside; npos if there is none.
std::size_t tag_end(std::string_view text, std::size_t position) {
    char quote = 0;
    for (; position < text.size(); ++position) {
        const char c = text[position];
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return position + 1;
        }
    }
    return std::string_view::npos;
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

template <typename Number>
std::vector<double> converted(const std::string& bytes) {
    std::vector<double> values(bytes.size() / sizeof(Number));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Number value;
        std::memcpy(&value, bytes.data() + i * sizeof(Number), sizeof(Number));
        values[i] = static_cast<double>(value);
    }
    return values;
}

struct NumberType {
    std::string_view name;
    std::size_t size;
    std::vector<double> (*convert)(const std::string&);
};

constexpr std::array<NumberType, 10> number_types{{
    {"Float32", 4, converted<float>},
    {"Float64", 8, converted<double>},
    {"Int8", 1, converted<std::int8_t>},
    {"UInt8", 1, converted<std::uint8_t>},
    {"Int16", 2, converted<std::int16_t>},
    {"UInt16", 2, converted<std::uint16_t>},
    {"Int32", 4, converted<std::int32_t>},
    {"UInt32", 4, converted<std::uint32_t>},
    {"Int64", 8, converted<std::int64_t>},
    {"UInt64", 8, converted<std::uint64_t>},
}};

} // namespace

VtkXmlFile::VtkXmlFile(std::string file_name, std::string_view bytes)
    : file_name_(std::move(file_name)), n_file_bytes_(bytes.size()) {
    const std::size_t appended = bytes.find("<AppendedData");
    const std::size_t root = bytes.find("<VTKFile");
    if (root == std::string_view::npos || root > appended) fail("is not a VTK XML file (.vtp)");
    if (appended == std::string_view::npos) {
        fail("has no appended data; save it with data mode 'appended', raw, or the file is cut off");
    }
    const std::size_t end = tag_end(bytes, appended);
    if (end == std::string_view::npos) fail("is cut off in its header");
    if (bytes.substr(appended, end - appended).find("\"raw\"") == std::string_view::npos) {
        fail("its appended data are encoded; save it with raw appended data");
    }
    const std::size_t underscore = bytes.find_first_not_of(white_space, end);
    if (underscore == std::string_view::npos || bytes[underscore] != '_') fail("is cut off before its data");
    appended_ = bytes.substr(underscore + 1);
    read_header(bytes.substr(0, appended));
    read_file_attributes();
}

void VtkXmlFile::fail(const std::string& problem) const {
    throw Error(fmt::format("{}: {}", file_name_, problem));
}

void VtkXmlFile::read_header(std::string_view header) {
    constexpr std::size_t most_elements = 10000;
    std::vector<std::string> open;
    std::size_t position = 0;
    while ((position = header.find('<', position)) != std::string_view::npos) {
        const bool is_comment = header.substr(position).starts_with("<!--");
        const std::size_t comment_end = is_comment ? header.find("-->", position) : std::string_view::npos;
        const std::size_t end = is_comment ? comment_end : tag_end(header, position);
        if (end == std::string_view::npos || elements_.size() > most_elements) fail("its header is damaged");
        std::string_view tag = header.substr(position + 1, end - position - 1);
        position = end;
        if (is_comment || tag.starts_with("?") || tag.starts_with("!")) continue;
        tag.remove_suffix(1);
        if (tag.starts_with("/")) {
            if (open.empty() || open.back() != tag.substr(1))
                fail("its header is damaged: tags do not match");
            open.pop_back();
            continue;
        }
        const bool is_closed = tag.ends_with("/");
        if (is_closed) tag.remove_suffix(1);
        VtkElement element;
        element.parent = open.empty() ? "" : open.back();
        if (!parse_tag(tag, element)) fail("its header is damaged: a tag cannot be read");
        if (!is_closed) open.push_back(element.name);
        elements_.push_back(std::move(element));
    }
}

void VtkXmlFile::read_file_attributes() {
    const auto file = std::find_if(elements_.begin(), elements_.end(),
                                   [](const VtkElement& element) { return element.name == "VTKFile"; });
    if (file == elements_.end()) fail("is not a VTK XML file (.vtp)");
    if (attribute(*file, "byte_order") != "LittleEndian")
        fail("is not little endian; save it on a usual computer");
    const std::string header_type = attribute(*file, "header_type").value_or("UInt32");
    if (header_type != "UInt32" && header_type != "UInt64")
        fail("has the unknown header type " + header_type);
    header_number_size_ = header_type == "UInt64" ? 8 : 4;
    const std::optional<std::string> compressor = attribute(*file, "compressor");
    is_compressed_ = compressor.has_value();
    if (is_compressed_ && *compressor != "vtkZLibDataCompressor") {
        fail("is compressed by " + *compressor + "; save it with zlib or no compression");
    }
}

std::optional<std::string> VtkXmlFile::attribute(const VtkElement& element, std::string_view name) {
    const auto found = element.attributes.find(name);
    return found == element.attributes.end() ? std::nullopt : std::optional(found->second);
}

std::size_t VtkXmlFile::count(const VtkElement& element, std::string_view name) const {
    // zlib packs a thousandfold at best, and a surface that packs to 1/16 byte per item is not one.
    constexpr std::uint64_t most_items_per_byte = 16;
    constexpr std::uint64_t most_items =
        std::numeric_limits<int>::max() / 3; // three corners each, counted by an int
    const std::string text = attribute(element, name).value_or("0");
    const std::optional<std::uint64_t> value = parse_whole(text);
    const std::uint64_t most = std::min<std::uint64_t>(most_items_per_byte * n_file_bytes_, most_items);
    if (!value || *value > most) {
        fail(fmt::format("{} is '{}', which a file of {} bytes cannot hold; it is damaged", name, text,
                         n_file_bytes_));
    }
    return static_cast<std::size_t>(*value);
}

std::vector<double> VtkXmlFile::values(const VtkElement& element, std::size_t n_values) const {
    const std::string array = attribute(element, "Name").value_or(element.parent);
    const std::string type_name = attribute(element, "type").value_or("");
    const auto* const type = std::find_if(number_types.begin(), number_types.end(),
                                          [&](const NumberType& known) { return known.name == type_name; });
    if (type == number_types.end()) fail(fmt::format("array {} has the unknown type '{}'", array, type_name));
    const std::optional<std::uint64_t> offset = parse_whole(attribute(element, "offset").value_or(""));
    if (attribute(element, "format") != "appended" || !offset) {
        fail(fmt::format("array {} is not appended; save the file with raw appended data", array));
    }
    if (*offset > appended_.size())
        fail(fmt::format("array {} starts behind the file's end; it is cut off", array));
    return type->convert(array_bytes(array, static_cast<std::size_t>(*offset), n_values * type->size));
}

std::uint64_t VtkXmlFile::read_header_number(std::size_t& position, const std::string& array) const {
    if (appended_.size() - position < header_number_size_) fail(fmt::format("array {} is cut off", array));
    std::uint64_t value = 0;
    std::memcpy(&value, appended_.data() + position, header_number_size_);
    position += header_number_size_;
    return value;
}

std::string VtkXmlFile::array_bytes(const std::string& array, std::size_t position,
                                    std::size_t n_bytes) const {
    if (!is_compressed_) {
        const std::uint64_t n_stored = read_header_number(position, array);
        if (n_stored != n_bytes) {
            fail(fmt::format("array {} has {} bytes where {} are expected", array, n_stored, n_bytes));
        }
        if (appended_.size() - position < n_bytes) fail(fmt::format("array {} is cut off", array));
        return std::string(appended_.substr(position, n_bytes));
    }
    return inflated(array, position, n_bytes);
}

std::string VtkXmlFile::inflated(const std::string& array, std::size_t position, std::size_t n_bytes) const {
    // Number of blocks, size of a block, size of the last one if it is shorter (else 0), packed size of each;
    // blocks.
    const std::uint64_t n_blocks = read_header_number(position, array);
    const std::uint64_t block_size = read_header_number(position, array);
    const std::uint64_t last_size = read_header_number(position, array);
    if (n_blocks > (appended_.size() - position) / header_number_size_)
        fail(fmt::format("array {} is cut off", array));
    const bool has_short_block = n_blocks > 0 && last_size > 0;
    const std::uint64_t n_full = has_short_block ? n_blocks - 1 : n_blocks;
    const bool is_too_large = (n_full > 0 && block_size > n_bytes / n_full) || last_size > n_bytes;
    if (is_too_large || n_full * block_size + (has_short_block ? last_size : 0) != n_bytes) {
        fail(fmt::format("array {} has {} blocks of {} bytes where {} bytes are expected", array, n_blocks,
                         block_size, n_bytes));
    }
    std::size_t packed = position + static_cast<std::size_t>(n_blocks) * header_number_size_;
    std::string result;
    for (std::uint64_t block = 0; block < n_blocks; ++block) {
        const std::uint64_t packed_size = read_header_number(position, array);
        if (packed_size > appended_.size() - packed) fail(fmt::format("array {} is cut off", array));
        const std::size_t wanted = static_cast<std::size_t>(block < n_full ? block_size : last_size);
        const std::size_t start = result.size();
        result.resize(start + wanted);
        auto n_unpacked = static_cast<uLongf>(wanted);
        const int status = uncompress(reinterpret_cast<Bytef*>(result.data() + start), &n_unpacked,
                                      reinterpret_cast<const Bytef*>(appended_.data() + packed),
                                      static_cast<uLong>(packed_size));
        if (status != Z_OK || n_unpacked != wanted)
            fail(fmt::format("array {} does not unpack; it is damaged", array));
        packed += static_cast<std::size_t>(packed_size);
    }
    return result;
}

} // namespace corticoil::io::detail
