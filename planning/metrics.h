#pragma once

#include "core/tet_mesh.h"
#include "core/tissue.h"
#include "planning/roi.h"
#include "solver/adjoint.h"

#include <optional>

namespace corticoil::planning {

/// Figures of |E| in the ROI's grey matter, at the run's dI/dt.
struct RoiMetrics {
    double volume = 0;         ///< Of the grey matter in the ROI [m³].
    double mean_magnitude = 0; ///< Volume mean of |E| [V/m].
    /// Half width over mean of the interval that discretisation is expected to keep the mean in; none without
    /// estimate.
    std::optional<double> mean_magnitude_relative_error;
    double mean_vector_norm = 0; ///< Norm of the volume mean of E [V/m].
    double median_magnitude = 0; ///< Volume-weighted [V/m].
    double p99 = 0;              ///< Volume-weighted 99th percentile [V/m].
};

/// Figures of a field in grey matter, at the run's dI/dt; volume-weighted, over all tissue of label 2.
struct FieldMetrics {
    double p999 = 0;                    ///< 99.9th percentile of |E| [V/m], the robust maximum.
    double p99 = 0;                     ///< 99th percentile of |E| [V/m].
    double p95 = 0;                     ///< 95th percentile of |E| [V/m].
    double focality_volume_50 = 0;      ///< Volume with |E| ≥ 50 % of p999 [m³].
    double focality_volume_75 = 0;      ///< Volume with |E| ≥ 75 % of p999 [m³].
    Vector3 hot_spot = Vector3::Zero(); ///< Volume-weighted centroid of the grey matter with |E| ≥ p999 [m].
    std::optional<RoiMetrics> roi;
};

/// Weighted percentile: the smallest value that at least `percent` % of the total weight does not exceed.
/// \throws std::logic_error for no values or unequal sizes.
[[nodiscard]] double weighted_percentile(const Eigen::VectorXd& values, const Eigen::VectorXd& weights,
                                         double percent);

/// Metrics of a field [V/m] over the quadrature points of grey matter, four for each tetrahedron.
/// \throws Error if there is no grey matter, or none in the ROI.
[[nodiscard]] FieldMetrics field_metrics(const TetMesh& mesh, const solver::ElementField& field,
                                         const std::optional<Roi>& roi);

/// FieldMetrics::p999 alone [V/m], for many fields on one head. \throws Error if there is no grey matter.
[[nodiscard]] double robust_maximum(const TetMesh& mesh, const solver::ElementField& field);

/// Quadrature points of a tissue, with the volume [m³] that each stands for and the tetrahedron that it
/// lies in.
struct RoiSamples {
    Points points;                ///< 3×N [m].
    Eigen::Matrix4Xd barycentric; ///< In their tetrahedra.
    Eigen::VectorXd volumes;
    std::vector<int> tetrahedra;
};
/// Of a ROI, or of all of the tissue. \throws Error if there is none of the tissue there.
[[nodiscard]] RoiSamples roi_samples(const TetMesh& mesh, const std::optional<Roi>& roi,
                                     int label = tissue::grey_matter);

/// Volume mean of |E| over samples [V/m].
[[nodiscard]] double mean_magnitude(const RoiSamples& samples, const solver::ElementField& field);

/// Volume mean of E over samples [V/m].
[[nodiscard]] Vector3 mean_field(const RoiSamples& samples, const solver::ElementField& field);

/// The mean of |E| over samples as a functional of E, linear around `field`: each point along E's direction
/// there.
[[nodiscard]] solver::FieldFunctional mean_magnitude_functional(const RoiSamples& samples,
                                                                const solver::ElementField& field);

} // namespace corticoil::planning
