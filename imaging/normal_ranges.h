#pragma once

#include <array>
#include <string_view>

namespace corticoil::imaging {

/// What healthy adults have, from the literature: means ± 2 standard deviations, women's lower to men's upper
/// end where both are known.
struct NormalRange {
    std::string_view key;  ///< As in JSON files.
    std::string_view name; ///< As in messages.
    double least = 0;      ///< [ml], [mm] or [%], as `unit` says.
    double most = 0;
    std::string_view unit;
    std::string_view source; ///< Paper, with the numbers the range was made of.
};

/// Volumes. Intracranial space: women 1289 ± 111, men 1469 ± 102 ml (Matsumae et al. 1996), men 1496 ± 100 ml
/// (Ahmad et al., J Biomed Clin Sci, 58 adults). Brain: women 1143 ± 105, men 1302 ± 112 ml (Matsumae et al.
/// 1996). Grey and white matter of both sexes: 626 ± 75 and 487 ± 73 ml. CSF: brain 85.3 ± 3.8 % of the
/// intracranial space in those controls, 89.1 ± 2.5 % in Ahmad et al.
inline constexpr std::string_view matsumae = "Matsumae et al. 1996, J Neurosurg 84:982";
inline constexpr std::string_view controls =
    "healthy controls in J Cent Nerv Syst Dis 2023, doi:10.1177/11795735231195775, table 2";
inline constexpr std::array<NormalRange, 5> normal_volumes{{
    {"intracranial", "the intracranial space", 1067, 1696, "ml", matsumae},
    {"brain", "the brain", 933, 1526, "ml", matsumae},
    {"grey_matter", "grey matter", 475, 777, "ml", controls},
    {"white_matter", "white matter", 342, 632, "ml", controls},
    {"csf_share", "CSF's share of the intracranial space", 6, 22, "%", controls},
}};

/// Thickness of the skull by region, in mm: frontal 8.02 ± 1.97, parietal 7.04 ± 1.43, temporal 4.71 ± 1.34,
/// occipital 7.98 ± 2.47 on CT of 100 adults (Thulung et al. 2019); 5.38 ± 0.91, 4.67 ± 0.59, 1.52 ±
/// 0.50, 6.53 ± 1.28 with a calliper on 72 (J Inst Med Nepal 2025). The lower and the upper end of both.
/// Means of 3000 skulls lie between: frontal 6.6 and 7.5, parietal 5.4 and 5.6, occipital 7.6 and 8.2 mm in
/// men and women (Li et al. 2007, Int J Vehicle Safety 2:345).
inline constexpr std::string_view skulls =
    "Thulung et al. 2019, J Nepal Med Assoc 57:29; J Inst Med Nepal 2025, doi:10.59779/jiomnepal.1447";
inline constexpr std::array<NormalRange, 4> normal_skull_thickness{{
    {"frontal", "frontal", 3.6, 12.0, "mm", skulls},
    {"parietal", "parietal", 3.5, 9.9, "mm", skulls},
    {"temporal", "temporal", 0.5, 7.4, "mm", skulls},
    {"occipital", "occipital", 3.0, 12.9, "mm", skulls},
}};

/// CSF between brain and skull in healthy adults: 3 mm at most at the occiput, a third of it shifting with
/// the head's position (Rice et al. 2013, NeuroImage 64:476). Twice that is atrophy, or dura and marrow taken
/// for CSF.
inline constexpr double widest_usual_csf_mm = 6;

} // namespace corticoil::imaging
