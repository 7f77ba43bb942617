#include "app/config_file.h"

#include "app/did_you_mean.h"
#include "core/error.h"
#include "io/whole_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>

namespace corticoil::app {

namespace {

std::string text_of(const toml::node& value, const std::string& what) {
    if (const auto* text = value.as_string()) return text->get();
    if (const auto* number = value.as_integer()) return fmt::format("{}", number->get());
    if (const auto* number = value.as_floating_point()) return fmt::format("{}", number->get());
    throw Error(
        fmt::format("{}: must be a text, a number, true or false, or a list of texts or numbers", what));
}

void append_flag(std::vector<std::string>& flags, const std::string& key, const toml::node& value,
                 const std::string& what) {
    if (const auto* truth = value.as_boolean()) {
        if (truth->get()) flags.push_back("--" + key);
        return;
    }
    if (const auto* list = value.as_array()) {
        std::vector<std::string> parts;
        for (const toml::node& part : *list) parts.push_back(text_of(part, what));
        flags.push_back(fmt::format("--{}={}", key, fmt::join(parts, ",")));
        return;
    }
    flags.push_back(fmt::format("--{}={}", key, text_of(value, what)));
}

void append_values(std::vector<std::string>& flags, const toml::table& table,
                   const std::filesystem::path& path) {
    for (const auto& [key, value] : table) {
        if (value.is_table()) continue;
        const std::string name(key.str());
        append_flag(flags, name, value,
                    fmt::format("{}:{}: '{}'", path.string(), value.source().begin.line, name));
    }
}

/// The flags that a TOML file stands for: its top-level keys and those of the table named like the verb.
std::vector<std::string> flags_of_config(const std::filesystem::path& path, const std::string& verb,
                                         const std::vector<std::string>& verbs) {
    constexpr std::uintmax_t most_bytes = 1 << 20;
    const std::string content = io::read_whole_file(path, most_bytes);
    try {
        const toml::table table = toml::parse(content, path.string());
        std::vector<std::string> flags;
        append_values(flags, table, path);
        for (const auto& [key, value] : table) {
            if (!value.is_table()) continue;
            const std::string name(key.str());
            const int line = static_cast<int>(value.source().begin.line);
            if (std::find(verbs.begin(), verbs.end(), name) == verbs.end()) {
                throw Error(fmt::format("{}:{}: [{}] is no verb{}", path.string(), line, name,
                                        suggestion(name, verbs)));
            }
            if (name != verb) continue;
            for (const auto& [inner_key, inner] : *value.as_table()) {
                if (inner.is_table()) {
                    throw Error(
                        fmt::format("{}:{}: [{}.{}]: a verb's table holds values only; write for example "
                                    "conductivity = \"csf=1.654\"",
                                    path.string(), inner.source().begin.line, name, inner_key.str()));
                }
            }
            append_values(flags, *value.as_table(), path);
        }
        return flags;
    } catch (const toml::parse_error& error) {
        throw Error(fmt::format("{}:{}: not TOML: {}", path.string(), error.source().begin.line,
                                error.description()));
    }
}

} // namespace

std::vector<std::string> expand_config(const std::vector<std::string>& arguments,
                                       const std::vector<std::string>& verbs) {
    std::vector<std::string> rest;
    std::vector<std::filesystem::path> files;
    constexpr std::string_view flag = "--config";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == flag) {
            if (i + 1 == arguments.size()) throw Error("--config: names no file; write --config study.toml");
            files.emplace_back(arguments[++i]);
        } else if (arguments[i].starts_with(std::string(flag) + "=")) {
            files.emplace_back(arguments[i].substr(flag.size() + 1));
        } else {
            rest.push_back(arguments[i]);
        }
    }
    if (files.empty()) return rest;
    const auto verb = std::find_if(rest.begin(), rest.end(),
                                   [](const std::string& word) { return !word.starts_with('-'); });
    if (verb == rest.end())
        throw Error("--config: give a verb too, for example: corticoil simulate --config study.toml");
    std::vector<std::string> flags;
    for (const std::filesystem::path& file : files) {
        for (std::string& one : flags_of_config(file, *verb, verbs)) flags.push_back(std::move(one));
    }
    // Verbs such as `coils list` are two words; their flags follow the second.
    const bool has_second_word = verb + 1 != rest.end() && (*verb == "coils" || *verb == "targets" || *verb == "poses");
    rest.insert(verb + (has_second_word ? 2 : 1), flags.begin(), flags.end());
    return rest;
}

} // namespace corticoil::app
