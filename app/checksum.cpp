#include "app/checksum.h"

#include "core/error.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

namespace corticoil::app {

namespace {

/// A SHA-256 that is fed piece by piece.
class Sha256 {
  public:
    Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
        EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
    }
    void add(const char* bytes, std::size_t n) { EVP_DigestUpdate(context_.get(), bytes, n); }
    [[nodiscard]] std::string in_hexadecimal() {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned int length = 0;
        EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
        std::string text;
        for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
        return text;
    }

  private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

} // namespace

std::string sha256_of(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw Error(fmt::format("{}: cannot be read; check the path and its permissions", path.string()));
    Sha256 sum;
    std::array<char, 1 << 16> buffer{};
    while (stream) {
        stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        sum.add(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    }
    return sum.in_hexadecimal();
}

std::string sha256_of_text(const std::string& text) {
    Sha256 sum;
    sum.add(text.data(), text.size());
    return sum.in_hexadecimal();
}

} // namespace corticoil::app
