#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "core/progress.h"
#include "imaging/lesion_labels.h"
#include "imaging/t2_report.h"
#include "imaging/templates.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// What segment_t1() may be told beyond the T1.
struct SegmentationOptions {
    std::string t1_name = "T1"; ///< For messages, for instance the file's name.
    /// Not 0 in the brain (a mask, or the skull-stripped T1); any grid, placed by its affine. Without one the
    /// template's brain is carried over and refined.
    std::optional<ScalarImage> brain_mask;
    /// MS lesions: filled before anything is found in the T1, labelled 51 and 52 in the end.
    LesionImages lesions;
    /// White matter (1), grey matter (2) and CSF (3) made elsewhere, on any grid: used instead of a
    /// classification; skull, scalp and eyes still come from the T1. Other labels count as no brain.
    std::optional<LabelImage> brain_labels;
    /// A T2-weighted or FLAIR image of the same head, on any grid: registered to the T1, it helps to tell CSF
    /// from the brain, and a T2 CSF from bone (see t2_evidence.h).
    std::optional<ScalarImage> t2;
    std::string t2_name = "T2";
    /// Colin27; loaded with load_mni_template() where absent.
    std::optional<MniTemplate> mni_template;
    /// The mapping to MNI space where it is known already, as when a head is segmented again; else it is
    /// found.
    std::optional<MniMapping> mni;
    /// Length of neck added below a cut lower face [m]; 0 adds none. 60 mm keep the cut away from cerebellar
    /// targets.
    double neck_extension = 0.060;
    /// Whether the template is deformed to the head, or only moved, turned, scaled and sheared: for tests of
    /// what follows, and for speed.
    bool is_deformable = true;
    int n_threads = 0; ///< Of the registration; 0: all processors. The labels do not depend on it.
    Progress progress;
};

/// A head as tissue labels.
struct Segmentation {
    /// The T1's voxel axes, extended downward where the neck is cut. Labels of core/tissue.h: white matter,
    /// grey matter, CSF, bone, scalp (all other soft tissue), eyes; 0 is air outside the head.
    LabelImage tissues;
    MniMapping mni;
    std::vector<std::string> warnings; ///< In words: what looks unusual and should be checked by eye.
    std::array<double, 256>
        volumes{}; ///< Per label within the T1's field of view [m³], without the added neck.
    std::optional<LesionReport> lesions; ///< Where there were lesion masks.
    std::optional<T2Report> t2;          ///< Where there was a second image.
};

/// Labels the tissues of a whole-head T1.
///
/// Layers are closed and nested: at least one voxel of CSF around grey and white matter, bone around CSF
/// (open only where the image cuts the spine), soft tissue around bone. There are no holes: air inside the
/// head becomes bone, the tissue nearest to an insulator, within 13 mm of the intracranial space (sinuses,
/// ears), soft tissue further out (mouth, lower nose). The head is one 6-connected part.
///
/// Deterministic for any number of threads. About 20 s for Colin27 at 1 mm.
/// \throws Error for an image that shows no whole head, for lesion masks as place_lesions() and
/// insert_lesions(), for a second image as place_t2() and judge_t2(), or where the template is needed and
/// missing.
[[nodiscard]] Segmentation segment_t1(const ScalarImage& t1, const SegmentationOptions& options = {});

} // namespace corticoil::imaging
