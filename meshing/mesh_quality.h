#pragma once

#include "core/image.h"
#include "core/tet_mesh.h"
#include "meshing/boundary_distance.h"

#include <array>
#include <map>
#include <optional>
#include <string>

namespace corticoil::meshing {

/// Figures of one tissue of a mesh.
struct TissueQuality {
    int n_tetrahedra = 0;
    double volume = 0.0;                      ///< [m³]
    std::optional<double> reference_volume;   ///< In the label map [m³].
    std::optional<double> volume_drift;       ///< volume / reference_volume − 1.
    double surface_area = 0.0;                ///< Of the faces towards other tissues and air [m²].
    int n_parts = 0;                          ///< Connected through faces within the tissue.
    double edge_length_min = 0.0;             ///< [m]
    double edge_length_mean = 0.0;            ///< [m]
    double edge_length_max = 0.0;             ///< [m]
    std::optional<BoundaryDistance> boundary; ///< From the label map's.
};

/// How good a mesh is for finite elements.
struct MeshQuality {
    int n_nodes = 0;
    int n_tetrahedra = 0;
    int n_inverted = 0; ///< Tetrahedra whose volume is not positive.
    int n_parts = 0;    ///< Connected through faces, over all tissues.
    int n_unused_nodes = 0;
    double smallest_dihedral_angle = 0.0; ///< Over all tetrahedra [degrees].
    double largest_dihedral_angle = 0.0;  ///< [degrees]

    /// Of each tetrahedron's smallest dihedral angle [degrees]: percentiles 0.1, 1, 5, 50.
    std::array<double, 4> dihedral_percentiles{};
    /// Tetrahedra by their smallest dihedral angle, in classes of 5°: [0, 5), [5, 10) … [70, 75).
    std::array<int, 15> dihedral_histogram{};

    double smallest_radius_ratio = 0.0; ///< 3 · inradius / circumradius, 1 for the regular tetrahedron.
    double mean_radius_ratio = 0.0;
    double surface_area = 0.0;                ///< Of the outer boundary [m²].
    std::optional<BoundaryDistance> boundary; ///< From the label map's, over all tissues.
    std::map<int, TissueQuality> tissues;
};

/// Percentiles reported in MeshQuality::dihedral_percentiles.
inline constexpr std::array<double, 4> dihedral_percentile_ranks{0.1, 1.0, 5.0, 50.0};

/// Measures a mesh; with a label map also each tissue's volume drift and boundary distance. Cost O(M log M).
[[nodiscard]] MeshQuality assess(const TetMesh& mesh, const LabelImage* reference = nullptr);

/// Mean edge of the tetrahedra of a label whose barycentres lie within `radius` of `centre` [m]; nothing
/// where there are none.
[[nodiscard]] std::optional<double> mean_edge_near(const TetMesh& mesh, int label, const Vector3& centre,
                                                   double radius);

/// One paragraph for a terminal: sizes, angles, and each tissue's volume with its drift.
[[nodiscard]] std::string describe(const MeshQuality& quality);

/// The six dihedral angles of a tetrahedron [degrees], at the edges 01, 02, 03, 12, 13, 23.
[[nodiscard]] std::array<double, 6> dihedral_angles(const Vector3& a, const Vector3& b, const Vector3& c,
                                                    const Vector3& d);

} // namespace corticoil::meshing
