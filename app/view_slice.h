#pragma once

#include "app/view_model.h"
#include "viz/live_bodies.h"
#include "viz/slices.h"

#include <vector>

namespace corticoil::app {

/// A plane through the head with what is drawn on it.
struct SlicePicture {
    viz::SlicePlane plane;
    viz::Canvas picture;
    std::vector<char> is_drawn; ///< Per pixel, row by row: the head is there.
};

/// |E| in the brain and the other tissues' colours, a pixel per millimetre. The plane spans the box from
/// `lowest` to `highest` [m], moved by a micrometre to the side that is seen, `side` (−1 or 1) along its
/// axis.
[[nodiscard]] SlicePicture slice_picture(const ViewModel& model, const ViewSlice& slice,
                                         const Vector3& lowest, const Vector3& highest, double side);

} // namespace corticoil::app
