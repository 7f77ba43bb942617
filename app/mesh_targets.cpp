#include "app/mesh_targets.h"

#include "app/aim.h"
#include "app/run_input.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/mesh_quality.h"
#include "planning/target.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <sstream>

namespace corticoil::app {

namespace {

/// A figure-of-eight coil stimulates within about this distance of the place that it aims at.
constexpr double reported_radius = 0.030;

bool is_in_image(const Vector3& point, const LabelImage& tissues) {
    const Vector3 voxel = (tissues.head_from_voxel.inverse() * point).array().round();
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double at = voxel[static_cast<Eigen::Index>(axis)];
        if (!(at >= 0.0) || at >= tissues.size[axis]) return false;
    }
    return true;
}

} // namespace

std::vector<Vector3> parse_mesh_targets(const std::vector<std::string>& texts, const SubjectFolder& subject,
                                        const LabelImage& tissues) {
    std::vector<Vector3> points;
    const auto add = [&](const std::string& text, const Vector3& point) {
        if (!is_in_image(point, tissues)) {
            throw Error(fmt::format("--target {}: lies outside {}; give a point of the head in mm, or check "
                                    "mni.json",
                                    text, subject.tissues().string()));
        }
        points.push_back(point);
    };
    for (const std::string& text : texts) {
        if (const std::optional<Vector3> point = parse_point(text)) {
            add(text, *point);
            continue;
        }
        std::istringstream names(text);
        for (std::string name; std::getline(names, name, ',');)
            add(name, subject.read_mni().to_head(library_target(name).near_mni));
    }
    return points;
}

nlohmann::json grey_matter_edges_at_targets(const TetMesh& mesh, const SubjectFolder& subject) {
    nlohmann::json edges = nlohmann::json::object();
    if (!std::filesystem::exists(subject.mni_file())) return edges;
    const MniMapping mni = subject.read_mni();
    for (const planning::Target& target : planning::reported_targets()) {
        const std::optional<double> edge =
            meshing::mean_edge_near(mesh, tissue::grey_matter, mni.to_head(target.near_mni), reported_radius);
        if (edge) edges[target.name] = *edge * millimetres_per_metre;
    }
    return edges;
}

} // namespace corticoil::app
