#include "app/config_file.h"
#include "app/did_you_mean.h"
#include "app/interrupt.h"
#include "app/verbs.h"
#include "core/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <new>
#include <optional>
#include <string>
#include <vector>

namespace {

using corticoil::app::Session;

constexpr int exit_failed = 1;
constexpr int exit_bad_input = 2;
constexpr int exit_infeasible = 3;
constexpr int exit_missing_part = 4;

/// To stderr; never throws, for there may be nobody left to read.
void complain(const std::string& message) {
    std::fputs(("corticoil: " + message + "\n").c_str(), stderr);
}

/// The verbs below a program or verb.
std::vector<std::string> verb_names(const CLI::App& program) {
    std::vector<std::string> names;
    for (const CLI::App* verb : program.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(verb->get_name());
    return names;
}

/// Verbs of the program, or flags of a verb: what an unknown word may have been meant to be.
std::vector<std::string> known_words(const CLI::App& app) {
    std::vector<std::string> words = verb_names(app);
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
}

const CLI::App& innermost_verb(const CLI::App& program) {
    const CLI::App* verb = &program;
    while (!verb->get_subcommands().empty()) verb = verb->get_subcommands().front();
    return *verb;
}

/// The first argument that no verb and no flag answers to.
std::optional<std::string> first_unknown_word(const CLI::App& program, const CLI::App& verb,
                                              const std::vector<std::string>& arguments,
                                              const std::vector<std::string>& words) {
    if (&verb == &program) return arguments.empty() ? std::nullopt : std::optional(arguments.front());
    for (const std::string& argument : arguments) {
        const std::string word = argument.substr(0, argument.find('='));
        if (word.starts_with("--") && std::find(words.begin(), words.end(), word) == words.end()) return word;
    }
    const std::vector<std::string> left_over = verb.remaining();
    return left_over.empty() ? std::nullopt : std::optional(left_over.front());
}

/// CLI11's message, or a suggestion for the first word that nobody knows.
std::string usage_message(const CLI::App& program, const CLI::ParseError& error,
                          const std::vector<std::string>& arguments) {
    const CLI::App& verb = innermost_verb(program);
    std::string path;
    for (const CLI::App* part = &verb; part != nullptr; part = part->get_parent())
        path = part->get_name() + " " + path;
    const std::string help = fmt::format("see: {}--help", path);
    const std::vector<std::string> words = known_words(verb);
    const std::optional<std::string> word = first_unknown_word(program, verb, arguments, words);
    if (word)
        return fmt::format("unknown word '{}'{}; {}", *word, corticoil::app::suggestion(*word, words), help);
    return fmt::format("{}; {}", error.what(), help);
}

int run(std::vector<std::string> arguments) {
    CLI::App program("Corticoil computes the electric field that a TMS coil induces in an individual head.\n"
                     "Research use only.",
                     "corticoil");
    program.set_version_flag("--version", CORTICOIL_VERSION);
    program.require_subcommand(1);
    program.footer(
        "Examples:\n"
        "  corticoil demo --out out/demo\n"
        "  corticoil simulate --subject ernie --coil figure8_70mm --target M1_HAND_L --out runs/ernie_m1");
    Session session;
    corticoil::app::add_segment(program, session);
    corticoil::app::add_mesh(program, session);
    corticoil::app::add_simulate(program, session);
    corticoil::app::add_compare(program, session);
    corticoil::app::add_plan(program, session);
    corticoil::app::add_render(program, session);
    corticoil::app::add_export(program, session);
    corticoil::app::add_report(program, session);
    corticoil::app::add_coils(program, session);
    corticoil::app::add_map(program, session);
    corticoil::app::add_targets(program, session);
    corticoil::app::add_poses(program, session);
    corticoil::app::add_view(program, session);
    corticoil::app::add_demo(program, session);
    std::vector<std::string> expanded = corticoil::app::expand_config(arguments, verb_names(program));
    const std::vector<std::string> in_order = expanded;
    std::reverse(expanded.begin(), expanded.end()); // CLI11 takes them from the back.
    try {
        program.parse(std::move(expanded));
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return program.exit(error);
        complain(usage_message(program, error, in_order));
        return exit_bad_input;
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    corticoil::app::clean_up_on_interrupt();
    try {
        return run(std::vector<std::string>(argv + 1, argv + argc));
    } catch (const corticoil::Error& error) {
        complain(error.what());
        return exit_bad_input;
    } catch (const std::filesystem::filesystem_error& error) {
        complain(error.what());
        return exit_bad_input;
    } catch (const corticoil::InfeasibleError& error) {
        complain(error.what());
        return exit_infeasible;
    } catch (const corticoil::MissingPartError& error) {
        complain(error.what());
        return exit_missing_part;
    } catch (const std::bad_alloc&) {
        complain("out of memory; use a coarser --resolution or a machine with more");
        return exit_failed;
    } catch (const std::exception& error) {
        complain(error.what());
        return exit_failed;
    }
}
