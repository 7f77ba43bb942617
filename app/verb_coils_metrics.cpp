#include "app/verb_coils_metrics.h"
#include "app/coil_metrics_pictures.h"
#include "coils/coil_library.h"
#include "coils/depth_focality.h"
#include "coils/sphere_contact.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace corticoil::app {

namespace {

/// A name for every coil: its own, with what it was loaded from where another one has the same, and a number
/// where that does not tell them apart either.
std::vector<std::string> distinct_names(const std::vector<coils::Coil>& coils,
                                        const std::vector<std::string>& sources) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < coils.size(); ++i) {
        const bool is_shared = std::count_if(coils.begin(), coils.end(), [&](const coils::Coil& other) {
                                   return other.name == coils[i].name;
                               }) > 1;
        const std::string stem = std::filesystem::path(sources[i]).stem().string();
        const std::string name =
            is_shared && stem != coils[i].name ? fmt::format("{} ({})", coils[i].name, stem) : coils[i].name;
        const auto is_taken = [&](const std::string& candidate) {
            return std::find(names.begin(), names.end(), candidate) != names.end();
        };
        std::string distinct = name;
        for (int number = 2; is_taken(distinct); ++number) distinct = fmt::format("{} ({})", name, number);
        names.push_back(distinct);
    }
    return names;
}

nlohmann::json as_list(const Eigen::VectorXd& values, double factor) {
    nlohmann::json list = nlohmann::json::array();
    for (const double value : values) list.push_back(factor * value);
    return list;
}

nlohmann::json as_json(const CoilMetrics& metrics) {
    const coils::DepthFocality& result = metrics.result;
    const std::optional<double>& didt = metrics.coil.didt_at_full_output;
    return {
        {"name", metrics.name},
        {"peak_v_per_m_per_a_per_us", result.peak},
        {"d_half_cm", result.d_half * centimetres_per_metre},
        {"v_half_cm3", result.v_half * cubic_centimetres_per_cubic_metre},
        {"s_half_cm2", result.s_half * square_centimetres_per_square_metre},
        {"lift_mm", result.lift * millimetres_per_metre},
        {"contact", metrics.coil.casing ? "casing" : "face"},
        {"peak_position_mm", io::to_json_list(result.peak_position * millimetres_per_metre)},
        {"peak_at_full_output_v_per_m",
         didt ? nlohmann::json(result.peak * *didt / ampere_per_microsecond) : nlohmann::json()},
        {"profile",
         {{"depth_mm", as_list(result.profile.depth, millimetres_per_metre)},
          {"under_axis_v_per_m_per_a_per_us", as_list(result.profile.under_axis, 1)},
          {"under_peak_v_per_m_per_a_per_us", as_list(result.profile.under_peak, 1)}}},
    };
}

std::string as_text(const std::vector<CoilMetrics>& all) {
    std::size_t width = 4;
    for (const CoilMetrics& metrics : all) width = std::max(width, metrics.name.size());
    std::string text = fmt::format("{:{}}  {:>8}  {:>8}  {:>6}  {:>7}  {:>7}\n", "coil", width, "lift",
                                   "peak", "d½", "V½", "S½");
    text +=
        fmt::format("{:{}}  {:>8}  {:>8}  {:>6}  {:>7}  {:>7}\n", "", width, "mm", "V/m", "cm", "cm³", "cm²");
    bool has_casings = true;
    for (const CoilMetrics& metrics : all) {
        const coils::DepthFocality& result = metrics.result;
        has_casings = has_casings && metrics.coil.casing;
        text += fmt::format(
            "{:{}}  {:8.2f}  {:8.3f}  {:6.2f}  {:7.1f}  {:7.1f}{}\n", metrics.name, width,
            result.lift * millimetres_per_metre, result.peak, result.d_half * centimetres_per_metre,
            result.v_half * cubic_centimetres_per_cubic_metre,
            result.s_half * square_centimetres_per_square_metre, metrics.coil.casing ? "" : "  *");
    }
    text += "Sphere of 85 mm that the casing touches, cortex at 70 mm (Deng et al. 2013); lift of the coil's "
            "origin above\nthe sphere; peak at the cortex for 1 A/µs.\n";
    if (!has_casings) text += "* no casing: the plane z = 0 of the coil file touches the sphere\n";
    return text;
}

nlohmann::json metrics_file(const nlohmann::json& list) {
    const coils::SphereHead head;
    return {{"version", CORTICOIL_VERSION},
            {"protocol",
             {{"scalp_radius_mm", head.scalp_radius * millimetres_per_metre},
              {"cortex_radius_mm", head.cortex_radius * millimetres_per_metre},
              {"didt_a_per_s", ampere_per_microsecond}}},
            {"coils", list}};
}

struct MetricsFlags {
    std::vector<std::string> coils;
    std::string out; ///< Empty: no files.
};

void run_metrics(const MetricsFlags& flags, Session& session) {
    const io::StagedFolderOptions staging{"", false, {}};
    if (!flags.out.empty()) io::check_output_folder(flags.out, staging);
    std::vector<coils::Coil> loaded;
    for (const std::string& source : flags.coils) loaded.push_back(coils::load_coil(source));
    const std::vector<std::string> names = distinct_names(loaded, flags.coils);
    if (session.is_dry_run()) {
        nlohmann::json lifts;
        for (std::size_t i = 0; i < loaded.size(); ++i) {
            lifts[names[i]] =
                coils::lift_above_sphere(loaded[i], coils::SphereHead{}.scalp_radius) * millimetres_per_metre;
        }
        session.finish_dry_run({{"coil", flags.coils}, {"lift_mm", lifts}, {"out", flags.out}});
        return;
    }
    std::optional<io::StagedFolder> staged;
    if (!flags.out.empty()) staged.emplace(flags.out, staging);
    const Progress progress = session.progress("computing");
    std::vector<CoilMetrics> all;
    nlohmann::json list = nlohmann::json::array();
    for (std::size_t i = 0; i < loaded.size(); ++i) {
        report(progress, static_cast<double>(i) / static_cast<double>(loaded.size()), names[i]);
        all.push_back({names[i], loaded[i], coils::depth_focality(loaded[i])});
        list.push_back(as_json(all.back()));
    }
    if (staged) {
        io::write_json(staged->path() / "metrics.json", metrics_file(list));
        draw_coil_metrics(all, staged->path());
        staged->commit();
    }
    session.end_progress(fmt::format("computed {} coils", all.size()));
    session.finish(list, as_text(all));
}

} // namespace

void add_coils_metrics(CLI::App& coils_verb, Session& session) {
    CLI::App* verb = coils_verb.add_subcommand("metrics", "Depth and focality on a sphere, coil by coil");
    session.add_common_flags(*verb);
    auto flags = std::make_shared<MetricsFlags>();
    verb->add_option("--out", flags->out,
                     "Folder to make for metrics.json and pictures; without it, no files")
        ->type_name("DIR");
    verb->add_option("coil", flags->coils, "Coils of the library or coil files")
        ->type_name("NAME|FILE…")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->required();
    verb->footer("Examples:\n"
                 "  corticoil coils metrics figure8_70mm round_90mm\n"
                 "  corticoil coils metrics figure8_70mm mine.ccd --out out/coil_metrics --json");
    verb->callback([flags, &session] {
        session.begin("coils metrics");
        run_metrics(*flags, session);
    });
}

} // namespace corticoil::app
