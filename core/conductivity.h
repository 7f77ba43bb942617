#pragma once

#include "core/types.h"

namespace corticoil {

/// Symmetric 3×3 tensors as columns (xx, yy, zz, xy, xz, yz), 6×M.
using SymmetricTensors = Eigen::Matrix<double, 6, Eigen::Dynamic>;

/// The conductivity of each tetrahedron [S/m]: one number each, or a symmetric 3×3 tensor each.
class Conductivity {
  public:
    Conductivity() = default;
    /// One number per tetrahedron. Implicit: most heads are isotropic.
    Conductivity(Eigen::VectorXd isotropic); // NOLINT(google-explicit-constructor)
    /// One tensor per tetrahedron, in the head frame.
    explicit Conductivity(SymmetricTensors tensors);

    [[nodiscard]] int size() const;
    [[nodiscard]] bool is_isotropic() const { return tensors_.cols() == 0; }

    /// The value of a tetrahedron; of isotropic conductivities only.
    [[nodiscard]] double& operator[](Eigen::Index tetrahedron);
    [[nodiscard]] double operator[](Eigen::Index tetrahedron) const;
    /// All values; of isotropic conductivities only.
    [[nodiscard]] const Eigen::VectorXd& isotropic() const;
    /// All tensors; of anisotropic conductivities only.
    [[nodiscard]] const SymmetricTensors& tensors() const;

    /// σ of a tetrahedron as a matrix.
    [[nodiscard]] Eigen::Matrix3d tensor(int tetrahedron) const;
    /// A third of the trace: the value itself where σ is isotropic.
    [[nodiscard]] double mean(int tetrahedron) const;
    /// σ v in a tetrahedron.
    [[nodiscard]] Vector3 times(int tetrahedron, const Vector3& v) const;

    Conductivity& operator*=(double factor);

  private:
    Eigen::VectorXd isotropic_;
    SymmetricTensors tensors_;
};

} // namespace corticoil
