#include "planning/live_roi.h"

#include "planning/roi_parts.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::planning {

namespace {

Eigen::VectorXd shares_of(const std::vector<RoiSamples>& parts) {
    Eigen::VectorXd volumes(static_cast<Eigen::Index>(parts.size()));
    for (std::size_t i = 0; i < parts.size(); ++i)
        volumes[static_cast<Eigen::Index>(i)] = parts[i].volumes.sum();
    return volumes / volumes.sum();
}

} // namespace

LiveRoi::LiveRoi(const Planner& planner, const RoiSamples& samples, int n_parts, double tolerance)
    : LiveRoi(planner, roi_parts(samples, n_parts), tolerance) {}

LiveRoi::LiveRoi(const Planner& planner, const std::vector<RoiSamples>& parts, double tolerance)
    : planner_(planner), shares_(shares_of(parts)),
      field_(planner.simulator(), planner.tree(), mean_field_functionals(parts), {.tolerance = tolerance}) {}

/// Outside the head, as far around the coil as it reaches and some room more.
void LiveRoi::tabulate(const TableDipoles& dipoles, const RigidTransform& head_from_coil) const {
    double reach = 0;
    for (int i = 0; i < dipoles.size(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        reach = std::max(reach, Vector3(dipoles.x[at], dipoles.y[at], dipoles.z[at]).norm());
    }
    const double radius = reach + room;
    const Vector3 centre = head_from_coil.translation();
    const Vector3 corner = Vector3::Constant(radius);
    table_.emplace(field_, TableRegion{{centre - corner, centre + corner}, [&](const Vector3& point) {
                                           return (point - centre).norm() < radius &&
                                                  planner_.grid().distance(point) > 0;
                                       }});
}

Eigen::VectorXd LiveRoi::per_rate(const TableDipoles& dipoles, const RigidTransform& head_from_coil) const {
    std::vector<float> values(static_cast<std::size_t>(field_.n_functionals()));
    bool is_covered = table_ && table_->try_values(dipoles, head_from_coil, values);
    if (!is_covered) {
        tabulate(dipoles, head_from_coil);
        is_covered = table_->try_values(dipoles, head_from_coil, values);
    }
    // A pose of a file's may put windings into the head.
    if (!is_covered) return values_from_currents(field_, dipoles, {&head_from_coil, 1}).col(0);
    return Eigen::Map<const Eigen::VectorXf>(values.data(), field_.n_functionals()).cast<double>();
}

LiveRoi::Values LiveRoi::at(const SearchDipoles& coil, const RigidTransform& head_from_coil,
                            double didt) const {
    const Eigen::VectorXd values = per_rate(coil.dipoles, head_from_coil);
    Vector3 mean = Vector3::Zero();
    double magnitude = 0;
    for (Eigen::Index part = 0; part < shares_.size(); ++part) {
        const Vector3 of_part = values.segment<3>(3 * part);
        mean += shares_[part] * of_part;
        magnitude += shares_[part] * of_part.norm();
    }
    return {std::abs(didt) * mean.norm(), std::abs(didt) * magnitude};
}

} // namespace corticoil::planning
