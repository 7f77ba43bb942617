#include "io/off_file.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/whole_file.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace corticoil::io {

namespace {

constexpr std::uintmax_t most_bytes = std::uintmax_t{1} << 30U;
constexpr double farthest_mm = 1e4; // A head lies within 10 m of the scanner's centre.

/// The lines of an OFF file that hold something, word by word.
class OffText {
  public:
    OffText(std::string name, std::string_view text) : name_(std::move(name)), rest_(text) {}

    /// Goes to the next line with words. \throws Error at the end.
    void next_line() {
        do {
            if (rest_.empty()) fail("the file ends early; copy it again");
            const std::size_t end = rest_.find('\n');
            line_ = rest_.substr(0, end);
            rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
            line_ = line_.substr(0, line_.find('#'));
            ++number_;
            skip_blanks();
        } while (line_.empty());
    }

    [[nodiscard]] bool has_word() const { return !line_.empty(); }

    std::string_view word() {
        const std::size_t end = line_.find_first_of(" \t\r\v\f");
        const std::string_view found = line_.substr(0, end);
        line_.remove_prefix(found.size());
        skip_blanks();
        return found;
    }

    template <typename Number>
    Number number() {
        const std::string_view text = word();
        Number value{};
        const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (text.empty() || status != std::errc{} || end != text.data() + text.size())
            fail(fmt::format("'{}' is not the number that is expected here", text.substr(0, 30)));
        return value;
    }

    [[noreturn]] void fail(const std::string& problem) const {
        throw Error(fmt::format("{}, line {}: {}", name_, number_, problem));
    }

  private:
    void skip_blanks() {
        const std::size_t first = line_.find_first_not_of(" \t\r\v\f");
        line_.remove_prefix(first == std::string_view::npos ? line_.size() : first);
    }

    std::string name_;
    std::string_view rest_;
    std::string_view line_;
    std::size_t number_ = 0;
};

} // namespace

SurfaceMesh read_off(const std::filesystem::path& path) {
    const std::string bytes = read_whole_file(path, most_bytes);
    OffText text(path.filename().string(), bytes);
    text.next_line();
    if (text.word() != "OFF") text.fail("no OFF file: it does not start with OFF");
    if (!text.has_word()) text.next_line();
    const auto n_nodes = text.number<std::int64_t>();
    const auto n_triangles = text.number<std::int64_t>();
    // A node or a face takes at least six bytes: three digits and what parts them.
    const auto most = static_cast<std::int64_t>(bytes.size() / 6 + 1);
    if (n_nodes < 1 || n_triangles < 1 || n_nodes > most || n_triangles > most) {
        text.fail(fmt::format("{} nodes and {} faces in a file of {} bytes; the header is damaged", n_nodes,
                              n_triangles, bytes.size()));
    }
    SurfaceMesh surface;
    surface.nodes.resize(3, n_nodes);
    for (Eigen::Index node = 0; node < n_nodes; ++node) {
        text.next_line();
        for (int axis = 0; axis < 3; ++axis) {
            const auto mm = text.number<double>();
            if (!(std::abs(mm) <= farthest_mm)) text.fail(fmt::format("coordinate {} mm of a node", mm));
            surface.nodes(axis, node) = mm * metres_per_millimetre;
        }
    }
    surface.triangles.resize(3, n_triangles);
    for (Eigen::Index triangle = 0; triangle < n_triangles; ++triangle) {
        text.next_line();
        const auto n_corners = text.number<std::int64_t>();
        if (n_corners != 3)
            text.fail(fmt::format("a face with {} corners; triangulate the surface", n_corners));
        for (int corner = 0; corner < 3; ++corner) {
            const auto node = text.number<std::int64_t>();
            if (node < 0 || node >= n_nodes)
                text.fail(fmt::format("a face with node {} of {}", node, n_nodes));
            surface.triangles(corner, triangle) = static_cast<int>(node);
        }
    }
    return surface;
}

} // namespace corticoil::io
