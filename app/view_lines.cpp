#include "app/view_lines.h"

#include "app/did_you_mean.h"
#include "app/parse.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>

namespace corticoil::app {

namespace {

using Words = std::vector<std::string>;
using Kind = ViewArgument::Kind;

/// The words up to a comment; "quotation marks" keep a name with spaces together.
Words words_of(const std::string& line) {
    std::istringstream stream(line);
    Words words;
    for (std::string word; stream >> std::quoted(word) && !word.starts_with('#');) words.push_back(word);
    return words;
}

Words command_names() {
    Words names;
    for (const ViewCommand& command : view_commands()) names.push_back(command.name);
    return names;
}

/// \throws Error for a word that an argument cannot be.
void check_word(const std::string& word, const ViewArgument& argument, const std::string& where) {
    if (argument.kind == Kind::number) {
        const std::optional<std::vector<double>> numbers = parse_numbers(word);
        if (!numbers || numbers->size() != 1)
            throw Error(fmt::format("{}: '{}' is not a number ({})", where, word, argument.name));
    }
    if (argument.kind == Kind::choice &&
        std::find(argument.choices.begin(), argument.choices.end(), word) == argument.choices.end()) {
        throw Error(fmt::format("{}: '{}' is not one of {}{}", where, word, fmt::join(argument.choices, ", "),
                                suggestion(word, argument.choices)));
    }
}

/// \throws Error where there are too few or too many words, or one that cannot be.
void check_words(const ViewCommand& command, const Words& words, const std::string& place) {
    const auto n_needed = static_cast<std::size_t>(
        std::count_if(command.arguments.begin(), command.arguments.end(),
                      [](const ViewArgument& argument) { return !argument.is_optional; }));
    const std::size_t n_possible = command.arguments.size();
    if (words.size() < n_needed || words.size() > n_possible) {
        const std::string what = words.size() < n_needed ? std::string("something is missing here")
                                                         : fmt::format("'{}' is too much", words[n_possible]);
        throw Error(fmt::format("{}, word {}: {}; usage: {}", place, std::min(words.size(), n_possible) + 2,
                                what, command.usage()));
    }
    for (std::size_t i = 0; i < words.size(); ++i)
        check_word(words[i], command.arguments[i], fmt::format("{}, word {}", place, i + 2));
}

std::string with_place(const ViewLine& line, const char* message) {
    return line.place.empty() ? std::string(message) : fmt::format("{}: {}", line.place, message);
}

} // namespace

ViewLine parse_view_line(const std::string& line, const std::string& place) {
    Words words = words_of(line);
    ViewLine result{nullptr, {}, place};
    if (words.empty()) return result;
    const auto& commands = view_commands();
    const auto found = std::find_if(commands.begin(), commands.end(),
                                    [&](const ViewCommand& command) { return command.name == words[0]; });
    if (found == commands.end()) {
        throw Error(fmt::format("{}, word 1: '{}' is not a command{}; help lists what there is", place,
                                words[0], suggestion(words[0], command_names())));
    }
    words.erase(words.begin());
    check_words(*found, words, place);
    result.command = &*found;
    result.words = std::move(words);
    return result;
}

std::vector<ViewLine> read_view_script(const std::string& path) {
    std::ifstream file;
    if (path != "-") {
        file.open(path);
        if (!file) throw Error(fmt::format("--commands {}: cannot be read", path));
    }
    std::istream& stream = path == "-" ? std::cin : file;
    const std::string name = path == "-" ? "standard input" : path;
    std::vector<ViewLine> lines;
    int number_of_line = 0;
    for (std::string line; std::getline(stream, line);) {
        ++number_of_line;
        ViewLine parsed = parse_view_line(line, fmt::format("{}, line {}", name, number_of_line));
        if (parsed.command != nullptr) lines.push_back(std::move(parsed));
    }
    return lines;
}

void run_view_line(const ViewLine& line, ViewModel& model, ViewHost& host) {
    if (line.command == nullptr) return;
    try {
        line.command->run(model, line.words, host);
    } catch (const Error& error) {
        throw Error(with_place(line, error.what()));
    } catch (const InfeasibleError& error) {
        throw InfeasibleError(with_place(line, error.what()));
    }
}

} // namespace corticoil::app
