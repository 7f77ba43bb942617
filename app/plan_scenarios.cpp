#include "app/plan_scenarios.h"

#include "coils/flux_density.h"
#include "coils/output.h"
#include "coils/primary_field.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "planning/comparison.h"
#include "planning/lesion_table.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

planning::Driver driver_of(const coils::Coil& coil, const std::string& stimulator, const std::string& pulse) {
    return {coil.name, stimulator.empty() ? coil.stimulator : stimulator,
            coils::didt_at_full_output(coil, stimulator), pulse};
}

bool has_label(const TetMesh& mesh, bool (*is_wanted)(int)) {
    return std::any_of(mesh.labels.begin(), mesh.labels.end(), is_wanted);
}

/// The fields that scenarios are about: the target's, and the motor threshold's where there is one.
std::vector<planning::StudiedField> studied(const PreparedHead& prepared, const PlanResult& result,
                                            const std::optional<PlanRun>& motor) {
    const auto of = [&](const RunRequest& run) {
        return planning::StudiedField{run.coil, run.head_from_coil,
                                      planning::roi_samples(prepared.head.mesh, run.roi)};
    };
    std::vector<planning::StudiedField> fields{of(result.best.request)};
    if (motor) fields.push_back(of(motor->request));
    return fields;
}

/// Dose over the nominal one, from |mean E| at the target and, where a threshold sets the dose, in the motor
/// ROI.
double relative_output(const std::vector<Vector3>& nominal, const std::vector<Vector3>& changed) {
    const double target = nominal[0].norm() / changed[0].norm();
    return nominal.size() > 1 ? target * changed[1].norm() / nominal[1].norm() : target;
}

void add_conductivities(const PlanRequest& request, const PreparedHead& prepared, PlanResult& result,
                        const std::vector<planning::StudiedField>& fields, Session& session) {
    const std::vector<planning::ConductivityRange> ranges = planning::literature_ranges();
    const planning::ConductivityStudy study(
        prepared.head, fields, ranges,
        {.tolerance = request.tolerance, .progress = session.progress("other conductivities")});
    const auto means = [&](const Conductivities& conductivities) {
        std::vector<Vector3> all;
        for (std::size_t f = 0; f < fields.size(); ++f) all.push_back(study.mean_field(f, conductivities));
        return all;
    };
    const std::vector<Vector3> nominal = means({});
    std::mt19937_64 generator(request.robustness.seed);
    ConductivitySpread spread;
    spread.n_draws = 2000; // The 5th percentile to about a per cent; no solves.
    std::vector<double> values;
    for (int i = 0; i < spread.n_draws; ++i) {
        const std::vector<Vector3> drawn = means(planning::draw_conductivities(ranges, generator));
        values.push_back(drawn[0].norm() * ampere_per_microsecond);
        spread.outputs.push_back(relative_output(nominal, drawn));
    }
    spread.roi = planning::spread_of(std::move(values), nominal[0].norm() * ampere_per_microsecond);
    spread.model_error = study.largest_error();
    result.conductivity = std::move(spread);
    session.end_progress(fmt::format("{} draws of conductivities", result.conductivity->n_draws));
}

void add_lesions(const PlanRequest& request, const PreparedHead& prepared, PlanResult& result,
                 const std::vector<planning::StudiedField>& fields, Session& session) {
    const std::vector<planning::LesionScenario> scenarios = planning::lesion_scenarios();
    const Progress progress = session.progress("lesion scenarios");
    const std::vector<Vector3> nominal = planning::mean_fields(prepared.head, fields, {}, request.tolerance);
    for (const planning::LesionScenario& scenario : scenarios) {
        report(progress, static_cast<double>(result.lesions.size()) / static_cast<double>(scenarios.size()),
               scenario.what);
        const Conductivities changed{{tissue::lesion, scenario.conductivity},
                                     {tissue::black_hole, scenario.conductivity}};
        const std::vector<Vector3> means =
            planning::mean_fields(prepared.head, fields, changed, request.tolerance);
        result.lesions.push_back({scenario.name, scenario.what, means[0].norm() * ampere_per_microsecond,
                                  relative_output(nominal, means)});
    }
    session.end_progress("lesion scenarios");
}

/// Tilted about an axis of the coil, and away from the head until the casing keeps its gap.
RigidTransform tilted(const RigidTransform& pose, const Vector3& axis, double angle, const coils::Coil& coil,
                      const planning::Scalp& scalp, double gap) {
    const Eigen::Matrix3d turn = Eigen::AngleAxisd(angle, axis).toRotationMatrix();
    RigidTransform turned(pose.rotation() * turn, pose.translation(), "tilted coil");
    // Out along the planned axis: a coil on edge stands beside its own axis.
    const Vector3 outward = -pose.rotation().col(2);
    constexpr double step = 0.001; // [m] Finer than anyone holds a sham coil.
    constexpr int most_steps = 200;
    for (int i = 0; i < most_steps; ++i) {
        const double distance = planning::signed_clearance(scalp, coil, turned).distance;
        if (distance >= gap) break;
        turned =
            RigidTransform(turned.rotation(), turned.translation() + std::max(step, gap - distance) * outward,
                           "tilted coil");
    }
    return turned;
}

std::vector<ShamPose> poses_of_shams(const PlanRequest& request, const PreparedHead& prepared,
                                     const RunRequest& planned) {
    const RigidTransform& pose = planned.head_from_coil;
    const double gap = request.placement.stand_off;
    const auto at_angle = [&](const Vector3& axis, double degrees) {
        return tilted(pose, axis, degrees * radians_per_degree, planned.coil, prepared.scalp, gap);
    };
    const auto behind_spacer = [&](double thickness) {
        return RigidTransform(pose.rotation(), pose.translation() - thickness * pose.rotation().col(2),
                              "spacer");
    };
    std::vector<ShamPose> shams{
        {"tilted by 45 degrees, both wings at the scalp", at_angle(Vector3::UnitX(), 45)},
        {"tilted by 90 degrees, both wings at the scalp", at_angle(Vector3::UnitX(), 90)},
        {"tilted by 45 degrees, one wing at the scalp", at_angle(Vector3::UnitY(), 45)},
        {"tilted by 90 degrees, one wing at the scalp", at_angle(Vector3::UnitY(), 90)},
        {"spacer of 20 mm", behind_spacer(0.020)},
        {"spacer of 40 mm", behind_spacer(0.040)}};
    if (request.vertex) {
        RunRequest vertex;
        vertex.coil = planned.coil;
        (void)aim_at(vertex, *request.vertex, prepared, request.placement);
        shams.push_back({"over the vertex (Cz)", vertex.head_from_coil});
    }
    return shams;
}

} // namespace

RunRequest motor_request(const PlanRequest& request, const PreparedHead& prepared) {
    const PlanThreshold& threshold = request.threshold.value();
    RunRequest run;
    run.coil = threshold.coil.coil;
    run.options.didt = ampere_per_microsecond;
    run.options.tolerance = request.tolerance;
    run.mni = request.mni;
    (void)aim_at(run, threshold.aim, prepared, request.placement);
    if (threshold.pose) run.head_from_coil = *threshold.pose;
    return run;
}

std::optional<planning::DosePlan> dose_of(const PlanRequest& request, const PlanResult& result) {
    if (!request.threshold && !request.wanted_field) return std::nullopt;
    const planning::DoseRequest wanted{
        .fraction = request.fraction,
        .driver = driver_of(request.coils[result.coil].coil, request.stimulator, request.pulse),
        .field = result.best.roi.mean_magnitude / ampere_per_microsecond,
        .pulse_factor = request.pulse_factor};
    if (request.wanted_field) return planning::dose_for_field(*request.wanted_field, wanted);
    const PlanThreshold& threshold = *request.threshold;
    return planning::dose_from_threshold(
        {.percent_mso = threshold.percent_mso,
         .driver = driver_of(threshold.coil.coil, threshold.stimulator, threshold.pulse),
         .field = result.motor_field.value() / ampere_per_microsecond},
        wanted);
}

void add_scenarios(const PlanRequest& request, const PreparedHead& prepared, PlanResult& result,
                   const std::optional<PlanRun>& motor, Session& session) {
    if (!prepared.head.conductivity.is_isotropic()) return;
    const std::vector<planning::StudiedField> fields = studied(prepared, result, motor);
    if (request.studies_conductivity) add_conductivities(request, prepared, result, fields, session);
    if (has_label(prepared.head.mesh, [](int label) { return tissue::is_lesion(label); }))
        add_lesions(request, prepared, result, fields, session);
}

std::vector<ShamPose> sham_poses(const PlanRequest& request, const PreparedHead& prepared,
                                 const RunRequest& planned, Session& session) {
    std::vector<ShamPose> shams = poses_of_shams(request, prepared, planned);
    std::vector<RigidTransform> poses{planned.head_from_coil};
    for (const ShamPose& sham : shams) poses.push_back(sham.head_from_coil);
    const std::vector<planning::Simulation> simulations =
        prepared.simulator().simulate_block(planned.coil, poses,
                                            {.didt = ampere_per_microsecond,
                                             .tolerance = request.tolerance,
                                             .progress = session.progress("sham poses")});
    const TetMesh& mesh = prepared.head.mesh;
    const planning::RoiSamples samples = planning::roi_samples(mesh, planned.roi);
    constexpr double percent = 99;
    const auto measured = [&](const planning::Simulation& simulation) {
        return std::pair(
            planning::mean_magnitude(samples, simulation.field),
            planning::tissue_percentile(mesh, simulation.field, tissue::scalp, percent).value_or(0));
    };
    const auto [roi, scalp] = measured(simulations.front());
    for (std::size_t i = 0; i < shams.size(); ++i) {
        const auto [sham_roi, sham_scalp] = measured(simulations[i + 1]);
        shams[i].roi_ratio = sham_roi / roi;
        shams[i].scalp_ratio = scalp > 0 ? sham_scalp / scalp : 0;
    }
    session.end_progress(fmt::format("solved {} sham poses", shams.size()));
    return shams;
}

std::optional<OtherSide> other_side(const PlanRequest& request, const PreparedHead& prepared,
                                    const PlanRun& conventional, Session& session) {
    if (!request.mirrored) return std::nullopt;
    RunRequest run;
    run.coil = conventional.request.coil;
    run.mni = request.mni;
    try {
        (void)aim_at(run, *request.mirrored, prepared, request.placement);
    } catch (const InfeasibleError& error) {
        session.warn(fmt::format("{}: no comparison of sides: {}", request.mirrored->name, error.what()));
        return std::nullopt;
    }
    const std::vector<planning::Simulation> simulations =
        prepared.simulator().simulate_block(run.coil, std::span(&run.head_from_coil, 1),
                                            {.didt = ampere_per_microsecond, .tolerance = request.tolerance});
    return OtherSide{request.mirrored->name, conventional.raw_mean,
                     planning::mean_magnitude(planning::roi_samples(prepared.head.mesh, run.roi),
                                              simulations.front().field)};
}

std::vector<ImplantField> implant_fields(const std::vector<ImplantPoint>& points, const coils::Coil& coil,
                                         const RigidTransform& head_from_coil) {
    std::vector<ImplantField> fields;
    for (const ImplantPoint& implant : points) {
        const Points at = implant.point;
        const Points in_coil = head_from_coil.inverse().apply_to_points(at);
        fields.push_back({implant.name, implant.point, coils::flux_density(coil, in_coil).col(0).norm(),
                          coils::rate_of_vector_potential({coil, head_from_coil, ampere_per_microsecond}, at)
                              .col(0)
                              .norm()});
    }
    return fields;
}

double voltage_along(const std::vector<Vector3>& lead, const coils::Coil& coil,
                     const RigidTransform& head_from_coil) {
    constexpr double longest = 0.002; // [m] Between the midpoints of the integral's pieces.
    std::vector<Vector3> middles;
    std::vector<Vector3> steps;
    for (std::size_t i = 0; i + 1 < lead.size(); ++i) {
        const Vector3 way = lead[i + 1] - lead[i];
        const int n = std::max(1, static_cast<int>(std::ceil(way.norm() / longest)));
        for (int k = 0; k < n; ++k) {
            middles.push_back(lead[i] + way * ((k + 0.5) / n));
            steps.push_back(way / n);
        }
    }
    Points points(3, static_cast<Eigen::Index>(middles.size()));
    for (std::size_t i = 0; i < middles.size(); ++i) points.col(static_cast<Eigen::Index>(i)) = middles[i];
    const VectorField rate =
        coils::rate_of_vector_potential({coil, head_from_coil, ampere_per_microsecond}, points);
    double voltage = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
        voltage += rate.col(static_cast<Eigen::Index>(i)).dot(steps[i]);
    return voltage;
}

} // namespace corticoil::app
