#include "app/poses_deliver.h"

#include "app/aim.h"
#include "app/checksum.h"
#include "app/parse.h"
#include "app/pose_input.h"
#include "app/poses_check.h"
#include "app/run_input.h"
#include "app/simulation.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "coils/output.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/staged_output.h"
#include "planning/adjoint_field.h"
#include "planning/recorded_pose.h"
#include "planning/roi_parts.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::app {

namespace {

void check(const PosesDeliverFlags& flags) {
    constexpr double most_stand_off_mm = 50;
    if (!(flags.stand_off_mm >= 0 && flags.stand_off_mm <= most_stand_off_mm))
        throw Error(
            fmt::format("--stand-off: {:g} mm; give 0 to {:g}", flags.stand_off_mm, most_stand_off_mm));
    if (flags.didt && flags.mso) throw Error("poses deliver: give either --didt or --mso, not both");
    if (flags.didt) check_rate(*flags.didt);
    check_tolerance(flags.tolerance);
}

/// dI/dt of one pose [A/s] and where it is from: the flags, the file, or 1 A/µs.
struct Rate {
    double didt = ampere_per_microsecond;
    std::string source;
};

Rate rate_of(const PosesDeliverFlags& flags, const coils::Coil& coil, const io::NavigationPose& pose) {
    if (flags.didt) return {*flags.didt, "--didt"};
    if (flags.mso) return {coils::didt_from_output(coil, {.percent = *flags.mso}), "--mso"};
    if (pose.didt) return {*pose.didt, "dI/dt in the file"};
    if (pose.mso && coil.didt_at_full_output)
        return {coils::didt_from_output(coil, {.percent = *pose.mso}), "%MSO in the file"};
    return {ampere_per_microsecond, "none in the file: 1 A/us"};
}

/// What the figures of a pose come from.
struct FieldSource {
    const PreparedHead& prepared;
    const coils::Coil& coil;
    const planning::Roi& roi;
    double tolerance;
    std::optional<planning::AdjointField> adjoint; ///< With reciprocity: of the mean of E in the ROI.
};

/// Figures of the field of one pose, at its dI/dt.
nlohmann::json field_at(const FieldSource& source, const RigidTransform& pose, double didt) {
    if (source.adjoint) {
        const Eigen::VectorXd mean = source.adjoint->values(source.coil, pose, didt);
        return {{"e_mean_roi_v_per_m", nullptr},
                {"e_mean_vector_roi_v_per_m", mean.norm()},
                {"e_p999_gm_v_per_m", nullptr}};
    }
    const planning::Simulation simulation = source.prepared.simulator().simulate(
        source.coil, pose, {.didt = didt, .tolerance = source.tolerance});
    if (!simulation.report.converged) {
        throw ComputationError(
            fmt::format("the solver did not converge: relative residual {:.2g}; give a larger "
                        "--tolerance or --solver direct",
                        simulation.report.relative_residual));
    }
    const planning::FieldMetrics metrics =
        planning::field_metrics(source.prepared.head.mesh, simulation.best(), source.roi);
    return {{"e_mean_roi_v_per_m", metrics.roi->mean_magnitude},
            {"e_mean_vector_roi_v_per_m", metrics.roi->mean_vector_norm},
            {"e_p999_gm_v_per_m", metrics.p999}};
}

/// Three adjoint solves, after which a pose costs a fraction of a second.
planning::AdjointField mean_field_of(const PreparedHead& prepared, const planning::Roi& roi, double tolerance,
                                     Session& session) {
    const auto functionals = planning::mean_field_functionals(planning::roi_samples(prepared.head.mesh, roi));
    return planning::AdjointField(
        prepared.simulator(), functionals,
        {.tolerance = tolerance, .progress = session.progress("solving for the ROI")});
}

nlohmann::json rows_in_mm(const RigidTransform& pose) {
    Eigen::Matrix4d matrix = pose.matrix();
    matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
    return io::to_json_rows(matrix);
}

/// Everything about one recorded pose.
nlohmann::json delivered(const PosesDeliverFlags& flags, const FieldSource& source,
                         const io::NavigationPose& pose) {
    const Rate rate = rate_of(flags, source.coil, pose);
    nlohmann::json json = {{"name", pose.name},
                           {"time", pose.time},
                           {"didt_a_per_s", rate.didt},
                           {"didt_source", rate.source},
                           {"mso_percent", pose.mso ? nlohmann::json(*pose.mso) : nlohmann::json()},
                           {"head_from_coil", rows_in_mm(pose.head_from_coil)},
                           {"verdict", "ok"},
                           {"reason", nullptr},
                           {"shift_mm", nullptr},
                           {"projected", nullptr},
                           {"raw", nullptr}};
    planning::RecordedPose recorded;
    try {
        recorded = planning::project_recorded(source.prepared.scalp, source.coil, pose.head_from_coil,
                                              fmt::format("pose '{}'", pose.name),
                                              {.stand_off = flags.stand_off_mm * metres_per_millimetre});
    } catch (const Error& error) {
        json["verdict"] = "refused";
        json["reason"] = error.what();
        return json;
    }
    json["shift_mm"] = recorded.shift * millimetres_per_metre;
    json["projected"] = field_at(source, recorded.projected, rate.didt);
    json["projected"]["head_from_coil"] = rows_in_mm(recorded.projected);
    if (recorded.is_large) {
        json["verdict"] = "shifted";
        json["raw"] = field_at(source, recorded.raw, rate.didt);
    }
    return json;
}

std::string number_or_nothing(const nlohmann::json& value) {
    return value.is_null() ? "" : fmt::format("{:.6g}", value.get<double>());
}

std::string figure(const nlohmann::json& pose, const char* which, const char* key) {
    return pose.at(which).is_null() ? "" : number_or_nothing(pose.at(which).at(key));
}

/// A name on one line and in quotes.
std::string quoted(const std::string& text) {
    std::string result(1, '"');
    for (const char letter : text) {
        if (letter == '"') result += '"';
        result += letter == '\n' || letter == '\r' ? ' ' : letter;
    }
    result += '"';
    return result;
}

std::string as_csv(const nlohmann::json& poses) {
    std::string text = "name,time,verdict,didt_a_per_s,shift_mm,e_mean_roi_v_per_m,e_mean_vector_roi_v_per_m,"
                       "e_p999_gm_v_per_m,e_mean_roi_raw_v_per_m,e_mean_vector_roi_raw_v_per_m,distance_from_"
                       "plan_mm,tilt_from_plan_deg,"
                       "rotation_from_plan_deg\n";
    for (const nlohmann::json& pose : poses) {
        text += fmt::format(
            "{},{},{},{:.9g},{},{},{},{},{},{},{},{},{}\n", quoted(pose.at("name")), quoted(pose.at("time")),
            pose.at("verdict").get<std::string>(), pose.at("didt_a_per_s").get<double>(),
            number_or_nothing(pose.at("shift_mm")), figure(pose, "projected", "e_mean_roi_v_per_m"),
            figure(pose, "projected", "e_mean_vector_roi_v_per_m"),
            figure(pose, "projected", "e_p999_gm_v_per_m"), figure(pose, "raw", "e_mean_roi_v_per_m"),
            figure(pose, "raw", "e_mean_vector_roi_v_per_m"), figure(pose, "from_plan", "distance_mm"),
            figure(pose, "from_plan", "tilt_deg"), figure(pose, "from_plan", "rotation_deg"));
    }
    return text;
}

/// The poses in a few lines: how many, and the spread of what they delivered.
nlohmann::json summary_of(const nlohmann::json& poses) {
    std::vector<double> means;
    std::map<std::string, int> counts{{"ok", 0}, {"shifted", 0}, {"refused", 0}};
    for (const nlohmann::json& pose : poses) {
        ++counts[pose.at("verdict").get<std::string>()];
        if (!pose.at("projected").is_null())
            means.push_back(pose.at("projected").at("e_mean_vector_roi_v_per_m").get<double>());
    }
    nlohmann::json summary = counts;
    const Eigen::VectorXd values = Eigen::VectorXd::Map(means.data(), std::ssize(means));
    const Eigen::VectorXd weights = Eigen::VectorXd::Ones(values.size());
    for (const char* key : {"e_mean_vector_roi_least_v_per_m", "e_mean_vector_roi_median_v_per_m",
                            "e_mean_vector_roi_largest_v_per_m"})
        summary[key] = nullptr;
    if (means.empty()) return summary;
    constexpr double half = 50;
    summary["e_mean_vector_roi_least_v_per_m"] = values.minCoeff();
    summary["e_mean_vector_roi_median_v_per_m"] = planning::weighted_percentile(values, weights, half);
    summary["e_mean_vector_roi_largest_v_per_m"] = values.maxCoeff();
    return summary;
}

std::string as_text(const nlohmann::json& result, const std::string& out) {
    const nlohmann::json& summary = result.at("summary");
    std::string text =
        fmt::format("{} poses: {} computed, {} of them moved by more than 3 mm to the scalp, {} refused\n",
                    result.at("poses").size(), summary.at("ok").get<int>() + summary.at("shifted").get<int>(),
                    summary.at("shifted").get<int>(), summary.at("refused").get<int>());
    for (const nlohmann::json& pose : result.at("poses")) {
        if (pose.at("verdict") == "refused")
            text += fmt::format("  refused: {}\n", pose.at("reason").get<std::string>());
    }
    if (!summary.at("e_mean_vector_roi_median_v_per_m").is_null()) {
        text += fmt::format("mean E in the ROI ({}): median {:.3g} V/m, from {:.3g} to {:.3g}\n",
                            result.at("roi").get<std::string>(),
                            summary.at("e_mean_vector_roi_median_v_per_m").get<double>(),
                            summary.at("e_mean_vector_roi_least_v_per_m").get<double>(),
                            summary.at("e_mean_vector_roi_largest_v_per_m").get<double>());
    }
    return text + fmt::format("Files: {0}/delivered.json, {0}/delivered.csv\n", out);
}

nlohmann::json all_delivered(const PosesDeliverFlags& flags, const FieldSource& source,
                             const io::NavigationFile& file, const std::optional<RigidTransform>& plan,
                             Session& session) {
    nlohmann::json poses = nlohmann::json::array();
    const Progress progress = session.progress("computing delivered fields");
    for (std::size_t i = 0; i < file.poses.size(); ++i) {
        report(progress, static_cast<double>(i) / static_cast<double>(file.poses.size()), file.poses[i].name);
        poses.push_back(delivered(flags, source, file.poses[i]));
        poses.back()["from_plan"] = difference_as_json(plan, file.poses[i].head_from_coil);
    }
    session.end_progress(fmt::format("computed {} poses", file.poses.size()));
    return poses;
}

nlohmann::json resolved(const PosesDeliverFlags& flags, const SubjectFolder& subject,
                        const io::NavigationFile& file, const std::string& target, const planning::Roi& roi) {
    return {{"version", CORTICOIL_VERSION},
            {"file", flags.file},
            {"file_sha256", sha256_of(flags.file)},
            {"format", io::to_string(file.format)},
            {"subject", flags.subject},
            {"mesh_sha256", sha256_of(subject.head_mesh())},
            {"coil", coil_reference(flags.coil)},
            {"target", target},
            {"roi", roi.description},
            {"stand_off_mm", flags.stand_off_mm},
            {"plan", flags.plan.empty() ? nlohmann::json() : nlohmann::json(flags.plan)},
            {"missing", file.n_missing},
            {"order", flags.order},
            {"method", flags.method},
            {"tolerance", flags.tolerance}};
}

} // namespace

void deliver_poses(const PosesDeliverFlags& flags, Session& session) {
    check(flags);
    const io::StagedFolderOptions staging{
        "delivered.json", session.may_overwrite(), {"delivered.json", "delivered.csv"}};
    io::check_output_folder(session.out(), staging);
    const SubjectFolder subject = SubjectFolder::open(flags.subject);
    const io::NavigationFile file = load_poses(flags.file, flags.name, subject, session);
    const std::optional<RigidTransform> plan = planned_pose(flags.plan, subject, session);
    const coils::Coil coil = coils::load_coil(flags.coil);
    tell_of_missing_casing(coil, session);
    std::optional<MniMapping> mni;
    if (std::filesystem::exists(subject.mni_file())) mni = subject.read_mni();
    const Aim aim = parse_aim(flags.target, subject, mni);
    std::optional<planning::Roi> roi;
    if (!flags.roi.empty()) roi = parse_roi(flags.roi, mni);
    PreparedHead prepared(make_head_model(subject.read_mesh(), parse_conductivities(flags.conductivity)));
    if (!roi) roi = place_of(aim, prepared.head.mesh, prepared.scalp).roi;
    (void)planning::roi_samples(prepared.head.mesh, roi);
    nlohmann::json result = resolved(flags, subject, file, aim.name, *roi);
    if (session.is_dry_run()) {
        session.finish_dry_run(result);
        return;
    }
    const bool is_reciprocal = flags.method == "reciprocity";
    prepared.prepare({.order = flags.order,
                      .solver = solver_choice(flags.solver),
                      .expected_simulations = is_reciprocal ? 3 : static_cast<int>(file.poses.size())},
                     session);
    FieldSource source{prepared, coil, *roi, flags.tolerance, std::nullopt};
    if (is_reciprocal) source.adjoint.emplace(mean_field_of(prepared, *roi, flags.tolerance, session));
    io::StagedFolder staged(session.out(), staging);
    const nlohmann::json poses = all_delivered(flags, source, file, plan, session);
    result["poses"] = poses;
    result["summary"] = summary_of(poses);
    if (result["summary"].at("refused") == poses.size()) {
        throw Error(fmt::format("{}: every pose is refused; the first: {}", flags.file,
                                poses.front().at("reason").get<std::string>()));
    }
    result["warnings"] = session.warnings();
    io::write_json(staged.path() / "delivered.json", result);
    io::write_file_atomically(staged.path() / "delivered.csv", as_csv(poses));
    staged.commit();
    session.finish(result, as_text(result, session.out()));
}

} // namespace corticoil::app
