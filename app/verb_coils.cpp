#include "app/coil_pictures.h"
#include "app/verb_coils_metrics.h"
#include "app/verbs.h"
#include "coils/coil_library.h"
#include "coils/coil_type.h"
#include "core/constants.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace corticoil::app {

namespace {

nlohmann::json outputs_as_json(const coils::Coil& coil) {
    nlohmann::json list = nlohmann::json::array();
    for (const coils::StimulatorOutput& output : coil.outputs) {
        list.push_back(
            {{"stimulator", output.stimulator}, {"didt_at_full_output_a_per_s", output.didt_at_full_output}});
    }
    return list;
}

nlohmann::json as_json(const coils::Coil& coil) {
    Eigen::Index n_segments = 0;
    for (const coils::WirePath& wire : coil.wires)
        n_segments +=
            wire.is_closed ? wire.vertices.cols() : std::max<Eigen::Index>(wire.vertices.cols() - 1, 0);
    Eigen::Index n_samples = 0;
    for (const coils::SampledPotential& grid : coil.grids) n_samples += grid.values.cols();
    return {{"name", coil.name},
            {"type", coils::to_string(coil.type)},
            {"description", coil.description},
            {"source", coil.source},
            {"dipoles", coil.dipoles.positions.cols()},
            {"wire_segments", n_segments},
            {"samples", n_samples},
            {"has_casing", coil.casing.has_value()},
            {"stimulator", coil.stimulator.empty() ? nlohmann::json() : nlohmann::json(coil.stimulator)},
            {"didt_at_full_output_a_per_s",
             coil.didt_at_full_output ? nlohmann::json(*coil.didt_at_full_output) : nlohmann::json()},
            {"outputs", outputs_as_json(coil)},
            {"induced_direction",
             coil.induced_direction ? io::to_json_list(*coil.induced_direction) : nlohmann::json()}};
}

std::string as_text(const coils::Coil& coil) {
    const nlohmann::json json = as_json(coil);
    std::string text =
        fmt::format("{}\n  {}\n  source: {}\n  {} dipoles, {} wire segments", coil.name, coil.description,
                    coil.source, json["dipoles"].get<int>(), json["wire_segments"].get<int>());
    if (!coil.grids.empty()) text += fmt::format(", {} samples of A", json["samples"].get<int>());
    text += coil.casing ? ", a casing\n" : ", no casing\n";
    if (coil.didt_at_full_output) {
        text += fmt::format("  {:.1f} A/µs at 100 % output{}\n",
                            *coil.didt_at_full_output / ampere_per_microsecond,
                            coil.stimulator.empty() ? "" : " (" + coil.stimulator + ")");
    }
    text += coil.induced_direction
                ? fmt::format("  E under the centre for dI/dt > 0: {:+.2f} {:+.2f} {:+.2f} (coil frame)\n",
                              coil.induced_direction->x(), coil.induced_direction->y(),
                              coil.induced_direction->z())
                : "  no clear direction of E under the centre, as under round coils\n";
    return text;
}

/// Draws one picture into the folder that --out names, made for it. Returns the file.
std::string draw_into(const std::string& out, const std::string& name,
                      const std::function<void(const std::filesystem::path&)>& draw) {
    io::StagedFolder staged(out, {"", false, {}});
    draw(staged.path() / (name + ".png"));
    staged.commit();
    return (std::filesystem::path(out) / (name + ".png")).string();
}

/// Pads a text with spaces to a number of characters; fmt counts those of UTF-8 right.
std::string column(const std::string& text, std::size_t width) {
    return fmt::format("{:{}}  ", text, width);
}

void list(const std::string& out, Session& session) {
    nlohmann::json result = nlohmann::json::array();
    std::string text = column("name", 17) + column("build", 28) + column("size", 23) +
                       column("A/µs at 100 %", 13) + "used in trials for\n";
    for (const coils::LibraryCoil& summary : coils::library_coils()) {
        const coils::Coil coil = coils::load_coil(summary.name);
        nlohmann::json json = as_json(coil);
        json["build"] = summary.build;
        json["size"] = summary.size;
        json["use"] = summary.use;
        result.push_back(json);
        const std::string didt =
            coil.didt_at_full_output
                ? fmt::format("{:.1f}", *coil.didt_at_full_output / ampere_per_microsecond)
                : "–";
        text += column(coil.name, 17) + column(summary.build, 28) + column(summary.size, 23) +
                column(didt, 13) + summary.use + "\n";
    }
    if (!out.empty() && !session.is_dry_run()) text += draw_into(out, "coils", draw_library_sheet) + "\n";
    session.finish(result, text);
}

void show(const std::string& name, const std::string& out, Session& session) {
    const coils::Coil coil = coils::load_coil(name);
    nlohmann::json json = as_json(coil);
    std::string text = as_text(coil);
    if (!out.empty() && !session.is_dry_run()) {
        const std::string file =
            draw_into(out, std::filesystem::path(name).stem().string(),
                      [&](const std::filesystem::path& png) { draw_coil_picture(coil, png); });
        json["picture"] = file;
        text += "  " + file + "\n";
    }
    session.finish(json, text);
}

} // namespace

void add_coils(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand("coils", "The coils that come with Corticoil, and coil files");
    verb->require_subcommand(1);
    CLI::App* list_verb = verb->add_subcommand("list", "Names and descriptions");
    session.add_common_flags(*list_verb);
    auto list_out = std::make_shared<std::string>();
    list_verb
        ->add_option("--out", *list_out, "Folder to make for a picture of all of them; without it, no files")
        ->type_name("DIR");
    list_verb->footer("Examples:\n  corticoil coils list\n  corticoil coils list --out pictures/coils");
    list_verb->callback([list_out, &session] {
        session.begin("coils list");
        list(*list_out, session);
    });
    CLI::App* show_verb = verb->add_subcommand("show", "One coil: geometry, source, output");
    session.add_common_flags(*show_verb);
    auto show_out = std::make_shared<std::string>();
    show_verb->add_option("--out", *show_out, "Folder to make for a picture of it; without it, no files")
        ->type_name("DIR");
    auto name = std::make_shared<std::string>();
    show_verb->add_option("coil", *name, "Coil of the library or coil file (.ccd, .tcd, .nii, .nii.gz)")
        ->type_name("NAME|FILE")
        ->required();
    show_verb->footer("Examples:\n  corticoil coils show double_cone --out pictures/double_cone\n  corticoil "
                      "coils show coil.ccd --json");
    show_verb->callback([name, show_out, &session] {
        session.begin("coils show");
        show(*name, *show_out, session);
    });
    add_coils_metrics(*verb, session);
    add_coils_convert(*verb, session);
    verb->footer("Examples:\n  corticoil coils list\n  corticoil coils show figure8_70mm");
}

} // namespace corticoil::app
