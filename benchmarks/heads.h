#pragma once

#include "core/head_model.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::benchmarks {

/// The nested spheres of the table by name: `sphere_0.06M` … `sphere_2M`, after their million nodes.
[[nodiscard]] std::vector<std::string> sphere_names();

/// Mean edge length of a sphere of the table [m]. \throws Error for another name.
[[nodiscard]] double sphere_edge_length(const std::string& name);

/// A mesh of the table, nodes and tetrahedra reordered for locality. Spheres are made where the cache
/// ($XDG_CACHE_HOME/corticoil) does not have them; `file` is read for a head that is no sphere.
[[nodiscard]] TetMesh benchmark_mesh(const std::string& name, const std::filesystem::path& file);

/// Conductivities of the five layers [S/m]: `1:165` the usual ones (bone over CSF), `1:200` with bone
/// lowered, `1:1` all as CSF.
/// \throws Error for another contrast.
[[nodiscard]] Conductivities benchmark_conductivities(const std::string& contrast);

} // namespace corticoil::benchmarks
