#include "app/view_slice.h"

#include "app/view_panel.h"
#include "core/tissue.h"
#include "viz/segmentation_picture.h"

namespace corticoil::app {

namespace {

viz::SlicePlane plane_of(const ViewSlice& slice, const Vector3& lowest, const Vector3& highest, double side) {
    constexpr double pixel = 0.001; // [m]
    constexpr double ahead = 1e-6;  // [m]
    const int across = slice.axis == 0 ? 1 : 0;
    const int down = slice.axis == 2 ? 1 : 2;
    viz::SlicePlane plane;
    plane.corner = lowest;
    plane.corner[slice.axis] = slice.position - ahead * side;
    plane.corner[down] = highest[down];
    plane.right = pixel * Vector3::Unit(across);
    plane.down = -pixel * Vector3::Unit(down);
    plane.width = static_cast<int>((highest - lowest)[across] / pixel) + 1;
    plane.height = static_cast<int>((highest - lowest)[down] / pixel) + 1;
    return plane;
}

viz::Colour colour_of(const ViewModel::Sample& sample, const viz::LiveColours& colours) {
    if (!sample.field || !tissue::is_brain(sample.label))
        return viz::mix(viz::tissue_colour(sample.label), viz::white, 0.55F);
    const Eigen::VectorXd magnitude = Eigen::VectorXd::Constant(1, sample.field->norm());
    const viz::Colour colour = viz::live_colours(magnitude, Eigen::VectorXd::Ones(1), colours).front();
    return sample.label == tissue::white_matter ? viz::mix(colour, viz::white, 0.12F) : colour;
}

} // namespace

SlicePicture slice_picture(const ViewModel& model, const ViewSlice& slice, const Vector3& lowest,
                           const Vector3& highest, double side) {
    const viz::SlicePlane plane = plane_of(slice, lowest, highest, side);
    viz::LiveColours colours = view_colours(model);
    colours.is_signed = false; // |E|, whatever the cortex shows.
    // Strips of pixels reach beyond the head by one: skin is drawn there, too.
    const viz::Colour rim = colour_of({tissue::scalp, std::nullopt}, colours);
    SlicePicture result{plane, viz::Canvas(plane.width, plane.height, rim), {}};
    result.is_drawn.reserve(static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(plane.height));
    for (int row = 0; row < plane.height; ++row) {
        for (int column = 0; column < plane.width; ++column) {
            const auto sample = model.sample(plane.point(column + 0.5, row + 0.5));
            result.is_drawn.push_back(sample ? 1 : 0);
            if (sample) result.picture.set(column, row, colour_of(*sample, colours));
        }
    }
    return result;
}

} // namespace corticoil::app
