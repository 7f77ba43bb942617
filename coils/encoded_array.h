#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace corticoil::coils {

/// How many bytes compressed arrays of one file may still become. Reading stops where it is used up, before
/// the memory is taken.
struct DecompressionBudget {
    std::size_t bytes = std::size_t{512} << 20; ///< A grid of 280³ points in double has that size.
};

/// The bytes of base64(zlib(bytes)), as arrays stand in `.tcd` files. What inflates beyond the budget is
/// refused when it gets there; memory is at most three times the result's. \throws Error starting with
/// `place` for text that is not base64, a stream that is damaged or cut, and a budget used up.
[[nodiscard]] std::string decode_array(std::string_view text, const std::string& place,
                                       DecompressionBudget& budget);

/// base64(zlib(bytes)).
[[nodiscard]] std::string encode_array(std::string_view bytes);

} // namespace corticoil::coils
