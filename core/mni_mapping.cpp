#include "core/mni_mapping.h"

namespace corticoil {

Vector3 MniMapping::to_mni(const Vector3& p_head) const {
    Vector3 q = mni_from_head * p_head;
    if (!is_deformable()) return q;
    q += interpolate(*mni_warp, p_head);
    // Between its grid points mni_warp is the inverse of to_head() up to a fraction of a millimetre; the rest
    // is made up by the iteration q ← q + step · A (p − to_head(q)), with a shorter step where that misses
    // further: where to_head() stretches.
    constexpr double close_enough = 0.05e-3; // [m]
    constexpr int most_steps = 40;
    double length = 1;
    Vector3 miss = p_head - to_head(q);
    for (int step = 0; step < most_steps && miss.norm() > close_enough; ++step) {
        const Vector3 nearer = q + length * (mni_from_head.linear() * miss);
        const Vector3 next_miss = p_head - to_head(nearer);
        if (next_miss.norm() < miss.norm()) {
            q = nearer;
            miss = next_miss;
        } else {
            length /= 2;
        }
    }
    return q;
}

Vector3 MniMapping::to_head(const Vector3& p_mni) const {
    const Vector3 affine = mni_from_head.inverse() * p_mni;
    return is_deformable() ? Vector3(affine + interpolate(*head_warp, p_mni)) : affine;
}

Vector3 MniMapping::direction_to_head(const Vector3& direction_mni) const {
    return (mni_from_head.linear().inverse() * direction_mni).normalized();
}

} // namespace corticoil
