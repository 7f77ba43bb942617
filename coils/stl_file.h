#pragma once

#include "core/surface_mesh.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace corticoil::coils {

/// Reads a triangulated surface from an STL file, binary or text, in millimetres: a coil's casing. Corners at
/// exactly the same place become one node, in order of appearance; triangles that touch a node twice, and the
/// stored normals, are left out: the order of the corners says where outside is. \throws Error naming the
/// file for anything else, sizes that contradict each other, and corners that are not finite or beyond 10 m.
[[nodiscard]] SurfaceMesh read_stl(const std::filesystem::path& path);

/// The same from memory; `name` stands in messages. Memory and time in proportion to the bytes.
[[nodiscard]] SurfaceMesh parse_stl(std::string_view bytes, const std::string& name);

/// Writes a binary STL file in millimetres, in single precision as the format has it; what read_stl() gave is
/// written back without a change. \throws Error for nodes that are not finite, and if the file cannot be
/// written.
void write_stl(const std::filesystem::path& path, const SurfaceMesh& mesh);

} // namespace corticoil::coils
