#pragma once

#include "core/surface_mesh.h"
#include "io/data_field.h"

#include <filesystem>

namespace corticoil::io {

/// Reads a surface in GIfTI (.surf.gii, .gii): one array of points [mm in the file, metres here] and one of
/// triangles, as text, base64 or compressed base64, either byte order, rows or columns first. A matrix that
/// takes the points to the scanner's space is applied, unless they are in it already; matrices to other
/// spaces are not. Source: GIFTI Surface Data Format, version 1.0. Memory is bounded by a small multiple of
/// what the file really holds. \throws Error for anything else: several point sets, arrays in other files,
/// damaged data, indices of no node, coordinates that are not finite or beyond 10 m.
[[nodiscard]] SurfaceMesh read_gifti(const std::filesystem::path& path);

/// Writes a surface (.surf.gii): points in mm of the scanner's space in 32-bit floats, and triangles, as
/// compressed base64. \throws Error if the file cannot be written.
void write_gifti(const std::filesystem::path& path, const SurfaceMesh& surface);

/// Writes arrays of one value per node (.shape.gii, .func.gii) in 32-bit floats, each under its name, for the
/// surface of the same nodes. \throws Error as write_gifti().
void write_gifti_values(const std::filesystem::path& path, const PointFields& fields);

} // namespace corticoil::io
