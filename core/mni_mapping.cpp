#include "core/mni_mapping.h"

namespace corticoil {

Vector3 MniMapping::to_mni(const Vector3& p_head) const {
    const Vector3 affine = mni_from_head * p_head;
    return is_deformable() ? Vector3(affine + interpolate(*mni_warp, p_head)) : affine;
}

Vector3 MniMapping::to_head(const Vector3& p_mni) const {
    const Vector3 affine = mni_from_head.inverse() * p_mni;
    return is_deformable() ? Vector3(affine + interpolate(*head_warp, p_mni)) : affine;
}

Vector3 MniMapping::direction_to_head(const Vector3& direction_mni) const {
    return (mni_from_head.linear().inverse() * direction_mni).normalized();
}

} // namespace corticoil
