#include "coils/ccd_file.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <string_view>

namespace corticoil::coils {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::size_t line, const std::string& what) {
    throw Error(
        fmt::format("{}:{}: {}; a .ccd file has a header, the number of dipoles, a comment and one row "
                    "'x y z mx my mz' per dipole",
                    path.string(), line, what));
}

/// The numbers of a line, or nothing if it holds anything else.
std::optional<std::vector<double>> numbers_in(std::string_view text) {
    std::vector<double> numbers;
    const char* position = text.data();
    const char* const end = text.data() + text.size();
    while (true) {
        while (position != end && (*position == ' ' || *position == '\t' || *position == '\r')) ++position;
        if (position == end) return numbers;
        if (*position == '+') ++position;
        double value = 0;
        const auto [next, status] = std::from_chars(position, end, value);
        if (status != std::errc{} || !std::isfinite(value)) return std::nullopt;
        numbers.push_back(value);
        position = next;
    }
}

/// The `key=value;` pairs of a header line.
std::map<std::string, std::string> header_values(std::string_view line) {
    std::map<std::string, std::string> values;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(';'), line.size());
        const std::string_view pair = line.substr(0, end);
        if (const std::size_t equals = pair.find('='); equals != std::string_view::npos) {
            const std::size_t start = std::min(pair.find_first_not_of(" #\t"), equals);
            values[std::string(pair.substr(start, equals - start))] = std::string(pair.substr(equals + 1));
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return values;
}

void apply_header(Coil& coil, std::string_view line) {
    const std::map<std::string, std::string> header = header_values(line);
    if (const auto found = header.find("coilname"); found != header.end()) coil.name = found->second;
    if (const auto found = header.find("stimulator"); found != header.end() && found->second != "none") {
        coil.stimulator = found->second;
    }
    if (const auto found = header.find("dIdtmax"); found != header.end()) {
        const std::optional<std::vector<double>> value = numbers_in(found->second);
        if (value && value->size() == 1 && value->front() > 0) {
            coil.didt_at_full_output = value->front() * ampere_per_microsecond;
        }
    }
}

} // namespace

Coil read_ccd(const std::filesystem::path& path) {
    std::ifstream stream(path);
    if (!stream) throw Error(fmt::format("{}: cannot be opened; check the path", path.string()));
    Coil coil;
    coil.name = path.stem().string();
    coil.source = path.filename().string();
    coil.description = "magnetic dipoles from a .ccd file";
    std::string line;
    std::size_t line_number = 0;
    std::optional<double> n_expected;
    std::vector<double> values;
    while (std::getline(stream, line)) {
        ++line_number;
        if (line.starts_with('#')) {
            if (line_number == 1) apply_header(coil, line);
            continue;
        }
        const std::optional<std::vector<double>> row = numbers_in(line);
        if (!row) fail(path, line_number, fmt::format("'{:.40}' is not a row of finite numbers", line));
        if (row->empty()) continue;
        if (!n_expected) {
            if (row->size() != 1 || !(row->front() >= 1))
                fail(path, line_number, "the number of dipoles is expected here");
            n_expected = row->front();
            continue;
        }
        if (row->size() != 6) fail(path, line_number, fmt::format("{} numbers instead of 6", row->size()));
        values.insert(values.end(), row->begin(), row->end());
    }
    const auto n = static_cast<Eigen::Index>(values.size() / 6);
    if (!n_expected || static_cast<double>(n) != *n_expected) {
        fail(path, line_number,
             fmt::format("{} dipoles where {:.0f} are announced", n, n_expected.value_or(0)));
    }
    const Eigen::Map<const Eigen::Matrix<double, 6, Eigen::Dynamic>> table(values.data(), 6, n);
    coil.dipoles.positions = table.topRows<3>();
    coil.dipoles.moments = table.bottomRows<3>();
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace corticoil::coils
