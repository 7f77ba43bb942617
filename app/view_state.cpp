#include "app/view_state.h"

#include <utility>

namespace corticoil::app {

bool is_same(const RigidTransform& a, const RigidTransform& b) {
    return a.matrix() == b.matrix();
}

bool is_same(const ViewState& a, const ViewState& b) {
    const auto slice = [](const ViewState& state) {
        return state.slice ? std::pair(state.slice->axis, state.slice->position) : std::pair(-1, 0.0);
    };
    return a.coil == b.coil && a.target == b.target && is_same(a.pose, b.pose) &&
           a.stance.gap == b.stance.gap && a.scalar == b.scalar && a.cap == b.cap && slice(a) == slice(b) &&
           a.picked == b.picked && a.shows_scalp == b.shows_scalp && a.shows_coil == b.shows_coil &&
           a.shows_roi == b.shows_roi && a.is_dark == b.is_dark;
}

} // namespace corticoil::app
