#pragma once

#include "core/image.h"
#include "imaging/templates.h"

#include <functional>

namespace corticoil::test {

/// Where a test puts the template: 20° about an oblique axis, and a shift; head from MNI space [m].
[[nodiscard]] Eigen::Affine3d oblique_placement();

/// A bend of MNI space on top of that placement: sines of 3 mm in each direction, 90 mm long. Smooth and of
/// the size by which one person's brain differs from another's after an affine.
[[nodiscard]] Vector3 bent(const Vector3& p_mni);
/// Its inverse, by fixed-point iteration.
[[nodiscard]] Vector3 unbent(const Vector3& p_head);

/// The image as a scanner with other axes and another contrast would have shown it: trilinear on cubic voxels
/// of `spacing` [m] along the head's axes over all that the moved image covers, intensities by a power of 0.7
/// (monotone; flattens white against grey matter) and on another scale. The functions are inverses.
[[nodiscard]] ScalarImage moved(const ScalarImage& image, double spacing,
                                const std::function<Vector3(const Vector3&)>& head_from_mni,
                                const std::function<Vector3(const Vector3&)>& mni_from_head);

/// Voxel centres of the brain (white and grey matter), every `step`-th along each axis [m].
[[nodiscard]] std::vector<Vector3> brain_points(const LabelImage& labels, int step);

/// Value below which a share of the values lies.
[[nodiscard]] double quantile(std::vector<double> values, double share);

/// The template on every `step`-th voxel: registering to it costs the cube of that less.
[[nodiscard]] imaging::MniTemplate coarse_template(const imaging::MniTemplate& mni, int step);

} // namespace corticoil::test
