#include "coils/coil_library.h"

#include "coils/coil_file.h"
#include "coils/parametric.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace corticoil::coils {

namespace {

/// A coil of the library: what tables say, where its values come from, and how it is wound.
struct Entry {
    LibraryCoil summary;
    std::string source;
    std::vector<StimulatorOutput> outputs;
    Coil (*wind)(const std::string& name);
};

/// Magstim's windings of rectangular conductor. Radii and turns: see the coils. Conductor 7 mm high:
/// Thielscher & Kammer 2004 (Clin Neurophysiol 115:1697). Its middle lies 8.5 mm behind the face, as the
/// moments' centroid does in the measured D70 model of Drakaki et al. 2022 (Brain Stimul 15:1192).
WindingOptions magstim_winding(double inner_radius, double outer_radius, int n_turns) {
    return {.inner_radius = inner_radius,
            .outer_radius = outer_radius,
            .n_turns = n_turns,
            .conductor_height = 0.007,
            .face_to_conductor = 0.005};
}

/// Double 70 mm coil, the manufacturer's data for P/N 9925: inner 56, outer 87 mm, 9 turns a wing.
WindingOptions winding_70mm() {
    return magstim_winding(0.028, 0.0435, 9);
}

/// Wing centres at x = ±45 mm: Thielscher & Kammer 2004.
constexpr double wing_centre_70mm = 0.045;

Coil wind_figure8_70mm(const std::string& name) {
    return figure_of_eight_coil(name, winding_70mm(), wing_centre_70mm);
}

Coil wind_figure8_bent(const std::string& name) {
    // The angle is our approximation of a slightly bent figure-of-eight.
    return bent_figure_of_eight_coil(
        name, winding_70mm(),
        {.wing_centre = wing_centre_70mm, .angle_between_wings = 150 * radians_per_degree});
}

Coil wind_figure8_65mm(const std::string& name) {
    // Inner 35, outer 75 mm, 12 mm high: the manufacturer's data for the B65. From the measured Cool-B65 of
    // Drakaki et al. 2022: 10 turns (the moment of a wing, 0.0237 A·m² per A, asks for 9.6), wing centres at
    // ±37.3 mm and the conductor's middle 10.2 mm behind the face (the moments' centroids).
    return figure_of_eight_coil(name,
                                {.inner_radius = 0.0175,
                                 .outer_radius = 0.0375,
                                 .n_turns = 10,
                                 .conductor_height = 0.012,
                                 .face_to_conductor = 0.0042},
                                0.0373);
}

Coil wind_round_90mm(const std::string& name) {
    // High-power 90 mm coil, the manufacturer's data for P/N 9784: inner 66, outer 123 mm, 14 turns.
    return round_coil(name, magstim_winding(0.033, 0.0615, 14));
}

Coil wind_double_cone(const std::string& name) {
    // Double cone coil, the manufacturer's data for P/N 9902: inner 96, outer 125 mm, 7 turns a wing; their
    // moment is within 2 % of that of the measured model of Drakaki et al. 2022, whose casing shows conical
    // rings. Wing centres, angle and depth of the conductor are fitted to the depth and focality of that
    // model.
    WindingOptions winding = magstim_winding(0.048, 0.0625, 7);
    winding.face_to_conductor = 0.003;
    return double_cone_coil(name, winding,
                            {.wing_centre = 0.0525, .angle_between_wings = 102 * radians_per_degree});
}

Coil wind_h_type_leg(const std::string& name) {
    return h_type_coil(name, {.n_strands = 10,
                              .strand_spacing = 0.008,
                              .half_length = 0.065,
                              .head_radius = 0.095,
                              .face_to_conductor = 0.006,
                              .return_height = 0.075});
}

Coil wind_h_type_prefrontal(const std::string& name) {
    return h_type_coil(name, {.n_strands = 7,
                              .strand_spacing = 0.010,
                              .half_length = 0.050,
                              .head_radius = 0.090,
                              .face_to_conductor = 0.006,
                              .return_height = 0.060});
}

const std::vector<Entry>& entries() {
    static const std::string drakaki = "Drakaki et al. 2022, Brain Stimul 15:1192";
    static const std::string thielscher = "Thielscher & Kammer 2004, Clin Neurophysiol 115:1697";
    static const std::string h_type_source =
        "our approximation: principle after Roth, Zangen & Hallett 2002, J Clin Neurophysiol 19:361; own "
        "geometry, no coil that is sold has these windings";
    // dI/dt at 100 % output: headers of the measured models of Drakaki et al. 2022.
    static const std::vector<Entry> list{
        {{"figure8_70mm", CoilType::figure_of_eight, "flat figure-of-eight", "2 × 9 turns, 56/87 mm",
          "hand and leg motor cortex, prefrontal cortex, cerebellum"},
         "Magstim double 70 mm data (P/N 9925); " + thielscher + "; " + drakaki,
         {{"Magstim Rapid", 114.73e6}},
         wind_figure8_70mm},
        {{"figure8_65mm", CoilType::figure_of_eight, "flat figure-of-eight", "2 × 10 turns, 35/75 mm",
          "hand motor cortex, prefrontal cortex"},
         "MagVenture B65 data; " + drakaki,
         {{"MagPro X100", 149.77e6}},
         wind_figure8_65mm},
        {{"figure8_bent", CoilType::figure_of_eight, "bent figure-of-eight, 150°", "2 × 9 turns, 56/87 mm",
          "leg motor cortex"},
         "windings as figure8_70mm; the angle is our approximation",
         {},
         wind_figure8_bent},
        {{"round_90mm", CoilType::round, "flat round", "14 turns, 66/123 mm",
          "frontal cortex at low intensity (remyelination)"},
         "Magstim 90 mm data (P/N 9784)",
         {},
         wind_round_90mm},
        {{"double_cone", CoilType::double_cone, "double cone, 102°", "2 × 7 turns, 96/125 mm",
          "leg motor cortex, cerebellum"},
         "Magstim double cone data (P/N 9902); " + drakaki,
         {{"Magstim Rapid", 84.37e6}},
         wind_double_cone},
        {{"h_type_leg", CoilType::h_type, "H-type array (approximation)", "10 strands of 130 mm",
          "leg motor cortex"},
         h_type_source,
         {},
         wind_h_type_leg},
        {{"h_type_prefrontal", CoilType::h_type, "H-type array (approximation)", "7 strands of 100 mm",
          "prefrontal cortex (fatigue, mood)"},
         h_type_source,
         {},
         wind_h_type_prefrontal},
    };
    return list;
}

Coil build(const Entry& entry) {
    Coil coil = entry.wind(entry.summary.name);
    coil.description = entry.summary.build + ", " + entry.summary.size;
    coil.type = entry.summary.type;
    coil.source = entry.source;
    coil.outputs = entry.outputs;
    if (!coil.outputs.empty()) {
        coil.didt_at_full_output = coil.outputs.front().didt_at_full_output;
        coil.stimulator = coil.outputs.front().stimulator;
    }
    return coil;
}

} // namespace

std::vector<LibraryCoil> library_coils() {
    std::vector<LibraryCoil> coils;
    for (const Entry& entry : entries()) coils.push_back(entry.summary);
    return coils;
}

std::vector<std::string> coil_names() {
    std::vector<std::string> names;
    for (const Entry& entry : entries()) names.push_back(entry.summary.name);
    return names;
}

Coil load_coil(const std::string& name_or_path) {
    std::string lower = name_or_path;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const Entry& entry : entries())
        if (entry.summary.name == lower) return build(entry);
    if (is_coil_file(name_or_path)) return read_coil_file(name_or_path);
    throw Error(fmt::format("coil '{}' is neither a known coil ({}) nor a coil file (.ccd, .tcd, .nii, "
                            ".nii.gz); `corticoil coils list` shows the "
                            "known ones",
                            name_or_path, fmt::join(coil_names(), ", ")));
}

} // namespace corticoil::coils
