#include "coils/ccd_file.h"

#include "coils/file_bytes.h"
#include "coils/files_beside.h"
#include "coils/number_text.h"
#include "coils/plausible.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

namespace corticoil::coils {

namespace {

constexpr int per_microsecond = 6;  ///< A/µs in the file, A/s in memory: powers of ten.
constexpr int from_millimetre = -3; ///< mm in the header, m in memory.
[[noreturn]] void fail(const std::string& name, std::size_t line, const std::string& what) {
    throw Error(
        fmt::format("{}:{}: {}; a .ccd file has a header, the number of dipoles, a comment and one row "
                    "'x y z mx my mz' per dipole",
                    name, line, what));
}

using Header = std::map<std::string, std::string, std::less<>>;

/// The `key=value;` pairs of a header line.
Header header_values(std::string_view line) {
    constexpr std::size_t most_pairs = 100;
    Header values;
    while (!line.empty() && values.size() < most_pairs) {
        const std::size_t end = std::min(line.find(';'), line.size());
        const std::string_view pair = line.substr(0, end);
        if (const std::size_t equals = pair.find('='); equals != std::string_view::npos) {
            const std::size_t start = std::min(pair.find_first_not_of("# \t"), equals);
            values.emplace(trimmed(pair.substr(start, equals - start)), pair.substr(equals + 1));
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return values;
}

std::string text_of(const Header& header, std::string_view key) {
    const auto found = header.find(key);
    return found == header.end() || found->second == "none" ? std::string() : found->second;
}

/// The comma-separated lengths of a key [m].
std::vector<double> lengths_of(const Header& header, std::string_view key, const std::string& name) {
    const std::string text = text_of(header, key);
    std::vector<double> lengths;
    for (std::string_view rest = text; !rest.empty();) {
        constexpr std::size_t most_lengths = 3;
        const std::size_t end = std::min(rest.find(','), rest.size());
        const std::optional<double> length = number_in(rest.substr(0, end), from_millimetre);
        if (!length || lengths.size() == most_lengths)
            fail(name, 1, fmt::format("'{}={:.40}' is not one to three numbers [mm]", key, text));
        lengths.push_back(*length);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return lengths;
}

std::optional<SamplingRegion> sampling_region(const Header& header, const std::string& name) {
    SamplingRegion region;
    constexpr std::array<std::string_view, 3> axes{"x", "y", "z"};
    for (int axis = 0; axis < 3; ++axis) {
        const std::string_view key = axes[static_cast<std::size_t>(axis)];
        const std::vector<double> ends = lengths_of(header, key, name);
        if (ends.empty()) return std::nullopt;
        // One value v means −v … v.
        region.limits.min()[axis] = ends.size() == 1 ? -ends[0] : ends[0];
        region.limits.max()[axis] = ends.size() == 1 ? ends[0] : ends[1];
        if (ends.size() > 2 || !(region.limits.min()[axis] < region.limits.max()[axis]))
            fail(name, 1, fmt::format("'{}' has no lower and upper end", key));
    }
    const std::vector<double> steps = lengths_of(header, "resolution", name);
    if (steps.empty()) return std::nullopt;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double step = steps[std::min(axis, steps.size() - 1)];
        if (steps.size() == 2 || !(step > 0))
            fail(name, 1, "'resolution' is not one or three positive numbers");
        region.resolution[static_cast<Eigen::Index>(axis)] = step;
    }
    return region;
}

void apply_header(Coil& coil, const Header& header, const std::string& name) {
    if (const std::string text = text_of(header, "coilname"); !text.empty()) coil.name = text;
    coil.stimulator = text_of(header, "stimulator");
    coil.brand = text_of(header, "brand");
    if (const std::string text = text_of(header, "dIdtmax"); !text.empty()) {
        const std::optional<double> didt = number_in(text, per_microsecond);
        if (!didt || *didt < 0)
            fail(name, 1, fmt::format("'dIdtmax={:.40}' is not a positive number [A/µs]", text));
        if (*didt > 0) coil.didt_at_full_output = *didt; // 0: not known.
    }
    coil.sampling_region = sampling_region(header, name);
}

/// Appends a row of six numbers. \throws Error for anything else.
void append_row(std::vector<double>& values, const std::vector<double>& row, const std::string& name,
                std::size_t line) {
    if (row.size() != 6) fail(name, line, fmt::format("{} numbers instead of 6", row.size()));
    for (std::size_t i = 0; i < 3; ++i) {
        if (std::abs(row[i]) > largest_position)
            fail(name, line, fmt::format("a dipole {:.3g} m from the coil; positions are metres", row[i]));
        if (std::abs(row[i + 3]) > largest_moment)
            fail(name, line, fmt::format("a moment of {:.3g} A·m² per ampere", row[i + 3]));
    }
    values.insert(values.end(), row.begin(), row.end());
}

std::string in_header(std::string text) {
    std::replace(text.begin(), text.end(), ';', ',');
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::string header_line(const std::string& file_name, const Coil& coil) {
    std::string line = fmt::format("# {} version 1.0 number of elements;", in_header(file_name));
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) line += fmt::format("{}={};", key, value);
    };
    if (coil.didt_at_full_output) add("dIdtmax", number_text(*coil.didt_at_full_output, -per_microsecond));
    if (const std::optional<SamplingRegion>& region = coil.sampling_region) {
        const auto mm = [](double length) { return number_text(length, -from_millimetre); };
        constexpr std::array<std::string_view, 3> axes{"x", "y", "z"};
        for (int axis = 0; axis < 3; ++axis) {
            add(axes[static_cast<std::size_t>(axis)],
                mm(region->limits.min()[axis]) + "," + mm(region->limits.max()[axis]));
        }
        const Vector3& step = region->resolution;
        const bool is_one = step.x() == step.y() && step.y() == step.z();
        add("resolution", is_one ? mm(step.x()) : mm(step.x()) + "," + mm(step.y()) + "," + mm(step.z()));
    }
    add("stimulator", coil.stimulator.empty() ? "none" : in_header(coil.stimulator));
    add("brand", in_header(coil.brand));
    add("coilname", in_header(coil.name));
    return line;
}

} // namespace

Coil parse_ccd(std::string_view bytes, const std::string& name) {
    const std::filesystem::path path(name);
    Coil coil;
    coil.name = path.stem().string();
    coil.source = path.filename().string();
    coil.description = "magnetic dipoles from a .ccd file";
    TextLines lines(bytes);
    std::optional<double> n_expected;
    std::vector<double> values;
    while (const std::optional<std::string_view> line = lines.next()) {
        if (trimmed(*line).starts_with('#')) {
            if (lines.number() == 1) apply_header(coil, header_values(*line), name);
            continue;
        }
        const std::optional<std::vector<double>> row = numbers_in(*line);
        if (!row) {
            fail(name, lines.number(), fmt::format("'{:.40}' is not a row of finite numbers", *line));
        }
        if (row->empty()) continue;
        if (n_expected) {
            append_row(values, *row, name, lines.number());
            continue;
        }
        if (row->size() != 1 || !(row->front() >= 1))
            fail(name, lines.number(), "the number of dipoles is expected here");
        n_expected = row->front();
    }
    const auto n = static_cast<Eigen::Index>(values.size() / 6);
    if (!n_expected || static_cast<double>(n) != *n_expected) {
        fail(name, lines.number(),
             fmt::format("{} dipoles where {:.10g} are announced", n, n_expected.value_or(0)));
    }
    const Eigen::Map<const Eigen::Matrix<double, 6, Eigen::Dynamic>> table(values.data(), 6, n);
    coil.dipoles.positions = table.topRows<3>();
    coil.dipoles.moments = table.bottomRows<3>();
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

Coil read_ccd(const std::filesystem::path& path) {
    Coil coil = parse_ccd(read_file_bytes(path), path.string());
    read_files_beside(path, coil);
    return coil;
}

std::string ccd_text(const Coil& coil, const std::string& file_name) {
    if (!coil.wires.empty() || !coil.grids.empty()) {
        throw Error(
            fmt::format("{}: coil {} has {}, and a .ccd file holds only dipoles; convert it to dipoles "
                        "first (corticoil coils convert)",
                        file_name, coil.name, coil.wires.empty() ? "a sampled vector potential" : "wires"));
    }
    if (coil.dipoles.positions.cols() == 0)
        throw Error(fmt::format("{}: coil {} has no dipoles", file_name, coil.name));
    // What could not be read again is not written.
    if (!coil.dipoles.positions.allFinite() || !coil.dipoles.moments.allFinite() ||
        coil.dipoles.positions.cwiseAbs().maxCoeff() > largest_position ||
        coil.dipoles.moments.cwiseAbs().maxCoeff() > largest_moment) {
        throw Error(
            fmt::format("{}: coil {} has dipoles that are not finite, beyond {:g} m or above {:g} A·m²",
                        file_name, coil.name, largest_position, largest_moment));
    }
    std::string text = header_line(file_name, coil);
    fmt::format_to(std::back_inserter(text), "\n{}\n# positions [m] and moments [A m2 per ampere]\n",
                   coil.dipoles.positions.cols());
    for (Eigen::Index i = 0; i < coil.dipoles.positions.cols(); ++i) {
        const Vector3 r = coil.dipoles.positions.col(i);
        const Vector3 m = coil.dipoles.moments.col(i);
        fmt::format_to(std::back_inserter(text), "{} {} {} {} {} {}\n", r.x(), r.y(), r.z(), m.x(), m.y(),
                       m.z());
    }
    return text;
}

void write_ccd(const std::filesystem::path& path, const Coil& coil) {
    const std::string text = ccd_text(coil, path.filename().string());
    write_files_beside(path, coil);
    write_file_bytes(path, text);
}

} // namespace corticoil::coils
