#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace corticoil {

/// Tissue labels as SimNIBS numbers them, so that meshes interchange; 51 and 52 are ours. Air (0) is not
/// meshed.
namespace tissue {
inline constexpr int air = 0;
inline constexpr int white_matter = 1;
inline constexpr int grey_matter = 2;
inline constexpr int csf = 3;
inline constexpr int bone = 4;
inline constexpr int scalp = 5;
inline constexpr int eyes = 6;
inline constexpr int compact_bone = 7;
inline constexpr int spongy_bone = 8;
inline constexpr int blood = 9;
inline constexpr int muscle = 10;
inline constexpr int lesion = 51;
inline constexpr int black_hole = 52;

/// A lesion of either kind.
[[nodiscard]] constexpr bool is_lesion(int label) {
    return label == lesion || label == black_hole;
}

/// White or grey matter, with the lesions in it.
[[nodiscard]] constexpr bool is_brain(int label) {
    return label == white_matter || label == grey_matter || is_lesion(label);
}

/// What the skull encloses: brain and CSF.
[[nodiscard]] constexpr bool is_intracranial(int label) {
    return is_brain(label) || label == csf;
}
} // namespace tissue

/// One known tissue.
struct TissueInfo {
    int label;
    std::string_view key;          ///< As in `--conductivity csf=1.654` and in JSON files.
    std::string_view display_name; ///< As on pictures.
    double conductivity;           ///< Default, isotropic [S/m]; source below.
};

/// Every known tissue in the order of labels. Conductivities: 1–5 Wagner et al. 2004 (IEEE Trans Biomed Eng
/// 51:1586); eyes, compact and spongy bone Opitz et al. 2015 (NeuroImage 109:140); blood and muscle Gabriel
/// et al. 2009 (Phys Med Biol 54:4863). Nobody has measured MS lesions at low frequency: the defaults are
/// grey matter's 0.275 for a lesion and 0.5 for a black hole, scenarios rather than measurements.
[[nodiscard]] std::span<const TissueInfo> known_tissues();

/// The tissue with this label, if it is known.
[[nodiscard]] std::optional<TissueInfo> find_tissue(int label);

/// The tissue with this key (`white_matter`, `grey_matter`, `csf` …), if it is known.
[[nodiscard]] std::optional<TissueInfo> find_tissue(std::string_view key);

/// "grey matter (2)" for messages; "unknown (17)" for a label nobody knows.
[[nodiscard]] std::string describe_tissue(int label);

} // namespace corticoil
