#pragma once

#include "coils/coil.h"
#include "core/head_model.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "planning/metrics.h"

#include <random>
#include <span>
#include <vector>

namespace corticoil::planning {

/// What is known of a tissue's conductivity [S/m].
struct ConductivityRange {
    int label = 0;
    double least = 0;
    double most = 0;
};

/// White and grey matter, CSF, bone and scalp: the ranges over which Saturnino et al. 2019 (NeuroImage
/// 188:821, "A principled approach to conductivity uncertainty analysis in electric field calculations")
/// spread a Beta(3, 3) distribution.
[[nodiscard]] std::vector<ConductivityRange> literature_ranges();

/// Conductivities drawn from Beta(3, 3) over each range: bell-shaped, without tails.
[[nodiscard]] Conductivities draw_conductivities(std::span<const ConductivityRange> ranges,
                                                 std::mt19937_64& generator);

/// A coil at a pose and the grey matter in which its field is asked for.
struct StudiedField {
    const coils::Coil& coil;
    RigidTransform head_from_coil;
    RoiSamples samples;
};

/// Mean of E over every field's region [V/m at 1 A/s] in a head some of whose tissues have other
/// conductivities: one set-up and one block of solves. \throws as ConductivityStudy.
[[nodiscard]] std::vector<Vector3> mean_fields(const HeadModel& head, std::span<const StudiedField> fields,
                                               const Conductivities& changed, double tolerance = 1e-6);

/// How many systems are solved.
struct ConductivityStudyOptions {
    int n_snapshots = 12; ///< Heads whose potentials span the model.
    int n_checks = 3;     ///< Heads that the model did not see.
    double tolerance = 1e-6;
    Progress progress = {};
};

/// Mean E in regions for any conductivities within their ranges, from few solves.
///
/// The stiffness matrix is linear in the conductivities, K(σ) = Σ_t σ_t K_t, and so is the load. In the space
/// of the potentials of a few sampled heads both are small matrices, and a head costs microseconds: a reduced
/// basis by Galerkin projection (Quarteroni, Manzoni & Negri 2016, "Reduced basis methods for partial
/// differential equations", chapter 3). Elements of order 1. The samples fill the ranges evenly in log σ
/// (Halton's sequence), so that the same ranges always give the same model.
class ConductivityStudy {
  public:
    /// Solves n_snapshots + n_checks heads, each for all fields. \throws Error for anisotropic heads, and
    /// ComputationError where a solve does not converge.
    ConductivityStudy(const HeadModel& head, std::span<const StudiedField> fields,
                      std::span<const ConductivityRange> ranges,
                      const ConductivityStudyOptions& options = {});

    /// Mean of E over a field's region [V/m at 1 A/s]; tissues not named keep the head's own value.
    [[nodiscard]] Vector3 mean_field(std::size_t field, const Conductivities& conductivities) const;

    /// The largest error of |mean E| in the heads that the model did not see, relative.
    [[nodiscard]] double largest_error() const { return largest_error_; }

  private:
    struct Reduced {
        std::vector<Eigen::MatrixXd> stiffness; ///< Per range, then of all other tissues.
        std::vector<Eigen::VectorXd> load;      ///< Likewise.
        Eigen::Matrix3Xd minus_gradients;     ///< Mean of −∇v over the region, a column per basis vector.
        Vector3 minus_rate = Vector3::Zero(); ///< Mean of −∂A/∂t over the region.
    };
    [[nodiscard]] Eigen::VectorXd coefficients(const Reduced& reduced,
                                               const Conductivities& conductivities) const;
    void reduce(const HeadModel& head, const StudiedField& field, const VectorField& rate,
                const Eigen::MatrixXd& basis);

    std::vector<ConductivityRange> ranges_;
    Conductivities nominal_; ///< Of the ranges' labels, as the head has them.
    std::vector<Reduced> fields_;
    double largest_error_ = 0;
};

} // namespace corticoil::planning
