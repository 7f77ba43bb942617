#include "coils/number_text.h"

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace corticoil::coils {

namespace {

constexpr std::string_view blanks = " \t\r";

std::optional<int> integer_in(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace

std::optional<std::string_view> TextLines::next() {
    if (rest_.empty()) return std::nullopt;
    ++number_;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return line;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::vector<double>> numbers_in(std::string_view line) {
    std::vector<double> numbers;
    while (true) {
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        if (line.empty()) return numbers;
        const std::size_t length = std::min(line.find_first_of(blanks), line.size());
        std::string_view word = line.substr(0, length);
        line.remove_prefix(length);
        if (word.starts_with('+')) word.remove_prefix(1);
        double value = 0;
        const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
        if (status != std::errc{} || end != word.data() + word.size() || !std::isfinite(value))
            return std::nullopt;
        numbers.push_back(value);
    }
}

std::optional<double> number_in(std::string_view text, int power_of_ten) {
    constexpr std::size_t longest = 100; // More digits than any number that a program writes.
    text = trimmed(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || text.size() > longest) return std::nullopt;
    const std::size_t mark = std::min(text.find_first_of("eE"), text.size());
    int exponent = 0;
    if (mark < text.size()) {
        constexpr int largest_exponent = 400; // Beyond that a double is 0 or infinite.
        const std::optional<int> found = integer_in(text.substr(mark + 1));
        if (!found || std::abs(*found) > largest_exponent) return std::nullopt;
        exponent = *found;
    }
    const std::string shifted = fmt::format("{}e{}", text.substr(0, mark), exponent + power_of_ten);
    const std::optional<std::vector<double>> numbers = numbers_in(shifted);
    if (!numbers || numbers->size() != 1) return std::nullopt;
    return numbers->front();
}

std::string number_text(double value, int power_of_ten) {
    CORTICOIL_ASSERT(std::isfinite(value));
    if (power_of_ten == 0) return fmt::format("{}", value);
    if (value == 0) return std::signbit(value) ? "-0" : "0";
    std::array<char, 32> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    const std::string_view text(buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data()));
    const std::size_t mark = text.find('e');
    const int exponent = integer_in(text.substr(mark + 1)).value_or(0) + power_of_ten;
    const std::string sign = value < 0 ? "-" : "";
    std::string digits(text.substr(sign.size(), mark - sign.size()));
    constexpr int largest_plain = 15; // Written without an exponent from 0.0001 to here.
    if (exponent < -4 || exponent > largest_plain) return fmt::format("{}{}e{}", sign, digits, exponent);
    std::erase(digits, '.');
    if (exponent < 0)
        return fmt::format("{}0.{}{}", sign, std::string(static_cast<std::size_t>(-exponent - 1), '0'),
                           digits);
    const auto n_before = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= n_before) return sign + digits + std::string(n_before - digits.size(), '0');
    return sign + digits.substr(0, n_before) + "." + digits.substr(n_before);
}

} // namespace corticoil::coils
