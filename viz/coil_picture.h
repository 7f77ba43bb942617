#pragma once

#include "core/surface_mesh.h"
#include "viz/picture_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::viz {

/// What a picture of a coil shows. Lengths [m], coil frame: z points into the head, y prolongs the handle.
struct CoilScene {
    std::vector<Points> wires;  ///< Polylines in the direction of the current for dI/dt > 0.
    Points dipole_positions;    ///< For coils of magnetic dipoles; coloured by magnitude.
    VectorField dipole_moments; ///< As many.
    std::optional<SurfaceMesh> casing;
    std::optional<Vector3> induced_direction; ///< Of E for dI/dt > 0; none for round coils.
    std::string title;
    std::string subtitle;
};

/// Draws a coil from four sides on one scale: obliquely from behind, from the head, from the front (+y) and
/// from the side (−x), with axes, scale bar, casing as glass, the current's direction and the induced E, as
/// PNG (sRGB). Needs neither an X server nor a graphics card. \throws Error for a coil without wires and
/// dipoles, coordinates that are not finite or a file that cannot be written; MissingPartError without EGL.
void draw_coil(const CoilScene& scene, const PictureOptions& options, const std::filesystem::path& png);

/// Draws several coils obliquely, side by side on one scale, each with its title and subtitle below.
/// \throws Error as draw_coil() and for none.
void draw_coil_sheet(const std::vector<CoilScene>& scenes, const std::string& title,
                     const PictureOptions& options, const std::filesystem::path& png);

} // namespace corticoil::viz
