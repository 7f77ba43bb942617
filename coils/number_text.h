#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::coils {

/// Goes through the lines of a text, without their ends (LF or CR LF).
class TextLines {
  public:
    explicit TextLines(std::string_view text) : rest_(text) {}

    /// The next line, or nothing after the last one.
    [[nodiscard]] std::optional<std::string_view> next();
    /// Of the line that next() returned last, from 1.
    [[nodiscard]] std::size_t number() const { return number_; }

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

/// A text without blanks and tabs around it.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// The finite numbers of a line between blanks or tabs, or nothing if it holds anything else.
[[nodiscard]] std::optional<std::vector<double>> numbers_in(std::string_view line);

/// A finite number times a power of ten, or nothing if the text is anything else. The decimal point moves
/// before the text becomes binary: with number_text() a change of unit keeps every bit.
[[nodiscard]] std::optional<double> number_in(std::string_view text, int power_of_ten = 0);

/// The shortest text that number_in(text, -power_of_ten) reads back as the same number.
[[nodiscard]] std::string number_text(double value, int power_of_ten = 0);

} // namespace corticoil::coils
