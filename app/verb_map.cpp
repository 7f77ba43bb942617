#include "app/atlas_input.h"
#include "app/parse.h"
#include "app/run_input.h"
#include "app/subject_folder.h"
#include "app/t1_input.h"
#include "app/verbs.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/carry.h"
#include "imaging/nifti.h"
#include "imaging/templates.h"
#include "io/json_file.h"
#include "io/pose_file.h"
#include "io/staged_output.h"
#include "planning/mni_pose.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace corticoil::app {

namespace {

struct MapFlags {
    std::string subject;
    std::string to;
    std::vector<std::string> coordinates; ///< "x,y,z" each.
    std::string points;
    std::string pose;
    std::string image;
    std::string atlas;
    std::string out;
    bool is_labels = false;
};

struct Direction {
    MniMapping mapping;
    bool is_to_mni = true;

    [[nodiscard]] Vector3 operator()(const Vector3& point) const {
        return is_to_mni ? mapping.to_mni(point) : mapping.to_head(point);
    }
    /// Of axes, from where points come to where they go.
    [[nodiscard]] Eigen::Matrix3d rotation() const {
        const Eigen::Matrix3d mni_from_head = planning::mni_from_head_rotation(mapping);
        return is_to_mni ? mni_from_head : Eigen::Matrix3d(mni_from_head.transpose());
    }
};

/// A line of a table of points: three coordinates [mm], and what follows them.
struct Row {
    Vector3 point = Vector3::Zero(); ///< [m]
    std::string rest;                ///< With its leading comma.
};

struct Table {
    std::string header;
    std::vector<Row> rows;
};

std::optional<Row> parse_row(const std::string& line) {
    std::size_t end = 0;
    for (int n = 0; n < 3 && end != std::string::npos; ++n) end = line.find(',', n == 0 ? 0 : end + 1);
    const std::string first_three = line.substr(0, end);
    const std::optional<Vector3> point = parse_point(first_three);
    if (!point) return std::nullopt;
    return Row{*point, end == std::string::npos ? "" : line.substr(end)};
}

Table read_table(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw Error(fmt::format("{}: cannot be read", path));
    Table table;
    int n = 0;
    for (std::string line; std::getline(file, line);) {
        ++n;
        if (line.ends_with('\r')) line.pop_back();
        if (line.empty()) continue;
        if (const std::optional<Row> row = parse_row(line)) {
            table.rows.push_back(*row);
        } else if (n == 1) {
            table.header = line;
        } else {
            throw Error(fmt::format("{}:{}: '{}' does not start with x,y,z in millimetres", path, n, line));
        }
    }
    if (table.rows.empty()) throw Error(fmt::format("{}: holds no point; give lines x,y,z", path));
    return table;
}

Table given_points(const MapFlags& flags) {
    if (!flags.points.empty()) return read_table(flags.points);
    Table table;
    for (const std::string& text : flags.coordinates) {
        const std::optional<Vector3> point = parse_point(text);
        if (!point) throw Error(fmt::format("map: '{}' is not x,y,z in millimetres", text));
        table.rows.push_back({*point, ""});
    }
    return table;
}

nlohmann::json map_points(const MapFlags& flags, const Direction& direction, std::string& text) {
    const Table table = given_points(flags);
    nlohmann::json points = nlohmann::json::array();
    text = table.header.empty() ? "" : table.header + "\n";
    for (const Row& row : table.rows) {
        const Vector3 mapped = direction(row.point);
        points.push_back({{"from_mm", io::to_json_list(row.point * millimetres_per_metre)},
                          {"to_mm", io::to_json_list(mapped * millimetres_per_metre)}});
        const Vector3 mm = mapped * millimetres_per_metre;
        text += fmt::format("{:.3f},{:.3f},{:.3f}{}\n", mm[0], mm[1], mm[2], row.rest);
    }
    if (!flags.out.empty()) io::write_file_atomically(flags.out, text);
    return {{"points", points}};
}

nlohmann::json map_pose(const MapFlags& flags, const Direction& direction, std::string& text) {
    io::Pose pose = io::read_pose(flags.pose);
    const Eigen::Matrix3d rotation = direction.rotation();
    Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
    matrix.topLeftCorner<3, 3>() = rotation * pose.head_from_coil.rotation();
    matrix.topRightCorner<3, 1>() = direction(pose.head_from_coil.translation());
    pose.head_from_coil = RigidTransform::from_matrix(matrix, "mapped pose");
    if (pose.induced_direction) pose.induced_direction = rotation * *pose.induced_direction;
    io::write_pose(flags.out, pose);
    text = fmt::format("{}\n", flags.out);
    matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
    return {{"pose", io::to_json_rows(matrix)}};
}

imaging::VoxelGrid wanted_grid(const SubjectFolder& subject, bool is_to_mni) {
    return is_to_mni ? imaging::grid_of(imaging::load_mni_template().t1) : image_grid(subject);
}

nlohmann::json map_image(const MapFlags& flags, const SubjectFolder& subject, const Direction& direction,
                         Session& session, std::string& text) {
    const imaging::VoxelGrid grid = wanted_grid(subject, direction.is_to_mni);
    const auto carry = [&](const auto& image) {
        return direction.is_to_mni ? imaging::carry_to_mni(image, direction.mapping, grid)
                                   : imaging::carry_to_head(image, direction.mapping, grid);
    };
    if (flags.is_labels) {
        imaging::write_nifti(flags.out, carry(imaging::read_label_nifti(flags.image)));
    } else {
        imaging::write_nifti(flags.out, carry(load_image(flags.image, session)));
    }
    text = fmt::format("{}\n", flags.out);
    return {{"image", flags.out}};
}

nlohmann::json map_atlas(const MapFlags& flags, const SubjectFolder& subject, const Direction& direction,
                         std::string& text) {
    const imaging::Atlas atlas = imaging::load_atlas(flags.atlas);
    const LabelImage labels = imaging::carry_to_head(atlas.labels, direction.mapping, image_grid(subject));
    imaging::write_nifti(flags.out, labels);
    const std::array<double, 256> volumes = label_volumes(labels);
    nlohmann::json regions = nlohmann::json::array();
    for (int label = 1; label < 256; ++label) {
        const double volume = volumes[static_cast<std::size_t>(label)] * millilitres_per_cubic_metre;
        if (!(volume > 0)) continue;
        const auto name = atlas.names.find(label);
        const bool is_named = name != atlas.names.end();
        regions.push_back({{"label", label},
                           {"name", is_named ? nlohmann::json(name->second) : nlohmann::json()},
                           {"volume_ml", volume}});
        text += fmt::format("{:3} {:24} {:8.2f} ml\n", label, is_named ? name->second : "", volume);
    }
    return {{"image", flags.out}, {"atlas", flags.atlas}, {"regions", regions}};
}

/// Reads all that mapping would read. \throws Error for what cannot be mapped.
void check_inputs(const MapFlags& flags, const SubjectFolder& subject, bool is_to_mni, Session& session) {
    if (!flags.pose.empty()) {
        (void)io::read_pose(flags.pose);
    } else if (!flags.image.empty()) {
        if (flags.is_labels) {
            (void)imaging::read_label_nifti(flags.image);
        } else {
            (void)load_image(flags.image, session);
        }
        (void)wanted_grid(subject, is_to_mni);
    } else if (!flags.atlas.empty()) {
        (void)imaging::load_atlas(flags.atlas);
        (void)image_grid(subject);
    } else {
        (void)given_points(flags);
    }
}

/// \throws Error for a file that is there already without --overwrite, one of the inputs in any case, and a
/// folder that is missing.
void check_out(const MapFlags& flags, const Session& session) {
    if (flags.out.empty()) return;
    const std::filesystem::path out = flags.out;
    if (out.has_parent_path() && !std::filesystem::is_directory(out.parent_path()))
        throw Error(fmt::format("--out {}: there is no such folder; make it first", flags.out));
    if (!std::filesystem::exists(out)) return;
    for (const std::string& input : {flags.points, flags.pose, flags.image}) {
        if (!input.empty() && std::filesystem::exists(input) && std::filesystem::equivalent(out, input))
            throw Error(fmt::format("--out {}: is the input itself; give another name", flags.out));
    }
    if (!session.may_overwrite())
        throw Error(fmt::format("{}: exists already; pass --overwrite to replace it", flags.out));
}

/// One kind of input, and a place for what is made of it.
void check(const MapFlags& flags) {
    const int n_inputs = (flags.coordinates.empty() ? 0 : 1) + (flags.points.empty() ? 0 : 1) +
                         (flags.pose.empty() ? 0 : 1) + (flags.image.empty() ? 0 : 1) +
                         (flags.atlas.empty() ? 0 : 1);
    if (n_inputs != 1)
        throw Error("map: give one of: points x,y,z, --points FILE, --pose FILE, --image FILE, --atlas NAME");
    if (flags.atlas.empty() && flags.to.empty()) throw Error("map: --to mni or --to head is needed");
    if (!flags.atlas.empty() && flags.to == "mni")
        throw Error("map: atlases are in MNI space already; --atlas goes with --to head");
    const bool makes_file = !flags.pose.empty() || !flags.image.empty() || !flags.atlas.empty();
    if (makes_file && flags.out.empty()) throw Error("map: --out FILE is needed for the result");
    const bool is_nifti = flags.out.ends_with(".nii") || flags.out.ends_with(".nii.gz");
    if (!is_nifti && (!flags.image.empty() || !flags.atlas.empty()))
        throw Error(fmt::format("--out {}: an image's name ends in .nii.gz or .nii", flags.out));
}

void run_map(const MapFlags& flags, Session& session) {
    check(flags);
    check_out(flags, session);
    const SubjectFolder subject = SubjectFolder::open(flags.subject);
    const Direction direction{subject.read_mni(), flags.atlas.empty() && flags.to == "mni"};
    const std::string to = direction.is_to_mni ? "mni" : "head";
    if (session.is_dry_run()) {
        check_inputs(flags, subject, direction.is_to_mni, session);
        session.finish_dry_run({{"subject", flags.subject}, {"to", to}, {"out", flags.out}});
        return;
    }
    if (!direction.mapping.is_deformable())
        session.warn(fmt::format("{}: the mapping is the affine alone; segment again for displacements",
                                 flags.subject));
    std::string text;
    nlohmann::json result;
    if (!flags.pose.empty()) {
        result = map_pose(flags, direction, text);
    } else if (!flags.image.empty()) {
        result = map_image(flags, subject, direction, session, text);
    } else if (!flags.atlas.empty()) {
        result = map_atlas(flags, subject, direction, text);
    } else {
        result = map_points(flags, direction, text);
    }
    result["to"] = to;
    result["is_deformable"] = direction.mapping.is_deformable();
    session.finish(result, text);
}

} // namespace

void add_map(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "map", "Points, poses, images and atlases between a subject's head and MNI space");
    auto flags = std::make_shared<MapFlags>();
    verb->add_option("coordinates", flags->coordinates, "Points x,y,z in millimetres")->type_name("X,Y,Z");
    verb->add_option("--subject", flags->subject, "Subject folder")->type_name("DIR")->required();
    verb->add_option("--to", flags->to, "Where to: mni or head")->check(CLI::IsMember({"mni", "head"}));
    verb->add_option("--points", flags->points, "CSV file whose lines start with x,y,z; the rest is kept")
        ->type_name("FILE");
    verb->add_option("--pose", flags->pose,
                     "pose.json: its origin goes through the warp, its axes through the affine's rotation")
        ->type_name("FILE");
    verb->add_option("--image", flags->image,
                     "Image (.nii, .nii.gz, .mgz), onto the grid of the template or of the T1")
        ->type_name("FILE");
    verb->add_flag("--labels", flags->is_labels, "The image holds labels: nearest neighbour, not linear");
    verb->add_option("--atlas", flags->atlas, "Regions of an atlas on the subject's T1: aal or brodmann")
        ->type_name("NAME");
    verb->add_option("--out", flags->out, "File to write; points are also printed")->type_name("FILE");
    session.add_overwrite_flag(*verb);
    session.add_common_flags(*verb);
    verb->footer(
        "A coordinate that starts with a minus sign follows --: map --subject S --to head -- -37,-21,58\n\n"
        "Examples:\n  corticoil map --subject out/s01 --to head -- -37,-21,58\n"
        "  corticoil map --subject out/s01 --atlas aal --out aal_s01.nii.gz");
    verb->callback([flags, &session] {
        session.begin("map");
        run_map(*flags, session);
    });
}

} // namespace corticoil::app
