#include "io/whole_file.h"

#include "core/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace corticoil::io {

std::string read_whole_file(const std::filesystem::path& path, std::uintmax_t most_bytes) {
    const std::string name = path.string();
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) {
        throw Error(fmt::format("{}: file does not exist; check the name", name));
    }
    if (!std::filesystem::is_regular_file(status)) {
        throw Error(fmt::format("{}: is not a regular file; name the file itself", name));
    }
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) throw Error(fmt::format("{}: cannot be read: {}", name, error.message()));
    if (size > most_bytes) {
        throw Error(fmt::format("{}: has {} bytes, more than the {} that are read from such a file", name,
                                size, most_bytes));
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw Error(fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
    std::string bytes(static_cast<std::size_t>(size), '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uintmax_t>(stream.gcount()) != size) {
        throw Error(fmt::format("{}: could read only {} of {} bytes; is it still being written?", name,
                                stream.gcount(), size));
    }
    return bytes;
}

} // namespace corticoil::io
