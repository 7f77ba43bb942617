#pragma once

#include "core/image.h"
#include "core/mni_mapping.h"

namespace corticoil::imaging {

/// Labels the two eyeballs where they show: near their place in MNI space, the sphere of 10 to 13 mm whose
/// inside is dark (vitreous, not air) and whose surroundings are bright (fat and muscle of the orbit); what
/// counts as dark is chosen so that the two differ most. Only soft tissue and bone become eyes. Returns how
/// many were found.
int add_eyes(const ScalarImage& t1, const MniMapping& mni, LabelImage& labels);

} // namespace corticoil::imaging
