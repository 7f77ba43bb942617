#include "coils/output.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace corticoil::coils {

namespace {

constexpr double per_cent = 100;

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// All outputs of a coil, also of one that was read from a file and has the single one only.
std::vector<StimulatorOutput> outputs_of(const Coil& coil) {
    if (!coil.outputs.empty()) return coil.outputs;
    if (coil.didt_at_full_output) return {{coil.stimulator, *coil.didt_at_full_output}};
    return {};
}

} // namespace

double didt_at_full_output(const Coil& coil, const std::string& stimulator) {
    const std::vector<StimulatorOutput> outputs = outputs_of(coil);
    if (outputs.empty()) {
        throw Error(
            fmt::format("coil {}: its dI/dt at 100 % output is not known, so %MSO cannot be converted; "
                        "give dI/dt in A/s",
                        coil.name));
    }
    if (stimulator.empty()) return outputs.front().didt_at_full_output;
    std::vector<std::string> known;
    for (const StimulatorOutput& output : outputs) {
        if (lower_case(output.stimulator) == lower_case(stimulator)) return output.didt_at_full_output;
        known.push_back(output.stimulator);
    }
    throw Error(fmt::format("coil {}: its dI/dt at 100 % output is not known for '{}'; known for {}",
                            coil.name, stimulator, fmt::join(known, ", ")));
}

double didt_from_output(const Coil& coil, const OutputSetting& setting) {
    if (!(setting.percent > 0 && setting.percent <= per_cent)) {
        throw Error(fmt::format("{:g} % is no stimulator output; give more than 0 and at most 100 % MSO",
                                setting.percent));
    }
    return setting.percent / per_cent * didt_at_full_output(coil, setting.stimulator);
}

double output_from_didt(const Coil& coil, double didt, const std::string& stimulator) {
    return per_cent * std::abs(didt) / didt_at_full_output(coil, stimulator);
}

double field_at_output(const Coil& coil, const OutputSetting& setting,
                       double field_at_one_ampere_per_microsecond) {
    return didt_from_output(coil, setting) / ampere_per_microsecond * field_at_one_ampere_per_microsecond;
}

} // namespace corticoil::coils
