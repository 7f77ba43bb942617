#pragma once

#include "core/tet_mesh.h"

#include <memory>

namespace corticoil::planning {

/// The head's outer surface, for poses and distances.
class Scalp {
  public:
    /// Takes the outermost connected part of the mesh's boundary: internal air has boundaries of its own.
    /// Keeps a reference to the mesh.
    explicit Scalp(const TetMesh& mesh);
    ~Scalp();
    Scalp(Scalp&&) noexcept;
    Scalp& operator=(Scalp&&) noexcept;

    [[nodiscard]] const SurfaceMesh& surface() const;

    /// Whether a point [m] lies in a tetrahedron of the head.
    [[nodiscard]] bool is_inside(const Vector3& point) const;

    /// The nearest point of the surface [m].
    [[nodiscard]] Vector3 nearest_point(const Vector3& point) const;

    /// Distance to the surface [m], negative inside the head.
    [[nodiscard]] double signed_distance(const Vector3& point) const;

    /// Outward unit normal at a point of the surface: the mean of the triangles' area vectors with Gaussian
    /// weights in the distance to `point`, of standard deviation `smoothing` [m], so that a coil rests on the
    /// head's shape rather than on a wrinkle or an ear.
    [[nodiscard]] Vector3 smoothed_normal(const Vector3& point, double smoothing) const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::planning
