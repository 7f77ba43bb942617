#pragma once

#include "core/tet_mesh.h"

#include <string>
#include <vector>

namespace corticoil::test {

/// The same small mesh as a Gmsh file in every way to store it. Node numbers are sparse, one node is unused,
/// one tetrahedron is stored inside out, triangles are mixed in, and other sections stand between.
struct GmshSample {
    std::string name;
    std::string bytes;
};

[[nodiscard]] std::vector<GmshSample> gmsh_samples();

/// Format 2.2 as text, for tests that change a word.
[[nodiscard]] std::string gmsh_sample_2_text();

/// Format 4.1 as text.
[[nodiscard]] std::string gmsh_sample_4_text();

/// What they all hold [m].
[[nodiscard]] TetMesh gmsh_sample_mesh();

/// `text` with the only occurrence of `from` replaced; fails the calling test if there is not exactly one.
[[nodiscard]] std::string with_replaced(std::string text, const std::string& from, const std::string& to);

} // namespace corticoil::test
