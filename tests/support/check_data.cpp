#include "support/check_data.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace corticoil::test {

std::optional<std::filesystem::path> check_data(const std::string& relative_path) {
    const char* const folder = std::getenv("CORTICOIL_CHECK_DATA");
    if (folder == nullptr || *folder == '\0') return std::nullopt;
    const std::filesystem::path path = std::filesystem::path(folder) / relative_path;
    EXPECT_TRUE(std::filesystem::exists(path))
        << path << " does not exist although CORTICOIL_CHECK_DATA is set";
    return path;
}

} // namespace corticoil::test
