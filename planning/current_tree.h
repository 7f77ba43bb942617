#pragma once

#include "core/types.h"

#include <memory>

namespace corticoil::planning {

/// The magnetic field of current elements by a treecode: positions are sorted into boxes once, elements are
/// given with each request.
///
/// B(r) = µ0/4π Σ_j (x_j − r) × c_j/|x_j − r|³ for elements c_j [A·m] at x_j [m]. Far boxes of sources are
/// replaced by their elements' moments at Chebyshev points, with the same kernel between (barycentric
/// Lagrange treecode: Wang, Krasny & Tlupova 2020, Commun Comput Phys 28:1415). Single precision kernels, the
/// instruction set chosen at run time.
class CurrentTree {
  public:
    /// Bound of the error over the largest |B| among points that lie outside the sources by a centimetre or
    /// more.
    static constexpr double relative_error = 3e-4;

    /// Cost O(N log N).
    explicit CurrentTree(Points positions);
    ~CurrentTree();
    CurrentTree(CurrentTree&&) noexcept;
    CurrentTree& operator=(CurrentTree&&) noexcept;

    [[nodiscard]] const Points& positions() const;

    /// B at `points` (3×N [m]) of n sets of elements at positions(), (3n) × N_positions, set by set; (3n) ×
    /// N. Points at a source itself give what is not a number. The result does not depend on the number of
    /// threads.
    [[nodiscard]] Eigen::MatrixXf magnetic_field(const Eigen::MatrixXd& elements, const Points& points) const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::planning
