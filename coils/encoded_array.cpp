#include "coils/encoded_array.h"

#include "coils/file_bytes.h"
#include "core/base64.h"
#include "core/error.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cstdint>

namespace corticoil::coils {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr int bits_per_letter = 6;
constexpr int bits_per_byte = 8;

std::array<std::int8_t, 256> make_letter_values() {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}

std::string from_base64(std::string_view text, const std::string& place) {
    static const std::array<std::int8_t, 256> letter_values = make_letter_values();
    constexpr std::size_t letters_per_group = 4;
    std::string bytes;
    bytes.reserve(text.size() / letters_per_group * 3 + 3);
    std::uint32_t bits = 0;
    int n_bits = 0;
    std::size_t n_letters = 0;
    std::size_t n_padding = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || c == '\r') continue; // Encoders for mail break lines.
        ++n_letters;
        if (c == '=') {
            ++n_padding;
            continue;
        }
        const int value = letter_values[static_cast<unsigned char>(c)];
        if (value < 0 || n_padding > 0) {
            throw Error(fmt::format("{}: is text but not base64 (character {}); an array is a list or "
                                    "base64(zlib(bytes))",
                                    place, i + 1));
        }
        bits = bits << bits_per_letter | static_cast<std::uint32_t>(value);
        n_bits += bits_per_letter;
        if (n_bits >= bits_per_byte) {
            n_bits -= bits_per_byte;
            bytes.push_back(static_cast<char>(bits >> n_bits & 0xff));
        }
    }
    if (n_letters % letters_per_group != 0 || n_padding > 2) {
        throw Error(
            fmt::format("{}: its base64 is cut: {} characters are no multiple of 4", place, n_letters));
    }
    return bytes;
}

} // namespace

std::string decode_array(std::string_view text, const std::string& place, DecompressionBudget& budget) {
    const std::string compressed = from_base64(text, place);
    std::string bytes = inflate_bytes(compressed, budget.bytes + 1, place);
    if (bytes.size() > budget.bytes) {
        throw Error(fmt::format("{}: inflates beyond what one coil file may hold; give fewer points", place));
    }
    budget.bytes -= bytes.size();
    return bytes;
}

std::string encode_array(std::string_view bytes) {
    uLongf size = compressBound(static_cast<uLong>(bytes.size()));
    std::string compressed(size, '\0');
    const int status = compress2(reinterpret_cast<Bytef*>(compressed.data()), &size,
                                 reinterpret_cast<const Bytef*>(bytes.data()),
                                 static_cast<uLong>(bytes.size()), Z_DEFAULT_COMPRESSION);
    CORTICOIL_ASSERT(status == Z_OK);
    compressed.resize(size);
    return to_base64(compressed);
}

} // namespace corticoil::coils
