#pragma once

#include "core/progress.h"
#include "imaging/head_mask.h"
#include "imaging/tissue_priors.h"

#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// What label_head() knows beyond the T1.
struct HeadEvidence {
    HeadMask head;
    Mask brain_hint;            ///< Roughly the brain.
    bool is_hint_exact = false; ///< The hint is this head's own brain, not one that was carried over.
    TissuePriors priors;        ///< Empty images say nothing.
    /// White matter, grey matter and CSF made elsewhere, on the T1's grid: used instead of a classification.
    std::optional<LabelImage> brain_labels;
};

/// A T1's tissues from intensities and priors, not yet cleaned.
struct LabelledHead {
    LabelImage labels;     ///< White matter, grey matter, CSF, bone, scalp; 0 outside.
    ScalarImage corrected; ///< The T1 without its bias field.
    std::vector<std::string> warnings;
};

/// Corrects the bias, classifies the brain and finds the layers around it.
[[nodiscard]] LabelledHead label_head(const ScalarImage& t1, const HeadEvidence& evidence,
                                      const Progress& progress = {});

} // namespace corticoil::imaging
