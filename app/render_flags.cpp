#include "app/render_flags.h"

#include "app/did_you_mean.h"
#include "app/parse.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::app {

namespace {

[[noreturn]] void throw_unknown(const std::string& flag, const std::string& word, const std::string& kind,
                                const std::vector<std::string>& known) {
    throw Error(fmt::format("{}: '{}' is not a {}{}; give {}", flag, word, kind, suggestion(word, known),
                            fmt::join(known, ", ")));
}

std::size_t index_of(const std::string& flag, const std::string& word, const std::string& kind,
                     const std::vector<std::string>& known) {
    const auto found = std::find(known.begin(), known.end(), word);
    if (found == known.end()) throw_unknown(flag, word, kind, known);
    return static_cast<std::size_t>(found - known.begin());
}

std::vector<std::string> part_words() {
    std::vector<std::string> words{"coil"};
    for (const viz::NamedPart& named : viz::named_parts()) words.emplace_back(named.name);
    return words;
}

/// Windings, casing and marks for "coil", else the one part.
std::vector<viz::Part> parse_parts(const std::string& flag, const std::string& text) {
    std::vector<viz::Part> parts;
    if (text.empty()) return parts;
    const std::vector<std::string> known = part_words();
    for (const std::string& word : words_between_commas(text)) {
        const std::size_t index = index_of(flag, word, "part", known);
        if (index == 0) {
            parts.insert(parts.end(), {viz::Part::windings, viz::Part::casing, viz::Part::marks});
        } else {
            parts.push_back(viz::named_parts()[index - 1].part);
        }
    }
    return parts;
}

/// "1600x1200" in pixels, or "170x120mm" and "17x12cm" as printed.
std::pair<int, int> parse_picture_size(const std::string& text, double dots_per_inch) {
    for (const auto& [unit, inches_per_unit] : {std::pair("mm", 1 / 25.4), std::pair("cm", 1 / 2.54)}) {
        if (!text.ends_with(unit)) continue;
        const std::string numbers = text.substr(0, text.size() - 2);
        const std::size_t cross = numbers.find('x');
        const std::optional<std::vector<double>> width = parse_numbers(numbers.substr(0, cross));
        const std::optional<std::vector<double>> height =
            cross == std::string::npos ? std::nullopt : parse_numbers(numbers.substr(cross + 1));
        const bool is_size = width && height && width->size() == 1 && height->size() == 1;
        constexpr double largest = 1e6;
        if (!is_size || !(width->front() > 0 && width->front() < largest && height->front() > 0 &&
                          height->front() < largest)) {
            throw Error(fmt::format("--size: '{}' is not a size; give for instance 170x120mm", text));
        }
        const double dots = dots_per_inch * inches_per_unit;
        constexpr double most_pixels = 1e6;
        return {static_cast<int>(std::lround(std::min(most_pixels, width->front() * dots))),
                static_cast<int>(std::lround(std::min(most_pixels, height->front() * dots)))};
    }
    return parse_size(text);
}

} // namespace

std::vector<std::string> view_words() {
    std::vector<std::string> words{"standard", "all", "six", "slices"};
    for (const viz::NamedView& named : viz::named_views()) words.emplace_back(named.name);
    return words;
}

std::vector<std::string> parse_views(const std::string& text) {
    const std::vector<std::string> known = view_words();
    std::vector<std::string> views;
    const auto add = [&](const std::string& word) {
        if (std::find(views.begin(), views.end(), word) == views.end()) views.push_back(word);
    };
    for (const std::string& word : words_between_commas(text)) {
        (void)index_of("--view", word, "view", known);
        if (word == "all") {
            add("close");
            add("overview");
        } else {
            add(word);
        }
    }
    return views;
}

viz::PictureOptions picture_options(const RenderFlags& flags) {
    viz::PictureOptions options;
    if (!(flags.dots_per_inch > 0))
        throw Error(fmt::format("--dpi: {} is no resolution", flags.dots_per_inch));
    // A film of many frames is drawn smaller unless a size was asked for.
    const std::string size = !flags.size.empty() ? flags.size : flags.has_frames() ? "960x720" : "1600x1200";
    std::tie(options.width, options.height) = parse_picture_size(size, flags.dots_per_inch);
    options.cap_percentile = flags.cap_percentile;
    options.dots_per_inch = flags.dots_per_inch;
    options.background = index_of("--background", flags.background, "background", {"light", "dark"}) == 0
                             ? viz::Background::light
                             : viz::Background::dark;
    viz::check(options);
    return options;
}

viz::FieldLook field_look(const RenderFlags& flags) {
    constexpr std::array scalars{viz::FieldScalar::magnitude, viz::FieldScalar::normal,
                                 viz::FieldScalar::tangential};
    viz::FieldLook look;
    look.scalar =
        scalars[index_of("--scalar", flags.scalar, "scalar", {"magnitude", "normal", "tangential"})];
    look.cut_by_tissue = index_of("--section", flags.section, "colouring", {"field", "tissue"}) == 1;
    for (const viz::Part part : parse_parts("--show", flags.show)) look.chosen[part] = true;
    for (const viz::Part part : parse_parts("--hide", flags.hide)) {
        if (look.chosen.contains(part) && look.chosen.at(part))
            throw Error("--show and --hide name the same part; leave one out");
        look.chosen[part] = false;
    }
    if (!flags.legend.empty()) (void)index_of("--legend", flags.legend, "kind of legend", {"svg"});
    return look;
}

} // namespace corticoil::app
