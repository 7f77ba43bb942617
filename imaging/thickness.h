#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"

#include <algorithm>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// Thickness of a layer over a region: percentiles over the region's area [m].
struct ThicknessSpread {
    double percentile_5 = 0;
    double median = 0;
    double percentile_95 = 0;
};

/// A region of the cranium above the skull base with the layers over it.
struct RegionThickness {
    std::string name; ///< "left frontal" …
    double area = 0;  ///< Of the skull's inner surface [m²]; 0: the region is not in the image.
    ThicknessSpread skull;
    ThicknessSpread csf; ///< From the skull's inner surface to the nearest brain tissue.
    ThicknessSpread scalp;
};

/// How the layers of a head lie.
struct LayerQuality {
    /// Left and right frontal, parietal, temporal and occipital region.
    std::vector<RegionThickness> regions;
    double inner_area = 0; ///< Of the skull's inner surface above the skull base [m²].
    /// Share of that area with CSF inside and bone outside: brain does not touch bone, CSF not scalp or air.
    double csf_under_bone = 0;
    /// Share of the skull's outer surface above the skull base with bone inside and soft tissue outside.
    double bone_under_scalp = 0;
    /// Share of the brain's surface anywhere that meets CSF, not bone, scalp or air.
    double brain_under_csf = 0;

    /// Where both of the skull's surfaces are right.
    [[nodiscard]] double nested() const { return std::min(csf_under_bone, bone_under_scalp); }
};

/// Measures a head's layers on its voxels, over everything above the skull base: a plane in MNI space from
/// the brows (y 60, z −5 mm) to the inion (y −100, z −40 mm). Regions are bounded by landmarks in MNI space:
/// the coronal suture at y = 12 mm, the squamosal suture at z = 15 mm, the lambdoid suture from (y −97, z 38)
/// to (y −70, z −25 mm). Thickness is the distance from the face of a voxel to the nearest voxel beyond the
/// layer, within about a third of a voxel. Layers beyond 30 mm count as 30 mm. About 3 s at 1 mm.
[[nodiscard]] LayerQuality measure_layers(const LabelImage& tissues, const MniMapping& mapping);

} // namespace corticoil::imaging
