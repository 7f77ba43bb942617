#pragma once

#include "core/head_model.h"
#include "core/image.h"

#include <vector>

namespace corticoil::planning {

/// Lesion masks beside a mesh that does not know of them.
struct LesionMaskPair {
    LabelImage lesions;     ///< Not 0 in lesions, black holes included.
    LabelImage black_holes; ///< On the same grid, part of `lesions`; may be empty (no voxels).
};

/// The part of each tetrahedron that lesions cover; brain tissue only (white and grey matter, 51, 52).
struct LesionCoverage {
    std::vector<int> tetrahedra;  ///< Those that are covered in part or whole, ascending.
    std::vector<int> lesion;      ///< Per entry: the 26-connected lesion (from 0) that covers most of it.
    Eigen::VectorXd shares;       ///< Per entry: the share covered by lesions, black holes included.
    Eigen::VectorXd black_shares; ///< Per entry: the share covered by black holes.
    int n_lesions = 0;            ///< In the mask, covered or not.
    double mask_volume = 0;       ///< Of the mask [m³].
    double covered_volume = 0; ///< Of the tetrahedra's covered shares [m³]: less where the mask leaves the
                               ///< brain.
};

/// Samples each tetrahedron of brain tissue at 35 points. \throws Error for an empty mask, and one that
/// covers nothing of the brain.
[[nodiscard]] LesionCoverage cover_tetrahedra(const TetMesh& mesh, const LesionMaskPair& masks);

/// The conductivity of a tetrahedron of `host` [S/m] of which a `share` has `other`: the harmonic mean, as of
/// resistors in series (Patankar 1980, Numerical Heat Transfer and Fluid Flow, section 4.2-3). Elements that
/// an interface cuts cannot bend the field within themselves and so conduct too well; of the arithmetic,
/// geometric and harmonic mean, Maxwell Garnett's and Bruggeman's mixtures this one leaves the least error
/// around a sphere (docs/verification.md).
[[nodiscard]] double mixed_conductivity(double host, double other, double share);

/// A head with the lesions' conductivities [S/m] in the covered shares of its tetrahedra; labels stay.
/// \throws Error for anisotropic conductivities.
[[nodiscard]] HeadModel with_lesions(const HeadModel& head, const LesionCoverage& coverage,
                                     double lesion_conductivity, double black_hole_conductivity);

} // namespace corticoil::planning
