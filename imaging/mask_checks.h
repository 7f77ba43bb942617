#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

#include <optional>
#include <string>

namespace corticoil::imaging {

/// A warning where a mask comes on another grid than the head's image (a FLAIR's, a template's), where its
/// affine alone places it: what may be wrong then, and what to look at. Nothing on the same grid. `name` (the
/// file) stands before the message.
[[nodiscard]] std::optional<std::string> describe_foreign_grid(const ScalarImage& mask, const Mask& head,
                                                               const std::string& name);

} // namespace corticoil::imaging
