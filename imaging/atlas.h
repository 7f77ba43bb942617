#pragma once

#include "core/image.h"

#include <map>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// Regions of the brain as labels in MNI space.
struct Atlas {
    std::string name;                 ///< As in atlas_names().
    LabelImage labels;                ///< 0 outside all regions; head_from_voxel leads to MNI space [m].
    std::map<int, std::string> names; ///< Per label, where the atlas names its regions; Brodmann's has none.
};

/// The atlases that Debian's mricron-data carries and that are known here: aal (Tzourio-Mazoyer et al. 2002,
/// NeuroImage 15:273) and brodmann.
[[nodiscard]] std::vector<std::string> atlas_names();

/// Reads an atlas of atlas_names(), from where templates.h looks. \throws Error for another name, and one
/// that says which package to install where the file is missing.
[[nodiscard]] Atlas load_atlas(const std::string& name);

} // namespace corticoil::imaging
