#include "solver/gradients.h"

#include <Eigen/Geometry>

namespace corticoil::solver {

TetrahedronGradients gradients_of(const TetMesh& mesh, int tetrahedron) {
    const Vector3 a = mesh.nodes.col(mesh.tetrahedra(0, tetrahedron));
    const Vector3 ab = mesh.nodes.col(mesh.tetrahedra(1, tetrahedron)) - a;
    const Vector3 ac = mesh.nodes.col(mesh.tetrahedra(2, tetrahedron)) - a;
    const Vector3 ad = mesh.nodes.col(mesh.tetrahedra(3, tetrahedron)) - a;
    // ∇λ_b = (ac × ad)/6V and so on by cyclic exchange; ∇λ_a = −Σ of the others since Σλ = 1.
    const double six_volumes = ab.cross(ac).dot(ad);
    TetrahedronGradients result;
    result.volume = six_volumes / 6;
    result.gradients.col(1) = ac.cross(ad) / six_volumes;
    result.gradients.col(2) = ad.cross(ab) / six_volumes;
    result.gradients.col(3) = ab.cross(ac) / six_volumes;
    result.gradients.col(0) = -(result.gradients.col(1) + result.gradients.col(2) + result.gradients.col(3));
    return result;
}

} // namespace corticoil::solver
