#include "coils/waveform_file.h"

#include "coils/file_bytes.h"
#include "coils/number_text.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace corticoil::coils {

namespace {

constexpr std::string_view fit_ending = "_fit";
/// More columns than any stimulator has pulses; keeps a hostile header's memory in proportion.
constexpr std::size_t most_columns = 1000;

[[noreturn]] void fail(const std::string& name, std::size_t line, const std::string& what) {
    throw Error(fmt::format("{}:{}: {}; a waveform file has a line '# Time', tab, names, and then rows of "
                            "tab-separated numbers, seconds first",
                            name, line, what));
}

/// The names in the header, without that of the time.
std::vector<std::string> column_names(std::string_view line, const std::string& name) {
    if (!line.starts_with('#')) fail(name, 1, "the header is missing");
    line.remove_prefix(1);
    std::vector<std::string> names;
    while (true) {
        const std::size_t end = std::min(line.find('\t'), line.size());
        names.emplace_back(trimmed(line.substr(0, end)));
        if (names.back().empty()) fail(name, 1, "a column without a name");
        if (names.size() > most_columns) fail(name, 1, fmt::format("more than {} columns", most_columns));
        if (end == line.size()) break;
        line.remove_prefix(end + 1);
    }
    if (names.front() != "Time") fail(name, 1, fmt::format("the first column is '{:.40}'", names.front()));
    names.erase(names.begin());
    if (names.empty()) fail(name, 1, "no column but the time");
    if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
        fail(name, 1, "two columns of the same name");
    return names;
}

/// Where a column goes: a waveform, and whether it is its fit.
struct Place {
    std::size_t waveform;
    bool is_fit;
};

/// Gives every column a place, and `waveforms` their names.
std::vector<Place> place_columns(const std::vector<std::string>& names, std::vector<Waveform>& waveforms) {
    const auto signal_of = [&](const std::string& column) {
        if (!column.ends_with(fit_ending)) return names.end();
        const std::string signal = column.substr(0, column.size() - fit_ending.size());
        if (signal.ends_with(fit_ending)) return names.end();
        return std::find(names.begin(), names.end(), signal);
    };
    std::vector<Place> places(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (signal_of(names[i]) != names.end()) continue;
        places[i] = {waveforms.size(), false};
        waveforms.emplace_back().name = names[i];
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (const auto signal = signal_of(names[i]); signal != names.end())
            places[i] = {places[static_cast<std::size_t>(signal - names.begin())].waveform, true};
    }
    return places;
}

/// The columns that hold the waveforms. \throws Error if they would not be read back as the same.
std::vector<std::string> columns_of(const std::vector<Waveform>& waveforms, const std::string& name) {
    std::vector<std::string> names;
    for (const Waveform& waveform : waveforms) {
        names.push_back(waveform.name);
        if (!waveform.fit.empty()) names.push_back(waveform.name + std::string(fit_ending));
        if (trimmed(waveform.name) != waveform.name ||
            waveform.name.find_first_of("\t\r\n") != std::string::npos)
            throw Error(
                fmt::format("{}: a waveform's name, '{:.40}', has blanks around it, a tab or a line break",
                            name, waveform.name));
    }
    std::string header = "# Time";
    for (const std::string& column : names) header += "\t" + column;
    std::vector<Waveform> read_back;
    (void)place_columns(column_names(header, name), read_back);
    for (std::size_t i = 0; i < std::max(waveforms.size(), read_back.size()); ++i) {
        if (i >= std::min(waveforms.size(), read_back.size()) || waveforms[i].name != read_back[i].name)
            throw Error(
                fmt::format("{}: a waveform's name ends in '{}', which marks the fit of another; rename it",
                            name, fit_ending));
    }
    return names;
}

} // namespace

std::vector<Waveform> parse_waveforms(std::string_view bytes, const std::string& name) {
    TextLines lines(bytes);
    const std::optional<std::string_view> header = lines.next();
    if (!header) fail(name, 1, "the file is empty");
    std::vector<Waveform> waveforms;
    const std::vector<Place> places = place_columns(column_names(*header, name), waveforms);
    while (const std::optional<std::string_view> line = lines.next()) {
        const std::optional<std::vector<double>> row = numbers_in(*line);
        if (!row) fail(name, lines.number(), fmt::format("'{:.40}' is not a row of finite numbers", *line));
        if (row->empty()) continue;
        if (row->size() != places.size() + 1)
            fail(name, lines.number(),
                 fmt::format("{} numbers in {} columns", row->size(), places.size() + 1));
        const std::vector<double>& before = waveforms.front().time;
        if (!before.empty() && !(row->front() > before.back()))
            fail(name, lines.number(), fmt::format("the time {:g} s does not increase", row->front()));
        for (Waveform& waveform : waveforms) waveform.time.push_back(row->front());
        for (std::size_t i = 0; i < places.size(); ++i) {
            Waveform& waveform = waveforms[places[i].waveform];
            (places[i].is_fit ? waveform.fit : waveform.signal).push_back((*row)[i + 1]);
        }
    }
    if (waveforms.front().time.empty()) fail(name, lines.number(), "no rows of numbers");
    return waveforms;
}

std::vector<Waveform> read_waveforms(const std::filesystem::path& path) {
    return parse_waveforms(read_file_bytes(path), path.string());
}

std::string waveforms_text(const std::vector<Waveform>& waveforms, const std::string& name) {
    if (waveforms.empty()) throw Error(fmt::format("{}: there are no waveforms to write", name));
    const std::vector<double>& time = waveforms.front().time;
    for (const Waveform& waveform : waveforms) {
        const bool is_sampled_alike = waveform.time == time && waveform.signal.size() == time.size() &&
                                      (waveform.fit.empty() || waveform.fit.size() == time.size());
        if (!is_sampled_alike)
            throw Error(
                fmt::format("{}: waveform '{}' is not sampled at the times of '{}', and a .tsv file has "
                            "one column of times; write them to files of their own",
                            name, waveform.name, waveforms.front().name));
    }
    std::string text = "# Time";
    for (const std::string& column : columns_of(waveforms, name)) text += "\t" + column;
    for (std::size_t i = 0; i < time.size(); ++i) {
        fmt::format_to(std::back_inserter(text), "\n{}", time[i]);
        for (const Waveform& waveform : waveforms) {
            fmt::format_to(std::back_inserter(text), "\t{}", waveform.signal[i]);
            if (!waveform.fit.empty()) fmt::format_to(std::back_inserter(text), "\t{}", waveform.fit[i]);
        }
    }
    return text + "\n";
}

void write_waveforms(const std::filesystem::path& path, const std::vector<Waveform>& waveforms) {
    write_file_bytes(path, waveforms_text(waveforms, path.string()));
}

} // namespace corticoil::coils
