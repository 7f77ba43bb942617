#include "coils/coil_library.h"

#include "coils/coil_file.h"
#include "coils/parametric.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace corticoil::coils {

namespace {

Coil figure8_70mm() {
    // Magstim double 70 mm coil. Diameters and turns: the manufacturer's data for P/N 9925 (inner 56, outer
    // 87 mm, 9 turns a wing). Wing centres ±45 mm and a conductor 7 mm high: Thielscher & Kammer 2004 (Clin
    // Neurophysiol 115:1697). The conductor's middle lies 8.5 mm behind the face, as the moments' centroid
    // does in the measured D70 model of Drakaki et al. 2022 (Brain Stimul 15:1192), whose moment per wing
    // ours matches within 2 %.
    WindingOptions winding;
    winding.inner_radius = 0.028;
    winding.outer_radius = 0.0435;
    winding.n_turns = 9;
    winding.conductor_height = 0.007;
    winding.face_to_conductor = 0.005;
    Coil coil = figure_of_eight_coil("figure8_70mm", winding, 0.045);
    coil.type = CoilType::figure_of_eight;
    coil.description = "flat figure-of-eight, two wings of 9 turns, 56/87 mm inner/outer diameter";
    coil.source = "Magstim double 70 mm data (P/N 9925); Thielscher & Kammer 2004, Clin Neurophysiol "
                  "115:1697; Drakaki et "
                  "al. 2022, Brain Stimul 15:1192";
    // Header of the measured D70 model, Drakaki et al. 2022 (Brain Stimul 15:1192): 114.73 A/µs.
    coil.didt_at_full_output = 114.73e6;
    coil.stimulator = "Magstim Rapid";
    return coil;
}

Coil round_90mm() {
    // Magstim high-power 90 mm coil: the manufacturer's data for P/N 9784 (inner 66, outer 123 mm, 14 turns);
    // conductor height and depth behind the face as for the 70 mm figure-of-eight of the same make.
    WindingOptions winding;
    winding.inner_radius = 0.033;
    winding.outer_radius = 0.0615;
    winding.n_turns = 14;
    winding.conductor_height = 0.007;
    winding.face_to_conductor = 0.005;
    Coil coil = round_coil("round_90mm", winding);
    coil.type = CoilType::round;
    coil.description = "flat round coil, 14 turns, 66/123 mm inner/outer diameter";
    coil.source = "Magstim 90 mm data (P/N 9784)";
    return coil;
}

} // namespace

std::vector<std::string> coil_names() {
    return {"figure8_70mm", "round_90mm"};
}

Coil load_coil(const std::string& name_or_path) {
    std::string lower = name_or_path;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (lower == "figure8_70mm") return figure8_70mm();
    if (lower == "round_90mm") return round_90mm();
    if (is_coil_file(name_or_path)) return read_coil_file(name_or_path);
    throw Error(fmt::format(
        "coil '{}' is neither a known coil ({}) nor a .ccd file; `corticoil coils list` shows the "
        "known ones",
        name_or_path, fmt::join(coil_names(), ", ")));
}

} // namespace corticoil::coils
