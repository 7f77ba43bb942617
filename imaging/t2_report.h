#pragma once

#include <Eigen/Geometry>

#include <string>
#include <vector>

namespace corticoil::imaging {

/// What a second image shows: CSF brighter than the brain, or darker with grey matter brighter than white.
enum class T2Contrast { t2, flair };

/// "T2-weighted" or "a FLAIR".
[[nodiscard]] std::string describe_t2_contrast(T2Contrast contrast);

/// What became of a second image, for reports.
struct T2Report {
    T2Contrast contrast = T2Contrast::t2;
    double csf_to_grey = 0; ///< Ratios of intensities.
    double white_to_grey = 0;
    Eigen::Affine3d t2_from_t1 = Eigen::Affine3d::Identity();
    double shift = 0;         ///< How far the registration moved the middle of the brain [m].
    double rotation = 0;      ///< [rad]
    double agreement = 0;     ///< Mean share of CSF and of brain of the T1 that it shows as such, 0 … 1.
    double brain_covered = 0; ///< Share of the brain in its field of view.
    bool is_used_for_skull = false;
    std::vector<std::string> warnings;
};

} // namespace corticoil::imaging
