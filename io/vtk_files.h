#pragma once

#include "core/surface_mesh.h"
#include "core/tet_mesh.h"
#include "io/data_field.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::io {

/// Writes tetrahedra with `fields` in the order given and then their labels as the integer array `tissue`,
/// for ParaView: lengths in millimetres, everything else in SI, 32-bit reals, compressed (zlib, fastest). The
/// first scalar is active, so that ParaView opens coloured by it. `description` (units, dI/dt) goes into the
/// field data as the text array `description`. Written atomically. Cost: about 1 s per million tetrahedra and
/// 7 components. \throws Error if a value is not a finite number in 32 bits, or the file cannot be written.
void write_vtu(const std::filesystem::path& path, const TetMesh& mesh, const CellFields& fields,
               const std::string& description = {});

/// Writes a surface with fields per node in the same way.
void write_vtp(const std::filesystem::path& path, const SurfaceMesh& surface, const PointFields& fields,
               const std::string& description = {});

/// A surface with its fields per node.
struct SurfaceWithFields {
    SurfaceMesh surface;
    PointFields fields;
};

/// Reads a surface of triangles as `write_vtp` writes it, and as ParaView saves it with appended raw data
/// (little endian, zlib or no compression). Millimetres in the file, metres here; arrays of text and per
/// triangle are ignored. Memory is bounded by the file's size. \throws Error naming the file and the array if
/// it is missing, damaged, of another kind, or holds values that are not finite numbers.
[[nodiscard]] SurfaceWithFields read_vtp(const std::filesystem::path& path);

/// Tetrahedra with their labels and fields.
struct MeshWithFields {
    TetMesh mesh;
    CellFields fields;
};

/// Reads tetrahedra with the array `tissue` and those of `names` as `write_vtu` writes them; other arrays are
/// passed over. Lengths, limits and errors as read_vtp(). Cost: about 1 s per million tetrahedra.
[[nodiscard]] MeshWithFields read_vtu(const std::filesystem::path& path,
                                      const std::vector<std::string>& names);

} // namespace corticoil::io
