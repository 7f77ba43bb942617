#include "app/pose_input.h"
#include "app/poses_check.h"
#include "app/poses_deliver.h"
#include "app/run_input.h"
#include "app/verbs.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/json_file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

struct ConvertFlags {
    std::string in;
    std::string out;
    std::string format;
    std::string subject;
    std::string name;
};

std::optional<SubjectFolder> open_if_given(const std::string& path) {
    return path.empty() ? std::nullopt : std::optional(SubjectFolder::open(path));
}

io::PoseFormat output_format(const ConvertFlags& flags) {
    const std::optional<io::PoseFormat> format =
        flags.format.empty() ? io::format_of_name(flags.out) : io::find_pose_format(flags.format);
    if (format) return *format;
    throw Error(
        fmt::format("{}: its ending is none of a pose file's; say what to write with --format", flags.out));
}

void convert(const ConvertFlags& flags, Session& session) {
    const io::PoseFormat format = output_format(flags);
    if (std::filesystem::exists(flags.out) && !session.may_overwrite()) {
        throw Error(fmt::format("{}: exists already; give another name or --overwrite", flags.out));
    }
    const std::optional<SubjectFolder> subject = open_if_given(flags.subject);
    const io::NavigationFile file = load_poses(flags.in, flags.name, subject, session);
    const nlohmann::json configuration = {{"input", flags.in},
                                          {"format", io::to_string(file.format)},
                                          {"output", flags.out},
                                          {"output_format", io::to_string(format)},
                                          {"poses", file.poses.size()}};
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    io::WriteNavigationOptions options{file.coil, file.space.is_mni, file.space.image};
    if (subject) options.image = image_of(*subject);
    const std::vector<std::string> lost = io::write_navigation(flags.out, format, file.poses, options);
    if (!lost.empty()) {
        session.warn(fmt::format("{}: {} files have no place for: {}", flags.out, io::to_string(format),
                                 fmt::join(lost, ", ")));
    }
    nlohmann::json result = configuration;
    result["missing"] = file.n_missing;
    result["not_kept"] = lost;
    result["warnings"] = session.warnings();
    session.finish(result, fmt::format("{} {} from {} ({}) to {} ({})\n", file.poses.size(),
                                       file.poses.size() == 1 ? "pose" : "poses", flags.in,
                                       io::to_string(file.format), flags.out, io::to_string(format)));
}

nlohmann::json as_json(const io::NavigationPose& pose) {
    Eigen::Matrix4d matrix = pose.head_from_coil.matrix();
    matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
    return {{"name", pose.name},
            {"target", pose.target},
            {"time", pose.time},
            {"is_recorded", pose.is_recorded},
            {"didt_a_per_s", pose.didt ? nlohmann::json(*pose.didt) : nlohmann::json()},
            {"mso_percent", pose.mso ? nlohmann::json(*pose.mso) : nlohmann::json()},
            {"head_from_coil", io::to_json_rows(matrix)}};
}

void show(const std::string& path, Session& session) {
    const io::NavigationFile file = load_poses(path, "", std::nullopt, session);
    nlohmann::json poses = nlohmann::json::array();
    std::string text =
        fmt::format("{}: {}{}{}\n{:24} {:>8} {:>8} {:>8}   {:>6} {:>6} {:>6} {:>9} {:>5}\n", path,
                    io::to_string(file.format), file.space.stated.empty() ? "" : ", ", file.space.stated,
                    "pose", "x mm", "y mm", "z mm", "z_x", "z_y", "z_z", "A/us", "%MSO");
    for (const io::NavigationPose& pose : file.poses) {
        poses.push_back(as_json(pose));
        const Vector3 origin = pose.head_from_coil.translation() * millimetres_per_metre;
        const Vector3 axis = pose.head_from_coil.rotation().col(2);
        text += fmt::format("{:24.24} {:8.1f} {:8.1f} {:8.1f}   {:6.3f} {:6.3f} {:6.3f} {:>9} {:>5}\n",
                            pose.name, origin[0], origin[1], origin[2], axis[0], axis[1], axis[2],
                            pose.didt ? fmt::format("{:.3g}", *pose.didt / ampere_per_microsecond) : "-",
                            pose.mso ? fmt::format("{:.3g}", *pose.mso) : "-");
    }
    session.finish({{"file", path},
                    {"format", io::to_string(file.format)},
                    {"space", file.space.stated},
                    {"is_mni", file.space.is_mni},
                    {"coil", file.coil},
                    {"missing", file.n_missing},
                    {"poses", poses},
                    {"warnings", session.warnings()}},
                   text);
}

void add_convert(CLI::App& poses, Session& session) {
    CLI::App* verb = poses.add_subcommand("convert", "Poses from one program's file to another's");
    auto flags = std::make_shared<ConvertFlags>();
    session.add_common_flags(*verb);
    session.add_overwrite_flag(*verb);
    verb->add_option("input", flags->in, "File of poses")->type_name("IN")->required();
    verb->add_option("output", flags->out,
                     "File to write: .txt Brainsight, .xml Localite, .mrk ANT, .json pose.json, .csv a table")
        ->type_name("OUT")
        ->required();
    verb->add_option("--format", flags->format, "What to write where the ending does not say it")
        ->check(CLI::IsMember({"pose", "csv", "matsimnibs", "brainsight", "localite", "ant"}));
    verb->add_option("--subject", flags->subject,
                     "Subject folder: its image is compared with the file's; needed for .mrk and MNI poses")
        ->type_name("DIR");
    verb->add_option("--name", flags->name, "Only the poses of this name");
    verb->footer("Examples:\n  corticoil poses convert runs/s01_m1/pose.json s01_m1.txt\n"
                 "  corticoil poses convert session.xml poses.json --format matsimnibs");
    verb->callback([flags, &session] {
        session.begin("poses convert");
        convert(*flags, session);
    });
}

void add_show(CLI::App& poses, Session& session) {
    CLI::App* verb = poses.add_subcommand("show", "The poses of a file, in our coil axes");
    session.add_common_flags(*verb);
    auto path = std::make_shared<std::string>();
    verb->add_option("file", *path, "File of poses")->type_name("FILE")->required();
    verb->footer("Examples:\n  corticoil poses show session.xml\n  corticoil poses show targets.txt --json");
    verb->callback([path, &session] {
        session.begin("poses show");
        show(*path, session);
    });
}

void add_check(CLI::App& poses, Session& session) {
    CLI::App* verb = poses.add_subcommand(
        "check", "Whether a file's image is the subject's, and how its poses stand on the head");
    auto flags = std::make_shared<PosesCheckFlags>();
    session.add_common_flags(*verb);
    verb->add_option("file", flags->file, "File of poses")->type_name("FILE")->required();
    verb->add_option("--subject", flags->subject, "Subject folder with head.msh")
        ->type_name("DIR")
        ->required();
    verb->add_option("--coil", flags->coil, "Coil whose casing is moved to the stand-off")
        ->type_name("NAME|FILE");
    verb->add_option("--plan", flags->plan, "File of the one pose that was planned")->type_name("pose.json");
    verb->add_option("--name", flags->name, "Only the poses of this name");
    verb->add_option("--stand-off", flags->stand_off_mm, "Between scalp and casing in mm")
        ->capture_default_str();
    verb->footer("Examples:\n"
                 "  corticoil poses check session.xml --subject subjects/s01 --coil figure8_70mm\n"
                 "  corticoil poses check samples.txt --subject subjects/s01 --plan runs/s01_m1/pose.json");
    verb->callback([flags, &session] {
        session.begin("poses check");
        check_poses(*flags, session);
    });
}

void add_deliver(CLI::App& poses, Session& session) {
    CLI::App* verb =
        poses.add_subcommand("deliver", "Recorded poses → the field that each delivered in a ROI");
    auto flags = std::make_shared<PosesDeliverFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make");
    session.add_overwrite_flag(*verb);
    verb->add_option("file", flags->file, "File of recorded poses")->type_name("FILE")->required();
    verb->add_option("--subject", flags->subject, "Subject folder with head.msh")
        ->type_name("DIR")
        ->required();
    verb->add_option("--coil", flags->coil, "Coil of the library or coil file")
        ->type_name("NAME|FILE")
        ->required();
    verb->add_option("--target", flags->target, "What was aimed at: its ROI is measured")
        ->type_name("NAME|ATLAS:REGION|x,y,z|mask.nii.gz")
        ->required();
    verb->add_option("--roi", flags->roi, "Where to measure instead")
        ->type_name("NAME|NAME:region|ATLAS:REGION|x,y,z,r|mask.nii.gz");
    verb->add_option("--plan", flags->plan, "File of the one pose that was planned")->type_name("pose.json");
    verb->add_option("--name", flags->name, "Only the poses of this name");
    verb->add_option("--stand-off", flags->stand_off_mm, "Between scalp and casing in mm")
        ->capture_default_str();
    verb->add_option("--didt", flags->didt, "A/s for every pose, instead of what the file says (or 1e6)");
    verb->add_option("--mso", flags->mso, "Likewise in % of stimulator output")->type_name("PERCENT");
    verb->add_option(
            "--method", flags->method,
            "simulation: every figure, one simulation a pose; reciprocity: the mean vector of E in the "
            "ROI only, a fraction of a second a pose")
        ->check(CLI::IsMember({"simulation", "reciprocity"}))
        ->capture_default_str();
    verb->add_option("--order", flags->order, "Order of the elements")
        ->check(CLI::IsMember({"1", "2"}))
        ->capture_default_str();
    add_solver_flags(*verb, flags->conductivity, flags->solver, flags->tolerance);
    verb->footer(
        "Examples:\n"
        "  corticoil poses deliver session.xml --subject subjects/s01 --coil figure8_70mm --target M1_HAND_L "
        "--out runs/s01_delivered\n"
        "  corticoil poses deliver samples.txt --subject subjects/s01 --coil double_cone --target M1_LEG_L "
        "--mso 60 --plan runs/s01_leg/pose.json --out runs/s01_leg_delivered");
    verb->callback([flags, &session] {
        session.begin("poses deliver");
        deliver_poses(*flags, session);
    });
}

} // namespace

void add_poses(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "poses", "Coil poses in the files of navigation programs, and what recorded ones delivered");
    verb->require_subcommand(1);
    add_convert(*verb, session);
    add_show(*verb, session);
    add_check(*verb, session);
    add_deliver(*verb, session);
    verb->footer("Examples:\n  corticoil poses show session.xml\n"
                 "  corticoil poses convert runs/s01_m1/pose.json s01_m1.xml");
}

} // namespace corticoil::app
