#include "meshing/quality_gate.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::meshing {

namespace {

/// Limits of a mesh that is handed out. At 5° the gradients of a P1 element are still some tens of times
/// those of a regular one; below, rounding and the solver's iterations suffer.
constexpr double smallest_dihedral_degrees = 5.0;
/// Tissues below this volume (small lesions) are too small for the volume limit: a warning instead [m³].
constexpr double smallest_gated_volume = 5e-6;

/// Worth a warning: a small angle, volume drift, and a mean distance between a tissue's boundary and that in
/// the label map in voxel edges (the stairs themselves make a quarter).
constexpr double notable_dihedral_degrees = 8.0;
constexpr double notable_volume_drift = 0.02;
constexpr double notable_lesion_drift = 0.05;
constexpr double notable_boundary_distance = 0.6;

void check_soundness(const MeshQuality& quality, const MeshOrigin& origin) {
    if (quality.n_inverted > 0) {
        throw Error(
            fmt::format("mesh: {} inverted tetrahedra; smooth the {} or choose another resolution than {}",
                        quality.n_inverted, origin.what, to_string(origin.resolution)));
    }
    if (quality.n_parts != 1) {
        throw Error(fmt::format("mesh: the conductor is in {} parts; close the gaps in the {}",
                                quality.n_parts, origin.what));
    }
    if (quality.smallest_dihedral_angle < smallest_dihedral_degrees) {
        throw Error(
            fmt::format("mesh: smallest dihedral angle {:.2f}° is below {}°; smooth the {} or choose another "
                        "resolution than {}",
                        quality.smallest_dihedral_angle, smallest_dihedral_degrees, origin.what,
                        to_string(origin.resolution)));
    }
}

/// What is notable of a tissue's volume, or nothing.
std::string check_volume(int label, const TissueQuality& tissue, const MeshOrigin& origin) {
    if (!tissue.volume_drift) return {};
    const double drift = *tissue.volume_drift;
    if (std::abs(drift) <= (tissue::is_lesion(label) ? notable_lesion_drift : notable_volume_drift))
        return {};
    const std::string text =
        fmt::format("mesh: {} has {:.2f} ml, the {} {:.2f} ml ({:+.1f} %)", describe_tissue(label),
                    millilitres_per_cubic_metre * tissue.volume, origin.what,
                    millilitres_per_cubic_metre * *tissue.reference_volume, 100.0 * drift);
    if (std::abs(drift) > origin.largest_volume_drift && *tissue.reference_volume >= smallest_gated_volume) {
        throw Error(fmt::format("{}; the limit is {:.0f} %: choose a finer resolution than {} or remove "
                                "specks from the {}",
                                text, 100.0 * origin.largest_volume_drift, to_string(origin.resolution),
                                origin.what));
    }
    return text;
}

} // namespace

std::vector<std::string> check_quality(const MeshQuality& quality, const MeshOrigin& origin) {
    check_soundness(quality, origin);
    std::vector<std::string> notable;
    if (quality.smallest_dihedral_angle < notable_dihedral_degrees) {
        notable.push_back(
            fmt::format("mesh: smallest dihedral angle {:.1f}°", quality.smallest_dihedral_angle));
    }
    for (const auto& [label, tissue] : quality.tissues) {
        const std::string text = check_volume(label, tissue, origin);
        if (!text.empty()) notable.push_back(text);
        if (tissue.boundary && tissue.boundary->mean > notable_boundary_distance * origin.voxel_edge) {
            notable.push_back(
                fmt::format("mesh: the boundary of {} lies {:.2f} mm from the label map's on average",
                            describe_tissue(label), millimetres_per_metre * tissue.boundary->mean));
        }
    }
    return notable;
}

} // namespace corticoil::meshing
