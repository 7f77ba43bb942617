#pragma once

#include "core/image.h"

#include <filesystem>
#include <functional>

namespace corticoil::imaging {

/// The labels kept in `file`, where it is whole and lies on the voxels of `grid`; else those that `make`
/// returns, which are then kept there. A file that is broken or from elsewhere is replaced; a folder that
/// cannot be written is no error, the next run makes them again. The file appears under its name when it is
/// complete, so that runs at the same time do not disturb each other.
[[nodiscard]] LabelImage kept_or_made(const std::filesystem::path& file, const ScalarImage& grid,
                                      const std::function<LabelImage()>& make);

} // namespace corticoil::imaging
