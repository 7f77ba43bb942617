#include "app/parse.h"
#include "app/verbs.h"
#include "coils/ccd_file.h"
#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "coils/tcd_file.h"
#include "core/constants.h"
#include "core/error.h"

#include <CLI/CLI.hpp>
#include <Eigen/Eigenvalues>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace corticoil::app {

namespace {

namespace fs = std::filesystem;

struct ConvertOptions {
    std::string in;
    std::string out;
    std::vector<std::string> range_values; ///< "RANGE=VALUE"
    std::vector<std::string> currents;     ///< "STIMULATOR=FACTOR"
    int rings = 8;
    bool is_binary = false;

    [[nodiscard]] bool has_settings() const { return !range_values.empty() || !currents.empty(); }
};

/// The word before and the number after the last '='. \throws Error for anything else.
std::pair<std::string, double> parse_assignment(const std::string& text, const std::string& flag) {
    const std::size_t equals = text.rfind('=');
    if (equals != std::string::npos && equals > 0) {
        const auto numbers = parse_numbers(text.substr(equals + 1));
        if (numbers && numbers->size() == 1) return {text.substr(0, equals), numbers->front()};
    }
    throw Error(fmt::format("{} {}: must be like 0=2.5, an index and a number", flag, text));
}

/// The index in `word`, if it is one.
std::optional<int> parse_index(const std::string& word) {
    constexpr std::size_t most_digits = 6;
    if (word.empty() || word.size() > most_digits ||
        !std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return std::nullopt;
    }
    return std::stoi(word);
}

coils::CoilSettings settings_of(const ConvertOptions& options, const coils::CoilModel& model) {
    coils::CoilSettings settings;
    for (const std::string& text : options.range_values) {
        const auto [word, value] = parse_assignment(text, "--set");
        const std::optional<int> range = parse_index(word);
        if (!range) throw Error(fmt::format("--set {}: '{}' is no index of a deformation range", text, word));
        settings.range_values[*range] = value;
    }
    for (const std::string& text : options.currents) {
        const auto [word, value] = parse_assignment(text, "--current");
        std::vector<std::string> names;
        std::optional<int> stimulator = parse_index(word);
        for (std::size_t i = 0; i < model.stimulators.size(); ++i) {
            names.push_back(model.stimulators[i].name);
            if (model.stimulators[i].name == word) stimulator = static_cast<int>(i);
        }
        if (!stimulator) {
            throw Error(fmt::format("--current {}: {} has no stimulator '{}'; it has {}", text, options.in,
                                    word, fmt::join(names, ", ")));
        }
        settings.relative_currents[*stimulator] = value;
    }
    return settings;
}

/// What a model holds that a coil at rest does not.
std::vector<std::string> lost_by_assembling(const coils::CoilModel& model) {
    std::vector<std::string> lost;
    if (!model.deformations.empty()) lost.push_back("moving parts (set as they are now)");
    if (model.stimulators.size() > 1) lost.push_back("separate stimulators");
    if (!model.self_intersection_groups.empty()) lost.push_back("self-intersection groups");
    if (std::any_of(model.casings.begin(), model.casings.end(), [](const coils::CasingModel& casing) {
            return casing.minimum_distance_points.cols() > 0;
        })) {
        lost.push_back("points for minimum distances");
    }
    return lost;
}

/// Whether a wire lies in a plane up to a thousandth of its size.
bool is_planar(const coils::WirePath& wire) {
    constexpr double relative_tolerance = 1e-3;
    const Points around = wire.vertices.colwise() - wire.vertices.rowwise().mean();
    const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(around * around.transpose());
    const Vector3 normal = axes.eigenvectors().col(0); // Of the smallest eigenvalue.
    return (normal.transpose() * around).cwiseAbs().maxCoeff() <=
           relative_tolerance * around.colwise().norm().maxCoeff();
}

/// How far the potentials of two coils differ 20 mm under the lowest point of the first, within 60 mm of its
/// axis: the largest difference over the largest |A|.
double difference_below(const coils::Coil& coil, const coils::Coil& other) {
    constexpr double depth = 0.020;      // [m]
    constexpr double half_width = 0.060; // [m]
    constexpr int n = 13;
    const double z = coils::contact_points(coil).row(2).maxCoeff() + depth;
    Points points(3, n * n);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            points.col(n * i + j) =
                Vector3((2.0 * i / (n - 1) - 1) * half_width, (2.0 * j / (n - 1) - 1) * half_width, z);
        }
    }
    const VectorField potential = coils::vector_potential(coil, points);
    const VectorField difference = coils::vector_potential(other, points) - potential;
    return difference.colwise().norm().maxCoeff() / potential.colwise().norm().maxCoeff();
}

/// The coil as dipoles alone, as a .ccd file holds it. `notes` gets what there is to say about it.
coils::Coil as_dipoles(const coils::Coil& coil, const ConvertOptions& options,
                       std::vector<std::string>& notes) {
    const auto n_open = std::count_if(coil.wires.begin(), coil.wires.end(),
                                      [](const coils::WirePath& wire) { return !wire.is_closed; });
    if (n_open > 0) {
        throw Error(fmt::format("{}: {} of its {} wires are not closed, so they have no equivalent dipoles, "
                                "which a .ccd file needs; write a .tcd file, which holds line elements",
                                options.in, n_open, coil.wires.size()));
    }
    coils::Coil dipoles = coil;
    dipoles.dipoles = coils::equivalent_dipoles(coil, options.rings);
    dipoles.wires.clear();
    dipoles.grids.clear();
    if (coil.wires.empty() && coil.grids.empty()) return dipoles;
    const auto n_bent = std::count_if(coil.wires.begin(), coil.wires.end(),
                                      [](const coils::WirePath& wire) { return !is_planar(wire); });
    if (n_bent > 0) {
        notes.push_back(fmt::format("{} of {} wires are not planar: their dipoles lie on the cone from each "
                                    "wire's centre, and the field is right outside it only",
                                    n_bent, coil.wires.size()));
    }
    const double difference = difference_below(coil, dipoles);
    notes.push_back(fmt::format("A of the dipoles differs from that of the coil by at most {:.2g} % of its "
                                "largest 20 mm under the coil",
                                100 * difference));
    return dipoles;
}

/// \throws Error if one of the files exists and may not be replaced.
void check_files(const std::vector<fs::path>& files, const Session& session) {
    for (const fs::path& file : files) {
        if (fs::exists(file) && !session.may_overwrite()) {
            throw Error(fmt::format("{}: exists; name another file or allow replacing it (--overwrite)",
                                    file.string()));
        }
    }
}

std::vector<fs::path> files_of_ccd(const fs::path& out, const coils::Coil& coil) {
    std::vector<fs::path> files{out};
    if (coil.casing) files.push_back(fs::path(out).replace_extension(".stl"));
    if (!coil.waveforms.empty()) files.push_back(fs::path(out).replace_extension(".tsv"));
    return files;
}

nlohmann::json content_of(const coils::CoilModel& model) {
    Eigen::Index n_dipoles = 0;
    Eigen::Index n_lines = 0;
    Eigen::Index n_samples = 0;
    for (const coils::CoilElement& element : model.elements) {
        if (const auto* dipoles = std::get_if<coils::MagneticDipoles>(&element.source)) {
            n_dipoles += dipoles->positions.cols();
        } else if (const auto* lines = std::get_if<coils::LineElements>(&element.source)) {
            n_lines += lines->midpoints.cols();
        } else {
            n_samples += std::get<coils::SampledPotential>(element.source).values.cols();
        }
    }
    return {{"elements", model.elements.size()},
            {"dipoles", n_dipoles},
            {"line_elements", n_lines},
            {"potential_samples", n_samples},
            {"deformations", model.deformations.size()},
            {"stimulators", model.stimulators.size()}};
}

/// What to write, and what to say about it.
struct Conversion {
    coils::CoilModel model; ///< What the file holds, also for .ccd.
    std::optional<coils::Coil> dipoles;
    std::vector<std::string> lost;
    std::vector<std::string> notes;
    std::vector<fs::path> files;
};

Conversion prepare(const ConvertOptions& options) {
    const fs::path out = options.out;
    const bool is_to_ccd = out.extension() == ".ccd";
    if (!is_to_ccd && out.extension() != ".tcd") {
        throw Error(
            fmt::format("{}: its ending says no format; coils are written as .tcd or .ccd", options.out));
    }
    Conversion conversion;
    const bool is_from_tcd = fs::path(options.in).extension() == ".tcd";
    if (options.has_settings() && !is_from_tcd) {
        throw Error(
            fmt::format("{}: has no moving parts or separate stimulators to set; only a .tcd file has "
                        "(--set, --current)",
                        options.in));
    }
    coils::Coil coil;
    if (is_from_tcd) {
        conversion.model = coils::read_tcd(options.in);
        if (!is_to_ccd && !options.has_settings()) {
            conversion.files = {out};
            return conversion;
        }
        coil = coils::assemble(conversion.model, settings_of(options, conversion.model));
        conversion.lost = lost_by_assembling(conversion.model);
    } else {
        coil = coils::load_coil(options.in);
    }
    if (is_to_ccd) {
        conversion.dipoles = as_dipoles(coil, options, conversion.notes);
        conversion.files = files_of_ccd(out, coil);
        coil = *conversion.dipoles;
    } else {
        conversion.files = {out};
    }
    conversion.model = coils::model_of(coil);
    return conversion;
}

std::string as_text(const Conversion& conversion, const nlohmann::json& content) {
    std::string text;
    for (const fs::path& file : conversion.files) text += fmt::format("{}\n", file.string());
    text += fmt::format("  {} dipoles, {} line elements, {} samples of A in {} elements\n",
                        content["dipoles"].get<int>(), content["line_elements"].get<int>(),
                        content["potential_samples"].get<int>(), content["elements"].get<int>());
    for (const std::string& note : conversion.notes) text += fmt::format("  {}\n", note);
    if (!conversion.lost.empty()) {
        text += fmt::format("  not in the new file: {}\n", fmt::join(conversion.lost, ", "));
    }
    return text;
}

void convert(const ConvertOptions& options, Session& session) {
    if (options.rings < 1) throw Error(fmt::format("--rings {}: must be at least 1", options.rings));
    const Conversion conversion = prepare(options);
    check_files(conversion.files, session);
    const nlohmann::json content = content_of(conversion.model);
    std::vector<std::string> files;
    for (const fs::path& file : conversion.files) files.push_back(file.string());
    const nlohmann::json result{{"input", options.in},
                                {"files", files},
                                {"content", content},
                                {"not_kept", conversion.lost},
                                {"notes", conversion.notes}};
    if (session.is_dry_run()) {
        session.finish_dry_run(result);
        return;
    }
    if (conversion.dipoles) {
        coils::write_ccd(options.out, *conversion.dipoles);
    } else {
        coils::write_tcd(options.out, conversion.model,
                         options.is_binary ? coils::ArrayFormat::binary : coils::ArrayFormat::text);
    }
    session.finish(result, as_text(conversion, content));
}

} // namespace

void add_coils_convert(CLI::App& coils_verb, Session& session) {
    CLI::App* verb = coils_verb.add_subcommand("convert", "Write a coil as .tcd or .ccd");
    session.add_common_flags(*verb);
    session.add_overwrite_flag(*verb);
    auto options = std::make_shared<ConvertOptions>();
    verb->add_option("input", options->in, "Coil of the library or coil file")
        ->type_name("NAME|FILE")
        ->required();
    verb->add_option("output", options->out, "File to write: .tcd, or .ccd (dipoles)")
        ->type_name("FILE")
        ->required();
    verb->add_option(
            "--set", options->range_values,
            "Value of a deformation range of a .tcd file, in its degrees or mm; the result no longer moves")
        ->type_name("RANGE=VALUE");
    verb->add_option("--current", options->currents,
                     "Current of a stimulator (index or name) of a .tcd file per ampere of coil current")
        ->type_name("STIMULATOR=FACTOR");
    verb->add_option("--rings", options->rings,
                     "Rings of dipoles that replace the area of a wire in a .ccd file")
        ->capture_default_str();
    verb->add_flag("--binary", options->is_binary, "Compressed arrays in a .tcd file instead of text");
    verb->footer("Examples:\n  corticoil coils convert H7.tcd H7_bent.tcd --set 0=-5 --set 1=5 --binary\n"
                 "  corticoil coils convert figure8_70mm figure8.ccd --rings 12");
    verb->callback([options, &session] {
        session.begin("coils convert");
        convert(*options, session);
    });
}

} // namespace corticoil::app
