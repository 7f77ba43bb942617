#pragma once

#include "core/conductivity.h"
#include "solver/element_field.h"
#include "solver/element_space.h"

#include <array>
#include <vector>

namespace corticoil::solver {

/// b_i = −∫ σ ∇N_i·∂A/∂t dV from ∂A/∂t [V/m] projected onto what the elements see: the volume form, for any σ
/// per tetrahedron [S/m]. From ∇·(σ∇φ) = −∇·(σ∂A/∂t) with an insulating boundary, n·σE = 0.
[[nodiscard]] Eigen::VectorXd load_of_rate_of_vector_potential(const ElementSpace& space,
                                                               const Conductivity& conductivity,
                                                               const ElementField& rate);

/// b_i = ∫ ∇N_i·J dV for a current density J impressed in the volume [A/m²]; ∇·(σE + J) = 0.
[[nodiscard]] Eigen::VectorXd load_of_impressed_current(const ElementSpace& space,
                                                        const ElementField& current);

/// b_i = −∮ N_i J·n dS for a current density that leaves through the outer boundary [A/m²], n outwards;
/// quadrature of degree 2 per triangle for P1 and of degree 3 for P2.
[[nodiscard]] Eigen::VectorXd load_of_boundary_current(const ElementSpace& space,
                                                       const FieldFunction& current);

/// The same load as load_of_rate_of_vector_potential() from ∂A/∂t on interfaces alone: with ∇·∂A/∂t = 0 and σ
/// constant on both sides of every triangle but across it, Gauss' theorem leaves b_i = −Σ_T (σ_in − σ_out) ∫
/// N_i n·∂A/∂t dS over the triangles where σ jumps, those to air with σ_out = 0; n from in to out. Fewer
/// points than the volume form needs and no quadrature error of the interior. Quadrature: edge midpoints for
/// P1 (degree 2); corners, midpoints and centres for P2 (degree 3), each point evaluated once.
class InterfaceSource {
  public:
    /// Cost O(M); keeps a reference to the space. \throws Error for anisotropic conductivities.
    InterfaceSource(const ElementSpace& space, const Conductivity& conductivity);

    /// Where ∂A/∂t is needed, 3×N [m].
    [[nodiscard]] const Points& points() const { return points_; }
    /// b from ∂A/∂t at points() [V/m].
    [[nodiscard]] Eigen::VectorXd load(const VectorField& rate_at_points) const;
    /// The transpose of load(): c at points(), 3×N, with Σ c·a = potential·load(a) for every a. Along the
    /// triangles' normals; what adjoint_current.h is about.
    [[nodiscard]] VectorField current(const Eigen::VectorXd& potential) const;

  private:
    /// A triangle where σ jumps: the face of its first tetrahedron opposite to one of its corners.
    struct Face {
        Vector3 weighted_area; ///< −(σ_in − σ_out) n × area.
        int tetrahedron;
        int opposite;
        std::array<int, 7> points; ///< Corners, midpoints opposite to them, centre; −1 where not used.
    };
    void find_faces(const Conductivity& conductivity);
    void place_midpoints();
    void place_corners_and_centres();
    [[nodiscard]] int node(const Face& face, std::size_t corner) const;
    [[nodiscard]] std::array<int, 6> unknowns_of(const Face& face) const;

    const ElementSpace& space_;
    std::vector<Face> faces_;
    Points points_;
};

} // namespace corticoil::solver
