#include "io/gmsh_cursor.h"

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

namespace corticoil::io::detail {

namespace {

constexpr bool is_white(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// The start of a word of the file, fit for a message.
std::string printable(std::string_view word) {
    constexpr std::size_t most_shown = 32;
    std::string shown(word.substr(0, most_shown));
    for (char& c : shown) {
        if (c < ' ' || c > '~') c = '?';
    }
    return word.size() > most_shown ? shown + "…" : shown;
}

} // namespace

GmshCursor::GmshCursor(std::string file_name, std::string_view bytes)
    : file_name_(std::move(file_name)), bytes_(bytes) {}

void GmshCursor::fail(const std::string& problem) const {
    std::string place = section_.empty() ? "" : fmt::format("${}, ", section_);
    if (encoding_ == GmshEncoding::text) {
        const auto end = bytes_.begin() + static_cast<std::ptrdiff_t>(std::min(last_read_, bytes_.size()));
        place += fmt::format("line {}", 1 + std::count(bytes_.begin(), end, '\n'));
    } else {
        place += fmt::format("byte {}", last_read_);
    }
    throw Error(fmt::format("{}: {}: {}", file_name_, place, problem));
}

bool GmshCursor::skip_white_space() {
    while (position_ < bytes_.size() && is_white(bytes_[position_])) ++position_;
    last_read_ = position_;
    return position_ < bytes_.size();
}

std::string_view GmshCursor::read_word(std::string_view what) {
    if (!skip_white_space()) fail(fmt::format("the file ends where {} should be; it is cut off", what));
    while (position_ < bytes_.size() && !is_white(bytes_[position_])) ++position_;
    return bytes_.substr(last_read_, position_ - last_read_);
}

std::string GmshCursor::enter_section() {
    section_.clear();
    const std::string_view word = read_word("a section");
    if (word.size() < 2 || word.front() != '$') {
        fail(fmt::format("expected a section such as $Nodes, found '{}'; is this a Gmsh file, and undamaged?",
                         printable(word)));
    }
    section_ = printable(word.substr(1));
    return section_;
}

void GmshCursor::leave_section() {
    const std::string end = "$End" + section_;
    if (!skip_white_space()) fail(fmt::format("the file ends before {}; it is cut off", end));
    if (bytes_.substr(position_, end.size()) != end) {
        const std::string_view found = bytes_.substr(position_, end.size());
        fail(fmt::format("expected {}, found '{}'; the section holds more than its counts say", end,
                         printable(found)));
    }
    position_ += end.size();
    section_.clear();
}

void GmshCursor::skip_section() {
    const std::string end = "$End" + section_;
    const std::size_t found = bytes_.find(end, position_);
    if (found == std::string_view::npos) fail(fmt::format("there is no {}; the file is cut off", end));
    position_ = found + end.size();
    section_.clear();
}

std::int64_t GmshCursor::read_text_integer(std::string_view what) {
    std::string_view word = read_word(what);
    const std::string_view found = word;
    if (word.front() == '+') word.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) {
        fail(fmt::format("expected {}, a whole number, found '{}'", what, printable(found)));
    }
    return value;
}

double GmshCursor::read_text_real(std::string_view what) {
    std::string_view word = read_word(what);
    const std::string_view found = word;
    if (word.front() == '+') word.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    // A number too small for a double is zero to everybody; one too large is damage.
    const bool is_tiny =
        error == std::errc::result_out_of_range && word.find("-", 1) != std::string_view::npos;
    if ((error != std::errc{} && !is_tiny) || end != word.data() + word.size() || !std::isfinite(value)) {
        fail(fmt::format("expected {}, a finite number, found '{}'", what, printable(found)));
    }
    return is_tiny ? 0.0 : value;
}

void GmshCursor::finish_line() {
    last_read_ = position_;
    while (position_ < bytes_.size() && (bytes_[position_] == ' ' || bytes_[position_] == '\r')) ++position_;
    if (position_ == bytes_.size() || bytes_[position_] != '\n') fail("expected the end of the line");
    ++position_;
}

template <typename Number>
Number GmshCursor::read_binary(std::string_view what) {
    last_read_ = position_;
    if (n_bytes_left() < sizeof(Number)) fail(fmt::format("the file ends inside {}; it is cut off", what));
    unsigned char raw[sizeof(Number)];
    std::memcpy(raw, bytes_.data() + position_, sizeof(Number));
    if (encoding_ == GmshEncoding::binary_swapped) std::reverse(raw, raw + sizeof(Number));
    position_ += sizeof(Number);
    Number value;
    std::memcpy(&value, raw, sizeof(Number));
    return value;
}

std::int64_t GmshCursor::read_integer(std::string_view what) {
    if (encoding_ == GmshEncoding::text) return read_text_integer(what);
    return read_binary<std::int32_t>(what);
}

std::int64_t GmshCursor::read_size(std::string_view what) {
    if (encoding_ == GmshEncoding::text) return read_text_integer(what);
    const auto value = read_binary<std::uint64_t>(what);
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        fail(fmt::format("{} is {}; the file is damaged", what, value));
    }
    return static_cast<std::int64_t>(value);
}

double GmshCursor::read_real(std::string_view what) {
    if (encoding_ == GmshEncoding::text) return read_text_real(what);
    const auto value = read_binary<double>(what);
    if (!std::isfinite(value)) fail(fmt::format("{} is {}, not a finite number", what, value));
    return value;
}

void GmshCursor::skip_binary(std::int64_t count, std::size_t bytes_each, std::string_view what) {
    last_read_ = position_;
    if (static_cast<std::uint64_t>(count) > n_bytes_left() / bytes_each) {
        fail(fmt::format("the file ends inside {}; it is cut off", what));
    }
    position_ += static_cast<std::size_t>(count) * bytes_each;
}

void GmshCursor::skip_integers(std::int64_t count, std::string_view what) {
    if (encoding_ != GmshEncoding::text) return skip_binary(count, sizeof(std::int32_t), what);
    for (std::int64_t i = 0; i < count; ++i) (void)read_text_integer(what);
}

void GmshCursor::skip_sizes(std::int64_t count, std::string_view what) {
    if (encoding_ != GmshEncoding::text) return skip_binary(count, sizeof(std::uint64_t), what);
    for (std::int64_t i = 0; i < count; ++i) (void)read_text_integer(what);
}

std::int64_t GmshCursor::check_count(std::int64_t count, LeastBytes least, std::string_view what) const {
    const bool is_text = encoding_ == GmshEncoding::text;
    // The last number of a text file may be without the space behind it.
    const std::size_t most = (n_bytes_left() + 1) / (is_text ? least.text : least.binary);
    if (count < 0 || count > std::numeric_limits<int>::max() || static_cast<std::uint64_t>(count) > most) {
        fail(fmt::format(
            "the number of {} is {}, but the rest of the file has room for {} at most; it is damaged or "
            "cut off",
            what, count, std::min<std::size_t>(most, std::numeric_limits<int>::max())));
    }
    return count;
}

} // namespace corticoil::io::detail
