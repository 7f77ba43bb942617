#pragma once

#include "core/image.h"
#include "core/progress.h"
#include "imaging/lesion_labels.h"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace corticoil::imaging {

struct ImportOptions {
    /// The T1 on any grid, placed by its affine: tells unlabelled tissue from air.
    std::optional<ScalarImage> t1;
    LesionImages lesions; ///< MS lesions, labelled 51 and 52 in the brain that the map has.
    /// Length of neck added below a cut lower face [m], unless the map ends in such a neck; 0 adds none.
    double neck_extension = 0.060;
    Progress progress;
};

struct ImportedLabels {
    LabelImage tissues; ///< Labels of core/tissue.h; extended downward where the neck is cut.
    std::array<double, 256>
        volumes{};            ///< Per label within the map's field of view [m³], without the added neck.
    std::size_t n_filled = 0; ///< Voxels inside the head that had no label and were given one.
    std::optional<LesionReport> lesions; ///< Where there were lesion masks.
};

/// Another program's label map as tissues: any whole numbers, those that `mapping` does not name being ours
/// already. `name` (the file) stands before messages about voxels. \throws Error for voxels that are no whole
/// number and for labels that are unknown after mapping, listing each with its number of voxels.
[[nodiscard]] LabelImage map_labels(const ScalarImage& image, const std::map<int, int>& mapping,
                                    const std::string& name = "label map");

/// Takes another program's label map. `mapping` is from its labels to ours (0 drops one); labels not named
/// must be ours already. Unlabelled voxels inside the head get the label of the nearest labelled voxel: those
/// in slits of up to two voxels always; with a T1, also those in gaps of up to 8 mm or enclosed that are not
/// air in it; without one, all that labels enclose and gaps of up to four voxels. \throws Error for labels
/// that are unknown after mapping, listing each with its number of voxels.
[[nodiscard]] ImportedLabels import_labels(const LabelImage& labels, const std::map<int, int>& mapping = {},
                                           const ImportOptions& options = {});

} // namespace corticoil::imaging
