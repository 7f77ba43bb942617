#pragma once

#include "coils/coil.h"
#include "core/rigid_transform.h"

#include <cstddef>
#include <memory>

namespace corticoil::coils {

/// The vector potential of a coil by polynomials of its own frame: as accurate as a head needs, at some ten
/// nanoseconds a point.
///
/// An octree around the coil is refined where sources are near: a cell has a polynomial of degree 7 in each
/// variable, through the exact A at Chebyshev points, once no source lies in the cell or in the ring of cells
/// of its size around it. A's components are harmonic there, so the polynomials converge geometrically. Cells
/// are made when a point first falls into them; the value at a point does not depend on which others were
/// asked for. Points outside the octree or nearer to a source than its smallest cells (about 3 mm) are
/// evaluated exactly.
class PotentialInterpolant {
  public:
    /// Bound of |A − exact| over the largest |A| in a head that keeps 2 mm from the casing; a bound of
    /// |A − exact|/|A| at the same points. Both are tested over the coil library.
    static constexpr double error_of_largest = 1e-5;
    static constexpr double error_of_local = 1e-3;

    /// Copies the coil; cheap. A coil with sampled A is evaluated as vector_potential() does.
    explicit PotentialInterpolant(const Coil& coil);
    ~PotentialInterpolant();
    PotentialInterpolant(PotentialInterpolant&&) noexcept;
    PotentialInterpolant& operator=(PotentialInterpolant&&) noexcept;

    /// As coils::vector_potential(): A per ampere [T·m/A] at `points` (3×N, coil frame [m]), 3×N. From one
    /// thread at a time, OpenMP inside; the result does not depend on the number of threads. \throws as it.
    [[nodiscard]] VectorField vector_potential(const Eigen::Ref<const Points>& points) const;

    /// Whether this is the interpolant of a coil with these very sources.
    [[nodiscard]] bool belongs_to(const Coil& coil) const;

    /// Cells with a polynomial so far.
    [[nodiscard]] std::size_t n_cells() const;

  private:
    struct Tree;
    std::unique_ptr<Tree> tree_;
};

/// As coils::rate_of_vector_potential(), from the interpolant of a coil at a place: ∂A/∂t [V/m] at `points`
/// (3×N, head frame [m]) for a coil current that changes by `didt` [A/s].
[[nodiscard]] VectorField rate_of_vector_potential(const PotentialInterpolant& interpolant,
                                                   const RigidTransform& head_from_coil, double didt,
                                                   const Eigen::Ref<const Points>& points);

} // namespace corticoil::coils
