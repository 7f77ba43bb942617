#pragma once

#include "core/surface_mesh.h"

#include <filesystem>

namespace corticoil::io {

/// Reads an OFF file: a header, numbers of nodes and faces, coordinates in mm (metres here), triangles; what
/// follows a face on its line (colours) is passed over. Memory is bounded by a small multiple of the file's
/// size. \throws Error with the line for anything else: faces of other than three corners, indices of no
/// node, coordinates that are not finite or beyond 10 m, a file that ends early.
[[nodiscard]] SurfaceMesh read_off(const std::filesystem::path& path);

} // namespace corticoil::io
