#include "planning/live_roi.h"

#include "planning/roi_parts.h"

#include <vector>

namespace corticoil::planning {

namespace {

std::vector<solver::FieldFunctional> functionals_of(const std::vector<RoiSamples>& parts) {
    std::vector<solver::FieldFunctional> functionals;
    for (const RoiSamples& part : parts) {
        for (const solver::FieldFunctional& functional : mean_field_functionals(part))
            functionals.push_back(functional);
    }
    return functionals;
}

Eigen::VectorXd shares_of(const std::vector<RoiSamples>& parts) {
    Eigen::VectorXd volumes(static_cast<Eigen::Index>(parts.size()));
    for (std::size_t i = 0; i < parts.size(); ++i)
        volumes[static_cast<Eigen::Index>(i)] = parts[i].volumes.sum();
    return volumes / volumes.sum();
}

} // namespace

LiveRoi::LiveRoi(const Planner& planner, const RoiSamples& samples, int n_parts, double tolerance)
    : shares_(shares_of(roi_parts(samples, n_parts))),
      field_(planner.simulator(), planner.tree(), functionals_of(roi_parts(samples, n_parts)),
             {.tolerance = tolerance}) {}

LiveRoi::Values LiveRoi::at(const SearchDipoles& coil, const RigidTransform& head_from_coil,
                            double didt) const {
    const Eigen::MatrixXd values = values_from_currents(field_, coil.dipoles, {&head_from_coil, 1});
    Vector3 mean = Vector3::Zero();
    double magnitude = 0;
    for (Eigen::Index part = 0; part < shares_.size(); ++part) {
        const Vector3 of_part = values.block<3, 1>(3 * part, 0);
        mean += shares_[part] * of_part;
        magnitude += shares_[part] * of_part.norm();
    }
    return {std::abs(didt) * mean.norm(), std::abs(didt) * magnitude};
}

} // namespace corticoil::planning
