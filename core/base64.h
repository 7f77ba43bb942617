#pragma once

#include <string>
#include <string_view>

namespace corticoil {

/// Bytes as base64 text, padded, without line breaks. Source: RFC 4648, section 4.
[[nodiscard]] std::string to_base64(std::string_view bytes);

} // namespace corticoil
