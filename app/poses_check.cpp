#include "app/poses_check.h"

#include "app/pose_input.h"
#include "coils/coil_file.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"
#include "planning/recorded_pose.h"

#include <fmt/format.h>

#include <cmath>

namespace corticoil::app {

namespace {

/// What is told of one pose.
struct CheckedPose {
    std::string verdict; ///< ok, shifted, refused
    std::string reason;  ///< Of a refusal.
    std::optional<double> shift;
    planning::PoseOnScalp on_scalp;
};

CheckedPose check_one(const planning::Scalp& scalp, const std::optional<coils::Coil>& coil,
                      const io::NavigationPose& pose, double stand_off) {
    CheckedPose checked;
    checked.on_scalp = planning::pose_on_scalp(scalp, pose.head_from_coil);
    checked.verdict = "ok";
    if (!coil && checked.on_scalp.axis_angle > pi / 2) {
        checked.verdict = "refused";
        checked.reason = "the coil's z axis points out of the head";
        return checked;
    }
    if (!coil) return checked;
    try {
        const planning::RecordedPose projected = planning::project_recorded(
            scalp, *coil, pose.head_from_coil, fmt::format("pose '{}'", pose.name), {.stand_off = stand_off});
        checked.shift = projected.shift;
        if (projected.is_large) checked.verdict = "shifted";
    } catch (const Error& error) {
        checked.verdict = "refused";
        checked.reason = error.what();
    }
    return checked;
}

nlohmann::json as_json(const io::NavigationPose& pose, const CheckedPose& checked,
                       const std::optional<RigidTransform>& plan, const std::optional<MniMapping>& mni) {
    const Vector3& point = checked.on_scalp.scalp_point;
    return {{"name", pose.name},
            {"is_recorded", pose.is_recorded},
            {"verdict", checked.verdict},
            {"reason", checked.reason.empty() ? nlohmann::json() : nlohmann::json(checked.reason)},
            {"origin_height_mm", checked.on_scalp.origin_height * millimetres_per_metre},
            {"scalp_point_mm", io::to_json_list(point * millimetres_per_metre)},
            {"scalp_point_mni_mm",
             mni ? io::to_json_list(mni->to_mni(point) * millimetres_per_metre) : nlohmann::json()},
            {"axis_angle_deg", checked.on_scalp.axis_angle * degrees_per_radian},
            {"shift_mm",
             checked.shift ? nlohmann::json(*checked.shift * millimetres_per_metre) : nlohmann::json()},
            {"from_plan", difference_as_json(plan, pose.head_from_coil)}};
}

std::string row_of(const nlohmann::json& pose) {
    std::string text =
        fmt::format("{:24.24} {:>8.1f} {:>8.1f} ", pose.at("name").get<std::string>(),
                    pose.at("origin_height_mm").get<double>(), pose.at("axis_angle_deg").get<double>());
    text += pose.at("shift_mm").is_null() ? fmt::format("{:>8} ", "-")
                                          : fmt::format("{:>8.1f} ", pose.at("shift_mm").get<double>());
    const nlohmann::json& difference = pose.at("from_plan");
    if (difference.is_null()) {
        text += fmt::format("{:>8} {:>8} {:>8} ", "-", "-", "-");
    } else {
        for (const char* key : {"distance_mm", "tilt_deg", "rotation_deg"})
            text += fmt::format("{:>8.1f} ", difference.at(key).get<double>());
    }
    text += fmt::format(" {}", pose.at("verdict").get<std::string>());
    if (!pose.at("reason").is_null()) text += fmt::format(": {}", pose.at("reason").get<std::string>());
    text += '\n';
    return text;
}

} // namespace

std::optional<RigidTransform> planned_pose(const std::string& path,
                                           const std::optional<SubjectFolder>& subject, Session& session) {
    if (path.empty()) return std::nullopt;
    const io::NavigationFile plan = load_poses(path, "", subject, session);
    if (plan.poses.size() > 1)
        throw Error(fmt::format("--plan {}: holds {} poses; give a file of one", path, plan.poses.size()));
    return plan.poses.front().head_from_coil;
}

nlohmann::json difference_as_json(const std::optional<RigidTransform>& plan, const RigidTransform& pose) {
    if (!plan) return nullptr;
    const planning::PoseDifference difference = planning::difference_between(*plan, pose);
    return {{"distance_mm", difference.distance * millimetres_per_metre},
            {"sideways_mm", difference.sideways * millimetres_per_metre},
            {"tilt_deg", difference.tilt * degrees_per_radian},
            {"rotation_deg", difference.rotation * degrees_per_radian},
            {"whole_turn_deg", difference.whole_turn * degrees_per_radian}};
}

void check_poses(const PosesCheckFlags& flags, Session& session) {
    constexpr double most_stand_off_mm = 50;
    if (!(flags.stand_off_mm >= 0 && flags.stand_off_mm <= most_stand_off_mm))
        throw Error(
            fmt::format("--stand-off: {:g} mm; give 0 to {:g}", flags.stand_off_mm, most_stand_off_mm));
    const SubjectFolder subject = SubjectFolder::open(flags.subject);
    const io::NavigationFile file = load_poses(flags.file, flags.name, subject, session);
    const std::optional<RigidTransform> plan = planned_pose(flags.plan, subject, session);
    std::optional<coils::Coil> coil;
    if (!flags.coil.empty()) {
        coil = coils::load_coil(flags.coil);
        tell_of_missing_casing(*coil, session);
    }
    if (session.is_dry_run()) {
        session.finish_dry_run({{"file", flags.file},
                                {"subject", flags.subject},
                                {"coil", flags.coil},
                                {"plan", flags.plan},
                                {"stand_off_mm", flags.stand_off_mm},
                                {"poses", file.poses.size()}});
        return;
    }
    const TetMesh mesh = subject.read_mesh();
    const planning::Scalp scalp(mesh);
    std::optional<MniMapping> mni;
    if (std::filesystem::exists(subject.mni_file())) mni = subject.read_mni();
    const Progress progress = session.progress("checking");
    nlohmann::json poses = nlohmann::json::array();
    std::string text = fmt::format("{:24} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "pose", "height",
                                   "to scalp", "shift", "off plan", "tilt", "turn");
    text +=
        fmt::format("{:24} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "", "mm", "deg", "mm", "mm", "deg", "deg");
    for (std::size_t i = 0; i < file.poses.size(); ++i) {
        report(progress, static_cast<double>(i) / static_cast<double>(file.poses.size()), file.poses[i].name);
        const CheckedPose checked =
            check_one(scalp, coil, file.poses[i], flags.stand_off_mm * metres_per_millimetre);
        poses.push_back(as_json(file.poses[i], checked, plan, mni));
        text += row_of(poses.back());
    }
    session.end_progress(fmt::format("checked {} poses", file.poses.size()));
    session.finish({{"file", flags.file},
                    {"format", io::to_string(file.format)},
                    {"image_is_ours", file.space.image ? nlohmann::json(true) : nlohmann::json()},
                    {"missing", file.n_missing},
                    {"poses", poses},
                    {"warnings", session.warnings()}},
                   text);
}

} // namespace corticoil::app
