#include "app/parse.h"

#include "app/did_you_mean.h"
#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace corticoil::app {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    Number value{};
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// The label that a tissue's key stands for, or the label itself: meshes may have labels of their own.
int label_of(const std::string& word) {
    if (const std::optional<TissueInfo> known = find_tissue(std::string_view(word))) return known->label;
    constexpr int largest_label = 65535; // as in Gmsh files
    const std::optional<int> label = parse_number<int>(word);
    if (label && *label >= 1 && *label <= largest_label) return *label;
    std::vector<std::string> keys;
    for (const TissueInfo& known : known_tissues()) keys.emplace_back(known.key);
    throw Error(
        fmt::format("--conductivity: '{}' is not a tissue{}; give one of {}, or a label from 1 to 65535",
                    word, suggestion(word, keys), fmt::join(keys, ", ")));
}

} // namespace

std::vector<std::string> words_between_commas(const std::string& text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        words.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return words;
}

std::optional<std::vector<double>> parse_numbers(const std::string& text) {
    std::vector<double> numbers;
    for (const std::string_view part : split(text, ',')) {
        const std::optional<double> number = parse_number<double>(part);
        if (!number || !std::isfinite(*number)) return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

Conductivities parse_conductivities(const std::string& text) {
    Conductivities conductivities = default_conductivities();
    if (text.empty()) return conductivities;
    for (const std::string_view assignment : split(text, ',')) {
        const std::size_t equals = assignment.find('=');
        if (equals == std::string_view::npos) {
            throw Error(fmt::format("--conductivity: '{}' lacks '='; write for example csf=1.654,bone=0.01",
                                    assignment));
        }
        const int label = label_of(std::string(assignment.substr(0, equals)));
        const std::optional<double> value = parse_number<double>(assignment.substr(equals + 1));
        if (!value || !(*value > 0) || !std::isfinite(*value)) {
            throw Error(fmt::format("--conductivity: {} = '{}' S/m; a conductivity must be a positive number",
                                    assignment.substr(0, equals), assignment.substr(equals + 1)));
        }
        conductivities[label] = *value;
    }
    return conductivities;
}

std::pair<int, int> parse_size(const std::string& text) {
    const std::vector<std::string_view> parts = split(text, 'x');
    if (parts.size() == 2) {
        const std::optional<int> width = parse_number<int>(parts[0]);
        const std::optional<int> height = parse_number<int>(parts[1]);
        if (width && height) return {*width, *height};
    }
    throw Error(fmt::format("--size: '{}' is not a size in pixels; write for example 1600x1200", text));
}

} // namespace corticoil::app
