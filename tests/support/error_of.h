#pragma once

#include "core/error.h"

#include <string>

namespace corticoil::test {

/// The message of the corticoil::Error that `call` throws, or "no error".
template <typename Call>
[[nodiscard]] std::string error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

} // namespace corticoil::test
