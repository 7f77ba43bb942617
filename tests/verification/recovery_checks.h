#pragma once

#include "core/head_model.h"
#include "planning/metrics.h"
#include "solver/recovery.h"
#include "verification/field_error.h"

#include <vector>

namespace corticoil::test {

/// √∫ error² dV of an estimate per tetrahedron over a region.
[[nodiscard]] double estimate_over(const TetMesh& mesh, const Eigen::VectorXd& error, const Region& region);

/// What one does without a recovery: the volume-weighted mean over all tetrahedra around each node, blind to
/// tissues, linear between nodes.
[[nodiscard]] solver::ElementField averaged_at_nodes(const TetMesh& mesh, const solver::ElementField& field);

/// Jumps across the faces between different σ, root mean squares at their centres, weighted by area.
struct InterfaceJumps {
    double tangential_field = 0; ///< |n × [E]| [V/m].
    double normal_current = 0;   ///< |n·[σE]| [A/m²].
};
/// Over the faces whose centres lie in `region`.
[[nodiscard]] InterfaceJumps interface_jumps(const HeadModel& head, const Region& region,
                                             const solver::ElementField& field);

[[nodiscard]] double median(std::vector<double> values);

/// Relative errors of ROI means of |E|.
struct RoiErrors {
    std::vector<double> raw;
    std::vector<double> corrected;
    std::vector<double> other_way; ///< With the correction's sign flipped.
    std::vector<double> half_width;
    int n_covered = 0;

    void add(double exact, double raw_mean, const solver::FunctionalError& error);
    /// Share of the intervals that hold the exact mean.
    [[nodiscard]] double covered() const { return n_covered / static_cast<double>(raw.size()); }
};
/// Records medians and coverage as properties of the running test.
void record_roi_errors(const RoiErrors& errors);

} // namespace corticoil::test
