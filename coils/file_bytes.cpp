#include "coils/file_bytes.h"

#include "core/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#define ZLIB_CONST // zlib's input is const then.
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <system_error>

namespace corticoil::coils {

namespace fs = std::filesystem;

namespace {

/// An inflating stream that is ended however the function is left.
class Inflater {
  public:
    Inflater() {
        constexpr int largest_window = 15;
        constexpr int finds_zlib_or_gzip = 32;
        if (inflateInit2(&stream_, largest_window + finds_zlib_or_gzip) != Z_OK) throw std::bad_alloc();
    }
    ~Inflater() { inflateEnd(&stream_); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    z_stream& operator*() { return stream_; }

  private:
    z_stream stream_{};
};

/// Writes all of `bytes`; false where that fails.
bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

std::string read_file_bytes(const fs::path& path, std::size_t most_bytes) {
    std::error_code error;
    if (!fs::exists(path, error)) {
        throw Error(fmt::format("{}: file does not exist; check the name", path.string()));
    }
    if (!fs::is_regular_file(path, error)) {
        throw Error(fmt::format("{}: is not a regular file; name the file itself", path.string()));
    }
    const std::uintmax_t size = fs::file_size(path, error);
    if (error) throw Error(fmt::format("{}: cannot be read: {}", path.string(), error.message()));
    if (size > most_bytes) {
        throw Error(fmt::format("{}: has {} bytes, more than the {} that are read from such a file",
                                path.string(), size, most_bytes));
    }
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw Error(fmt::format("{}: cannot be opened; check its permissions", path.string()));
    std::string bytes(static_cast<std::size_t>(size), '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (static_cast<std::uintmax_t>(stream.gcount()) != size) {
        throw Error(fmt::format("{}: could read only {} of {} bytes; is it still being written?",
                                path.string(), stream.gcount(), size));
    }
    return bytes;
}

void write_file_bytes(const fs::path& path, std::string_view bytes) {
    const auto fail = [&](int reason) {
        throw Error(fmt::format("{}: cannot be written: {}", path.string(), std::strerror(reason)));
    };
    if (fs::is_directory(path)) fail(EISDIR);
    const fs::path unfinished =
        path.parent_path() / fmt::format(".{}.{}.unfinished", path.filename().string(), getpid());
    constexpr mode_t readable_and_writable = 0666; // less the umask
    const int descriptor =
        open(unfinished.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, readable_and_writable);
    if (descriptor < 0) fail(errno);
    bool is_good = write_all(descriptor, bytes);
    int reason = errno;
    if (close(descriptor) != 0 && is_good) {
        is_good = false;
        reason = errno;
    }
    std::error_code error;
    if (is_good) {
        fs::rename(unfinished, path, error);
        if (!error) return;
        reason = error.value();
    }
    fs::remove(unfinished, error);
    fail(reason);
}

bool is_gzip(std::string_view bytes) {
    return bytes.starts_with("\x1f\x8b");
}

std::string inflate_bytes(std::string_view compressed, std::size_t most_bytes, const std::string& name) {
    constexpr std::size_t piece_bytes = std::size_t{1} << 16U;
    if (compressed.size() > std::numeric_limits<uInt>::max())
        throw Error(fmt::format("{}: more than 4 GiB of compressed data", name));
    Inflater inflater;
    z_stream& stream = *inflater;
    stream.next_in = reinterpret_cast<const Bytef*>(compressed.data());
    stream.avail_in = static_cast<uInt>(compressed.size());
    std::string result;
    std::string piece(std::min(piece_bytes, std::max<std::size_t>(most_bytes, 1)), '\0');
    while (result.size() < most_bytes) {
        const std::size_t wanted = std::min(piece.size(), most_bytes - result.size());
        stream.next_out = reinterpret_cast<Bytef*>(piece.data());
        stream.avail_out = static_cast<uInt>(wanted);
        const int status = inflate(&stream, Z_NO_FLUSH);
        result.append(piece, 0, wanted - stream.avail_out);
        if (status == Z_STREAM_END) {
            // A gzip file may hold several members one after the other.
            const std::string_view rest(reinterpret_cast<const char*>(stream.next_in), stream.avail_in);
            if (!is_gzip(rest)) break;
            inflateReset(&stream);
        } else if (status != Z_OK) {
            throw Error(fmt::format("{}: its compressed data are {} after {} bytes; copy the file again",
                                    name, status == Z_BUF_ERROR ? "cut off" : "damaged", result.size()));
        }
    }
    return result;
}

} // namespace corticoil::coils
