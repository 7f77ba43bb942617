#pragma once

#include "core/image.h"

#include <optional>
#include <string>

namespace corticoil::imaging {

/// How well a head fits the template as its header places it, and turned by quarter turns.
struct OrientationFit {
    double as_given = 0;    ///< Normalised mutual information (1 … 2) of the head as the header places it.
    double best_turned = 0; ///< The highest of the 23 other right-handed orientations.
    Eigen::Matrix3d best_turn; ///< That orientation: template axes from the header's axes.
};

/// Fits the head to the template in all 24 right-handed orientations at 8 mm, each improved by shifts, small
/// turns and a scale; normalised mutual information (Studholme et al. 1999, Pattern Recognit 32:71). A head
/// is nearly its own mirror image, so left-handed orientations fit like one of these: swapped left and right
/// cannot be seen. Repeats exactly. About 1 s.
[[nodiscard]] OrientationFit fit_orientations(const ScalarImage& t1, const ScalarImage& template_t1);

/// Where another orientation fits clearly better than the header's: which of the header's directions are
/// wrong and what to do, in words; nothing where the header agrees with the head.
[[nodiscard]] std::optional<std::string> describe_wrong_orientation(const OrientationFit& fit);

} // namespace corticoil::imaging
