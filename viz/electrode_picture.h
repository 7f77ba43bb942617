#pragma once

#include "core/surface_mesh.h"
#include "viz/picture_options.h"

#include <filesystem>
#include <span>
#include <string>

namespace corticoil::viz {

/// A named point on the scalp [m].
struct LabelledPoint {
    std::string name;
    Vector3 point = Vector3::Zero();
};

/// Draws the scalp from the left, from above and from behind with the named points on the side that is seen,
/// as PNG. Orthographic; of the picture's size the width counts, its height is half of that. Needs no OpenGL.
/// \throws Error if the file cannot be written. Cost: about a second.
void draw_electrodes(const SurfaceMesh& scalp, std::span<const LabelledPoint> points,
                     const PictureOptions& options, const std::filesystem::path& png);

} // namespace corticoil::viz
