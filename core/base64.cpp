#include "core/base64.h"

#include <algorithm>
#include <cstdint>

namespace corticoil {

std::string to_base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    constexpr std::uint32_t bits_per_letter = 6;
    constexpr std::uint32_t bits_per_byte = 8;
    constexpr std::uint32_t letter_mask = 63;
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << bits_per_byte | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::uint32_t k = 0; k < 4; ++k) {
            const std::uint32_t letter = bits >> (bits_per_letter * (3 - k)) & letter_mask;
            text.push_back(k <= n ? alphabet[letter] : '=');
        }
    }
    return text;
}

} // namespace corticoil
