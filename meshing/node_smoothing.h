#pragma once

#include "meshing/editable_mesh.h"
#include "meshing/sliver_removal.h"

#include <unordered_map>

namespace corticoil::meshing {

/// Moves single nodes to where the worst tetrahedron around them is best.
class NodeSmoother {
  public:
    /// Keeps references to both.
    NodeSmoother(EditableMesh& mesh, const SliverRemovalOptions& options) : mesh_(mesh), options_(options) {}

    /// Pattern search from the node's position. Returns whether it moved.
    bool smooth(int node);

  private:
    /// What a node lies on: nothing (it is inside one tissue), the interface of two labels, or where more
    /// meet.
    struct Place {
        int n_label_pairs = 0;
        int label = 0;
        int other_label = 0;
        Vector3 normal = Vector3::Zero();
    };

    [[nodiscard]] Place place_of(int node) const;
    [[nodiscard]] std::optional<Vector3> allowed(int node, const Place& place, const Vector3& wanted) const;
    [[nodiscard]] double worst_with(int node, const Vector3& position, double stop_below) const;
    [[nodiscard]] double step_length(int node) const;

    EditableMesh& mesh_;
    const SliverRemovalOptions& options_;
    std::unordered_map<int, Vector3> start_; ///< Where nodes were that moved without a projection.
};

} // namespace corticoil::meshing
