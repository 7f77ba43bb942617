#include "app/pose_input.h"

#include "app/did_you_mean.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "planning/mni_pose.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil::app {

namespace {

/// The largest distance between the corners of a grid under two affines [m].
double corner_distance(const std::array<int, 3>& size, const Eigen::Affine3d& a, const Eigen::Affine3d& b) {
    double largest = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const Vector3 voxel((corner & 1) * (size[0] - 1), ((corner >> 1) & 1) * (size[1] - 1),
                            ((corner >> 2) & 1) * (size[2] - 1));
        largest = std::max(largest, (a * voxel - b * voxel).norm());
    }
    return largest;
}

} // namespace

io::NavigationImage image_of(const SubjectFolder& subject) {
    return {image_grid(subject).head_from_voxel};
}

void check_same_image(const io::NavigationImage& stated, const SubjectFolder& subject,
                      const std::string& path) {
    constexpr double most_distance = 0.0001; // [m] As between sform and qform.
    const imaging::VoxelGrid grid = image_grid(subject);
    const double distance = corner_distance(grid.size, stated.head_from_voxel, grid.head_from_voxel);
    if (distance <= most_distance) return;
    const Eigen::Affine3d mirrored =
        Eigen::Scaling(Vector3(-1, 1, 1)) * stated.head_from_voxel; // Left for right in the head.
    if (corner_distance(grid.size, mirrored, grid.head_from_voxel) <= most_distance ||
        stated.head_from_voxel.linear().determinant() * grid.head_from_voxel.linear().determinant() < 0) {
        throw Error(
            fmt::format("{}: belongs to an image whose left and right are those of {} swapped; navigate "
                        "with the image that the subject was made from",
                        path, subject.t1().string()));
    }
    throw Error(
        fmt::format("{}: belongs to another image than {}: its corners lie up to {:.1f} mm apart; navigate "
                    "with the image that the subject was made from",
                    path, subject.t1().string(), distance * millimetres_per_metre));
}

io::NavigationFile load_poses(const std::string& path, const std::string& name,
                              const std::optional<SubjectFolder>& subject, Session& session) {
    io::NavigationFile file = io::read_navigation(path);
    for (const std::string& warning : file.warnings) session.warn(warning);
    if (!name.empty()) {
        std::vector<std::string> names;
        for (const io::NavigationPose& pose : file.poses) names.push_back(pose.name);
        std::erase_if(file.poses, [&](const io::NavigationPose& pose) { return pose.name != name; });
        if (file.poses.empty()) {
            throw Error(fmt::format("{}: has no pose named '{}'{}", path, name, suggestion(name, names)));
        }
    }
    if (!subject) return file;
    if (file.space.image) check_same_image(*file.space.image, *subject, path);
    if (file.space.is_mni) {
        const MniMapping mapping = subject->read_mni();
        for (io::NavigationPose& pose : file.poses)
            pose.head_from_coil = planning::pose_to_head(mapping, pose.head_from_coil);
        file.space.is_mni = false;
        session.say(fmt::format("{}: carried from MNI space to the head", path));
    } else if (!file.space.image &&
               (file.format == io::PoseFormat::brainsight || file.format == io::PoseFormat::localite)) {
        session.say(
            fmt::format("{}: does not say which image it belongs to; its coordinates ({}) are taken as "
                        "those of the subject's T1",
                        path, file.space.stated));
    }
    return file;
}

void tell_of_missing_casing(const coils::Coil& coil, Session& session) {
    if (coil.casing) return;
    session.warn(
        fmt::format("coil {} has no casing: its dipoles and wires are kept off the scalp instead, which puts "
                    "it nearer than a casing would; give a casing (.stl beside the coil's file)",
                    coil.name));
}

} // namespace corticoil::app
