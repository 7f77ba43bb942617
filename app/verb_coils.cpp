#include "app/did_you_mean.h"
#include "app/verb_coils_metrics.h"
#include "app/verbs.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "io/json_file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

nlohmann::json as_json(const coils::Coil& coil) {
    Eigen::Index n_segments = 0;
    for (const coils::WirePath& wire : coil.wires) n_segments += wire.vertices.cols();
    return {{"name", coil.name},
            {"description", coil.description},
            {"source", coil.source},
            {"dipoles", coil.dipoles.positions.cols()},
            {"wire_segments", n_segments},
            {"stimulator", coil.stimulator.empty() ? nlohmann::json() : nlohmann::json(coil.stimulator)},
            {"didt_at_full_output_a_per_s",
             coil.didt_at_full_output ? nlohmann::json(*coil.didt_at_full_output) : nlohmann::json()},
            {"induced_direction",
             coil.induced_direction ? io::to_json_list(*coil.induced_direction) : nlohmann::json()}};
}

std::string as_text(const coils::Coil& coil) {
    const nlohmann::json json = as_json(coil);
    std::string text =
        fmt::format("{}\n  {}\n  source: {}\n  {} dipoles, {} wire segments\n", coil.name, coil.description,
                    coil.source, json["dipoles"].get<int>(), json["wire_segments"].get<int>());
    if (coil.didt_at_full_output) {
        text += fmt::format("  {:.1f} A/µs at 100 % output{}\n",
                            *coil.didt_at_full_output / ampere_per_microsecond,
                            coil.stimulator.empty() ? "" : " (" + coil.stimulator + ")");
    }
    text += coil.induced_direction
                ? fmt::format("  E under the centre for dI/dt > 0: {:+.2f} {:+.2f} {:+.2f} (coil frame)\n",
                              coil.induced_direction->x(), coil.induced_direction->y(),
                              coil.induced_direction->z())
                : "  no E under the centre: a round coil\n";
    return text;
}

void list(Session& session) {
    nlohmann::json result = nlohmann::json::array();
    std::string text;
    for (const std::string& name : coils::coil_names()) {
        const coils::Coil coil = coils::load_coil(name);
        result.push_back(as_json(coil));
        text += fmt::format("{:16} {}\n", coil.name, coil.description);
    }
    session.finish(result, text);
}

} // namespace

void add_coils(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand("coils", "The coils that come with Corticoil, and coil files");
    verb->require_subcommand(1);
    CLI::App* list_verb = verb->add_subcommand("list", "Names and descriptions");
    session.add_common_flags(*list_verb);
    list_verb->footer("Examples:\n  corticoil coils list\n  corticoil coils list --json");
    list_verb->callback([&session] {
        session.begin("coils list");
        list(session);
    });
    CLI::App* show_verb = verb->add_subcommand("show", "One coil: geometry, source, output");
    session.add_common_flags(*show_verb);
    auto name = std::make_shared<std::string>();
    show_verb->add_option("coil", *name, "Coil of the library or .ccd file")
        ->type_name("NAME|FILE")
        ->required();
    show_verb->footer(
        "Examples:\n  corticoil coils show figure8_70mm\n  corticoil coils show coil.ccd --json");
    show_verb->callback([name, &session] {
        session.begin("coils show");
        const coils::Coil coil = coils::load_coil(*name);
        session.finish(as_json(coil), as_text(coil));
    });
    add_coils_metrics(*verb, session);
    verb->footer("Examples:\n  corticoil coils list\n  corticoil coils show figure8_70mm");
}

} // namespace corticoil::app
