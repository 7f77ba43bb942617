#pragma once

#include "core/image.h"
#include "imaging/voxel_distance.h"

#include <string>
#include <vector>

namespace corticoil::imaging {

/// Looks at a mask (lesions, black holes, a brain) that goes with a head: is it one, and does it lie on it?
/// `head` is not 0 where the mask should lie (the head, or better the intracranial space), on the T1's grid;
/// `name` (the file) stands before each message. Returns what to know in words.
///
/// \throws Error, with what to do, for a mask that is empty, that holds an image's intensities rather than a
/// mask, or that has less than a tenth of its voxels on the head.
[[nodiscard]] std::vector<std::string> check_overlap(const ScalarImage& mask, const Mask& head,
                                                     const std::string& name);

} // namespace corticoil::imaging
