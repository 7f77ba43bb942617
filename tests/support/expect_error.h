#pragma once

#include "core/error.h"

#include <gtest/gtest.h>

#include <string>

namespace corticoil::test {

/// The message of the corticoil::Error that `call` throws; fails the test and gives "" when it throws none.
template <typename Call> [[nodiscard]] std::string error_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "no corticoil::Error was thrown";
    return "";
}

} // namespace corticoil::test
