#pragma once

#include "core/tet_mesh.h"
#include "io/data_field.h"

#include <filesystem>

namespace corticoil::io {

/// A mesh as a Gmsh file holds it, and what reading it changed.
struct GmshMesh {
    TetMesh mesh;
    int n_reoriented = 0;   ///< Tetrahedra of negative volume, two corners of which were swapped.
    int n_unused_nodes = 0; ///< Nodes of no tetrahedron, dropped.
    bool labels_are_entities =
        false; ///< No tetrahedron has a physical tag, so labels are the tags of entities.
};

/// Reads the tetrahedra of a Gmsh file of format 2.x or 4.1, text or binary of either byte order.
///
/// Coordinates are millimetres in the file and metres here. Labels are the physical tags of the four-node
/// tetrahedra; if no tetrahedron has one, the tags of their (elementary) entities. Points, lines, triangles
/// and quadrilaterals are ignored, and so are all sections but $MeshFormat, $Entities, $Nodes and $Elements.
/// Nodes and tetrahedra come in the order of their numbers in the file, so that one mesh in several formats
/// gives the same result. Memory is bounded by a small multiple of the file's size. Cost O(n) for files in
/// order of numbers. \throws Error naming file, section and line (text) or byte (binary) for other formats,
/// volume elements that are not four-node tetrahedra, damaged or inconsistent content (cut off, counts beyond
/// the file's size, duplicate node numbers, references to missing nodes, coordinates that are no finite
/// number below 1 km), tetrahedra that are flat or present twice, and labels that are missing for some
/// tetrahedra, ambiguous, or outside 1 … 65535.
[[nodiscard]] GmshMesh read_gmsh_with_report(const std::filesystem::path& path);

/// The mesh alone.
[[nodiscard]] TetMesh read_gmsh(const std::filesystem::path& path);

/// Writes a Gmsh 4.1 binary file in millimetres: one volume entity and one physical group per label, named by
/// tissue, and each of `fields` as $ElementData (1, 3 or 9 components). Written atomically. `read_gmsh` gives
/// the same mesh back, without nodes that no tetrahedron uses. \throws Error for an empty mesh, labels
/// outside 1 … 65535, coordinates that are not finite numbers, and if the file cannot be written.
void write_gmsh(const std::filesystem::path& path, const TetMesh& mesh, const CellFields& fields = {});

} // namespace corticoil::io
