#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil {

namespace {
constexpr std::array<TissueInfo, 12> tissues{{
    {tissue::white_matter, "white_matter", "white matter", 0.126},
    {tissue::grey_matter, "grey_matter", "grey matter", 0.275},
    {tissue::csf, "csf", "CSF", 1.654},
    {tissue::bone, "bone", "skull", 0.010},
    {tissue::scalp, "scalp", "scalp", 0.465},
    {tissue::eyes, "eyes", "eyes", 0.5},
    {tissue::compact_bone, "compact_bone", "compact bone", 0.008},
    {tissue::spongy_bone, "spongy_bone", "spongy bone", 0.025},
    {tissue::blood, "blood", "blood", 0.6},
    {tissue::muscle, "muscle", "muscle", 0.16},
    {tissue::lesion, "lesion", "MS lesion", 0.275},
    {tissue::black_hole, "black_hole", "T1 black hole", 0.5},
}};

template <typename Predicate>
std::optional<TissueInfo> find_if(Predicate matches) {
    const auto* const found = std::find_if(tissues.begin(), tissues.end(), matches);
    return found == tissues.end() ? std::nullopt : std::optional<TissueInfo>(*found);
}
} // namespace

std::span<const TissueInfo> known_tissues() {
    return tissues;
}

std::optional<TissueInfo> find_tissue(int label) {
    return find_if([label](const TissueInfo& known) { return known.label == label; });
}

std::optional<TissueInfo> find_tissue(std::string_view key) {
    return find_if([key](const TissueInfo& known) { return known.key == key; });
}

std::string describe_tissue(int label) {
    const std::optional<TissueInfo> known = find_tissue(label);
    return fmt::format("{} ({})", known ? known->display_name : "unknown", label);
}

} // namespace corticoil
