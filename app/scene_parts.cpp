#include "app/scene_parts.h"

#include "app/parse.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/json_file.h"
#include "io/vtk_files.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

namespace corticoil::app {

namespace {

SurfaceMesh surface_of(const TetMesh& mesh, const std::function<bool(int label)>& is_inside) {
    return boundary_between(mesh, is_inside, [](int) { return false; }).surface;
}

bool is_inside_skull(int label) {
    return tissue::is_intracranial(label) || label == tissue::bone || label == tissue::compact_bone ||
           label == tissue::spongy_bone;
}

} // namespace

std::string best_field_name(const nlohmann::json& metrics, const std::string& place) {
    return io::string_member(metrics, "field", place) == "raw" ? "E" : "E_recovered";
}

std::shared_ptr<const viz::FieldVolume> read_volume(const std::filesystem::path& run) {
    const std::filesystem::path metrics = run / "metrics.json";
    io::MeshWithFields read =
        io::read_vtu(run / "field.vtu", {best_field_name(io::read_json(metrics), metrics.string())});
    if (read.fields.front().values.rows() != 3) {
        throw Error(
            fmt::format("{}: array {} is no vector", (run / "field.vtu").string(), read.fields.front().name));
    }
    return std::make_shared<const viz::FieldVolume>(
        viz::FieldVolume{std::move(read.mesh), std::move(read.fields.front().values)});
}

void add_tissue_surfaces(viz::FieldScene& scene, const viz::FieldLook& look, bool has_lesions) {
    const TetMesh& mesh = scene.volume->mesh;
    if (look.shows(viz::Part::skull)) scene.skull = surface_of(mesh, is_inside_skull);
    if (look.shows(viz::Part::white_matter)) {
        scene.white_matter = surface_of(
            mesh, [](int label) { return label == tissue::white_matter || tissue::is_lesion(label); });
    }
    if (has_lesions && look.shows(viz::Part::lesions)) scene.lesions = surface_of(mesh, tissue::is_lesion);
}

void add_candidates(viz::FieldScene& scene, const std::filesystem::path& plan) {
    const std::filesystem::path path = plan / "poses.csv";
    std::ifstream stream(path);
    std::string line;
    if (!std::getline(stream, line)) {
        throw Error(
            fmt::format("{}: cannot be read; candidates are drawn of a plan's folder, which corticoil "
                        "plan makes",
                        path.string()));
    }
    const std::vector<std::string> names = words_between_commas(line);
    const auto column = [&](const std::string& name) {
        const auto found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) throw Error(fmt::format("{}: has no column {}", path.string(), name));
        return static_cast<std::size_t>(found - names.begin());
    };
    const std::size_t value = column("e_mean_roi_v_per_m");
    const std::size_t first = column("m00");
    for (int row = 2; std::getline(stream, line); ++row) {
        const std::optional<std::vector<double>> numbers = parse_numbers(line);
        if (!numbers || numbers->size() != names.size() || first + 12 > names.size())
            throw Error(fmt::format("{}: line {} is no row of numbers", path.string(), row));
        Eigen::Matrix4d matrix = Eigen::Matrix4d::Identity();
        for (int i = 0; i < 12; ++i) matrix(i / 4, i % 4) = (*numbers)[first + static_cast<std::size_t>(i)];
        matrix.topRightCorner<3, 1>() *= metres_per_millimetre;
        scene.candidates.push_back(
            {RigidTransform::from_matrix(matrix, fmt::format("{}: line {}", path.string(), row)),
             (*numbers)[value]});
    }
    scene.candidate_title = "mean |E| in the ROI (V/m) at 1 A/µs, of the plan's short list";
}

} // namespace corticoil::app
