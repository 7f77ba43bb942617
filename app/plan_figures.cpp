#include "app/plan_figures.h"

#include "core/constants.h"

#include <algorithm>
#include <cmath>

namespace corticoil::app {

double angle_between(const Vector3& a, const Vector3& b) {
    return degrees_per_radian * std::acos(std::clamp(std::abs(a.normalized().dot(b.normalized())), 0.0, 1.0));
}

double angle_to_wall(const PlanRun& run, const Vector3& wall_axis) {
    const Vector3 z = run.request.head_from_coil.rotation().col(2);
    return angle_between(run.mean_field - run.mean_field.dot(z) * z, wall_axis);
}

double share_of(const PlanRun& run, std::size_t place) {
    return run.place_fields[place] / run.roi.mean_vector_norm;
}

std::vector<double> lesion_outputs(const PlanResult& result) {
    std::vector<double> outputs;
    for (const LesionSpread& lesion : result.lesions) outputs.push_back(lesion.output);
    return outputs;
}

double gain(const PlanResult& result) {
    return result.best.roi.mean_magnitude / result.conventional.roi.mean_magnitude - 1;
}

} // namespace corticoil::app
