#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"
#include "imaging/brain_classes.h"
#include "imaging/templates.h"

#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

/// Intensities of a head where the template has its tissues, each as the median over blocks of the ratio to
/// grey matter in the same block, so that a bias field does not count. 0 where no block holds both tissues.
struct ContrastRatios {
    double white_to_grey = 0; ///< T1 above 1; T2, PD and FLAIR below.
    double csf_to_grey = 0;   ///< T1 and FLAIR below 1, T2 and PD above.
};

/// Compares a head with the template's classes (from the template's own T1 and brain) carried over by
/// `mapping`. About 1 s.
[[nodiscard]] ContrastRatios find_contrast(const ScalarImage& t1, const MniTemplate& mni,
                                           const MniMapping& mapping);

/// \throws Error that says what the contrast looks like where it is clearly not that of a T1: CSF brighter
/// than grey matter (T2 or PD), grey matter brighter than white with dark CSF (FLAIR).
void refuse_wrong_contrast(const ContrastRatios& contrast);

/// A warning where the face that the template has in front of the skull base is air on this head: defaced for
/// anonymity; what it costs and what not. Nothing where the face is there or outside the image.
[[nodiscard]] std::optional<std::string>
describe_missing_face(const Mask& head, const ScalarImage& template_t1, const MniMapping& mapping);

/// Both of these for a registered head: warnings in words. \throws Error as refuse_wrong_contrast().
[[nodiscard]] std::vector<std::string> check_against_template(const ScalarImage& t1, const Mask& head,
                                                              const MniTemplate& mni,
                                                              const MniMapping& mapping);

/// A warning where more of the intracranial space than vessels of a plain T1 fill is clearly brighter than
/// white matter: a contrast agent (gadolinium) was given. `t1` bias-corrected, `intensities` of its brain.
[[nodiscard]] std::optional<std::string> describe_enhancement(const ScalarImage& t1, const Mask& brain,
                                                              const BrainIntensities& intensities);

} // namespace corticoil::imaging
