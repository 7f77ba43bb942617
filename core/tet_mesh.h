#pragma once

#include "core/surface_mesh.h"
#include "core/types.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace corticoil {

/// Labelled tetrahedra: nodes [m], node indices, and one tissue label per tetrahedron.
struct TetMesh {
    Points nodes;
    Tetrahedra tetrahedra;
    std::vector<int> labels;

    [[nodiscard]] int n_nodes() const { return static_cast<int>(nodes.cols()); }
    [[nodiscard]] int n_tetrahedra() const { return static_cast<int>(tetrahedra.cols()); }
};

/// Signed volume of each tetrahedron [m³]; positive when oriented as Tetrahedra says.
[[nodiscard]] Eigen::VectorXd tetrahedron_volumes(const TetMesh& mesh);

/// Barycentre of each tetrahedron, 3×M [m].
[[nodiscard]] Points barycentres(const TetMesh& mesh);

/// Total volume per label [m³].
[[nodiscard]] std::map<int, double> volumes_by_label(const TetMesh& mesh);

/// Connected part of each tetrahedron (shared faces connect), numbered from 0 by decreasing number of
/// tetrahedra.
[[nodiscard]] std::vector<int> connected_parts(const TetMesh& mesh);

/// The tetrahedra for which `keep` is true, with the nodes that they use, in the same order.
[[nodiscard]] TetMesh extract(const TetMesh& mesh, const std::function<bool(int tetrahedron)>& keep);

/// Faces between an inside and what is not inside, with where they came from.
struct BoundarySurface {
    SurfaceMesh surface;
    std::vector<int> mesh_node;         ///< Per surface node: its node in the mesh.
    std::vector<int> inner_tetrahedron; ///< Per triangle: the tetrahedron on the inner side.
};

/// The faces of tetrahedra that are `inside` and whose neighbour across the face is absent, or neither inside
/// nor `ignored`; oriented outwards.
[[nodiscard]] BoundarySurface boundary_between(const TetMesh& mesh,
                                               const std::function<bool(int label)>& inside,
                                               const std::function<bool(int label)>& ignored);

/// The outer boundary of everything meshed: for a head, the skin and any internal air.
[[nodiscard]] BoundarySurface outer_boundary(const TetMesh& mesh);

/// The boundary of grey matter towards CSF and whatever else is not brain tissue: the pial surface.
[[nodiscard]] BoundarySurface grey_matter_boundary(const TetMesh& mesh);

/// Finds the tetrahedron that holds a point.
class PointLocator {
  public:
    /// Builds a grid over the mesh; keeps a reference to it. Cost O(M).
    explicit PointLocator(const TetMesh& mesh);

    /// The tetrahedron that holds `point` [m], or nothing outside the mesh.
    [[nodiscard]] std::optional<int> find(const Vector3& point) const;

  private:
    [[nodiscard]] Eigen::Vector3i cell_of(const Vector3& point) const;
    [[nodiscard]] std::size_t cell_index(const Eigen::Vector3i& cell) const;

    const TetMesh& mesh_;
    Vector3 origin_ = Vector3::Zero();
    Vector3 cell_size_ = Vector3::Ones();
    Eigen::Vector3i n_cells_ = Eigen::Vector3i::Ones();
    std::vector<int> cell_start_; ///< CSR over cells.
    std::vector<int> cell_tetrahedra_;
};

} // namespace corticoil
