#pragma once

#include <filesystem>
#include <string>

namespace corticoil::test {

/// A fresh folder that is removed with everything in it when the object dies.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

/// Writes `content` byte by byte.
void write_bytes(const std::filesystem::path& path, const std::string& content);

/// The whole file.
[[nodiscard]] std::string read_bytes(const std::filesystem::path& path);

} // namespace corticoil::test
