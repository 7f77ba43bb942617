#pragma once

#include "core/progress.h"
#include "imaging/templates.h"

namespace corticoil::imaging {

/// Counts up whenever make_template_labels() changes, so that what was kept of it is made anew.
inline constexpr int template_labels_version = 4;

/// Labels the tissues of the template itself, on its T1's grid: by intensity as any T1, with the template's
/// brain mask and the atlas's deep grey matter as priors. About 20 s.
[[nodiscard]] LabelImage make_template_labels(const MniTemplate& mni, const Progress& progress = {});

} // namespace corticoil::imaging
