#pragma once

#include "core/image.h"
#include "core/progress.h"
#include "core/tet_mesh.h"
#include "meshing/mesh_quality.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::meshing {

/// How fine a head mesh is: grey matter near the scalp has edges of about 2.6, 1.5 and 1.1 mm; an adult head
/// about 0.15, 0.7 and 1.7 million nodes.
enum class Resolution { draft, standard, fine };

/// `draft`, `standard` or `fine`, in any case of letters. \throws Error for anything else.
[[nodiscard]] Resolution parse_resolution(std::string_view text);

[[nodiscard]] std::string_view to_string(Resolution resolution);

/// Upper bounds of element sizes [m].
struct ElementSize {
    double facet = 0.0;    ///< Circumradius of interface triangles.
    double distance = 0.0; ///< Between an interface triangle and the interface.
    double cell = 0.0;     ///< Circumradius of tetrahedra.
};

/// The sizes of a resolution in grey matter near the scalp; size_field.h scales them elsewhere.
[[nodiscard]] ElementSize base_size(Resolution resolution);

/// Elements around a target are smaller by this.
inline constexpr double target_size_factor = 0.7;

struct HeadMeshOptions {
    Resolution resolution = Resolution::standard;
    std::vector<Vector3> targets;       ///< Points of the head [m] around which elements are smaller.
    std::map<int, double> size_factors; ///< Per label, replaces the default factor on facet and cell size.
    Progress progress;
};

struct HeadMesh {
    TetMesh mesh; ///< Head frame [m].
    MeshQuality quality;
    std::vector<std::string> warnings;
};

/// Tetrahedra that fill every labelled voxel region, with smooth interfaces that keep the label map's
/// volumes.
///
/// Label 0 is air and is not meshed. The interfaces are those of a smoothed label map whose local volumes and
/// thin layers are kept (label_field.h), not the voxels' stairs; in the end they are shifted by a fraction of
/// the facet distance so that each tissue has its volume (volume_calibration.h). Elements are finer in grey
/// matter, CSF and thin layers, coarser in the scalp and below the brain. The result is one conductor
/// connected through faces, positively oriented, without unused nodes; the same input gives the same bits.
/// \throws Error for label maps that cannot be a head (empty, unknown labels, voxels of an absurd size,
/// several large parts), and if the mesh misses the limits on orientation, angles, connection or tissue
/// volumes.
[[nodiscard]] HeadMesh mesh_head(const LabelImage& tissues, const HeadMeshOptions& options);

} // namespace corticoil::meshing
