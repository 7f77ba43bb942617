#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace corticoil::test {

/// A file of the folder that CORTICOIL_CHECK_DATA names, or nothing where the variable is unset.
/// A file that is missing although the variable is set fails the calling test.
[[nodiscard]] std::optional<std::filesystem::path> check_data(const std::string& relative_path);

} // namespace corticoil::test

/// Defines `name` as the path of a check-data file, or skips the test with the one reason that is allowed.
#define CORTICOIL_CHECK_DATA_OR_SKIP(name, relative_path)                                                    \
    const std::optional<std::filesystem::path> name##_found = ::corticoil::test::check_data(relative_path);  \
    if (!name##_found) GTEST_SKIP() << "check data missing: set CORTICOIL_CHECK_DATA to run this test";      \
    const std::filesystem::path& name = *name##_found
