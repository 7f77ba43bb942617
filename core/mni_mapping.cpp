#include "core/mni_mapping.h"

namespace corticoil {

Vector3 MniMapping::direction_to_head(const Vector3& direction_mni) const {
    return (mni_from_head.linear().inverse() * direction_mni).normalized();
}

} // namespace corticoil
