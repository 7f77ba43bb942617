#pragma once

#include "core/progress.h"
#include "imaging/head_mask.h"
#include "imaging/t2_evidence.h"
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
    std::optional<PlacedT2> t2; ///< A T2-weighted or FLAIR image of the same head on the T1's grid.
};

/// A T1's tissues from intensities and priors, not yet cleaned.
struct LabelledHead {
    LabelImage labels;     ///< White matter, grey matter, CSF, bone, scalp; 0 outside.
    ScalarImage corrected; ///< The T1 without its bias field.
    std::optional<T2Report> t2;
    std::vector<std::string> warnings;
};

/// Corrects the bias, classifies the brain and finds the layers around it. A second image is judged by the
/// classes of the T1 alone, then adds to the priors of CSF and brain, and a T2 to the skull's inner surface.
/// \throws Error as judge_t2().
[[nodiscard]] LabelledHead label_head(const ScalarImage& t1, const HeadEvidence& evidence,
                                      const Progress& progress = {});

} // namespace corticoil::imaging
