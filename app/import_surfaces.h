#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "meshing/mesh_surfaces.h"

#include <string>
#include <vector>

namespace corticoil::app {

/// Makes a subject folder of surfaces: "scalp=FILE,skull=FILE,csf=FILE,grey=FILE,white=FILE", closed and
/// nested, in mm of the head, as STL, OFF or GIfTI; any of them, the scalp in any case. They are checked,
/// kept in surfaces/ as STL and voxelised for pictures. A T1 in the same frame gives the mapping to MNI
/// space. \throws Error for other words, files that cannot be read, and surfaces that HeadSurfaces refuses.
void run_surfaces(const std::string& surfaces, const std::string& t1, Session& session);

/// The surfaces that a subject keeps, outermost first; none where it was not made of surfaces.
[[nodiscard]] std::vector<meshing::HeadSurface> read_surfaces(const SubjectFolder& subject);

} // namespace corticoil::app
