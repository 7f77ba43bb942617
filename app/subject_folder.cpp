#include "app/subject_folder.h"

#include "app/checksum.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/nifti.h"
#include "io/gmsh.h"
#include "io/json_file.h"

#include <Eigen/LU>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace corticoil::app {

namespace {

std::string key_of(int label) {
    const std::optional<TissueInfo> known = find_tissue(label);
    return known ? std::string(known->key) : fmt::format("label_{}", label);
}

/// \throws Error for displacements that no head needs: what they place may lie anywhere.
void check_displacements(const VectorImage& field, const std::filesystem::path& path) {
    constexpr double largest = 0.2; // [m] On top of the affine, which overlays the heads; a head's length.
    const auto too_far = std::find_if(field.voxels.begin(), field.voxels.end(),
                                      [](const Eigen::Vector3f& u) { return !(u.norm() <= largest); });
    if (too_far == field.voxels.end()) return;
    const auto n = static_cast<std::size_t>(too_far - field.voxels.begin());
    const auto nx = static_cast<std::size_t>(field.size[0]);
    const auto ny = static_cast<std::size_t>(field.size[1]);
    throw Error(fmt::format(
        "{}: voxel ({}, {}, {}) is displaced by {:.4g} mm, more than a head's length ({:g} "
        "mm): the file is damaged or in other units; segment again",
        path.string(), n % nx, n / nx % ny, n / nx / ny,
        static_cast<double>(too_far->norm()) * millimetres_per_metre, largest * millimetres_per_metre));
}

} // namespace

SubjectFolder::SubjectFolder(std::filesystem::path path) : path_(std::move(path)) {}

SubjectFolder SubjectFolder::open(const std::filesystem::path& path) {
    SubjectFolder folder(path);
    if (!std::filesystem::is_directory(path)) {
        throw Error(
            fmt::format("{}: is not a folder; make a subject with: corticoil segment T1.nii.gz --out {}",
                        path.string(), path.string()));
    }
    if (!std::filesystem::exists(folder.description())) {
        throw Error(
            fmt::format("{}: holds no subject.json, so it is not a subject folder; make one with: corticoil "
                        "segment T1.nii.gz --out DIR",
                        path.string()));
    }
    const nlohmann::json content = io::read_json(folder.description());
    const std::string place = folder.description().string();
    if (io::has_member(content, "files", place) && !io::member(content, "files", place).is_object()) {
        throw Error(fmt::format(
            "{}: 'files' is not an object, so this is not a subject of ours; segment again", place));
    }
    return folder;
}

TetMesh SubjectFolder::read_mesh() const {
    if (!std::filesystem::exists(head_mesh())) {
        throw Error(fmt::format("{}: has no head.msh yet; make it with: corticoil mesh {}", path_.string(),
                                path_.string()));
    }
    return io::read_gmsh(head_mesh());
}

MniMapping SubjectFolder::read_mni() const {
    if (!std::filesystem::exists(mni_file())) {
        throw Error(fmt::format(
            "{}: has no mni.json, so named targets cannot be placed; give coordinates x,y,z in the "
            "head's own frame, or segment with a T1",
            path_.string()));
    }
    const nlohmann::json content = io::read_json(mni_file());
    Eigen::Matrix4d matrix = io::matrix4_member(content, "mni_from_head", mni_file().string());
    matrix.topRightCorner<3, 1>() *= metres_per_millimetre;
    constexpr double least_determinant = 0.1; // A head is not ten times the template's size.
    const double determinant = matrix.topLeftCorner<3, 3>().determinant();
    if (!(determinant > least_determinant)) {
        throw Error(fmt::format(
            "{}: mni_from_head has determinant {:g}: it flattens the head or swaps left and right; "
            "segment again",
            mni_file().string(), determinant));
    }
    MniMapping mapping;
    mapping.mni_from_head.matrix() = matrix;
    const auto warp = [&](const char* key, const std::filesystem::path& path) {
        if (!std::filesystem::exists(path)) {
            throw Error(fmt::format("{}: names a {}, but {} is missing; copy the whole subject folder, or "
                                    "segment again",
                                    mni_file().string(), key, path.string()));
        }
        auto field = std::make_shared<VectorImage>(imaging::read_vector_nifti(path));
        check_displacements(*field, path);
        return field;
    };
    if (io::has_member(content, "mni_warp", mni_file().string())) {
        mapping.mni_warp = warp("mni_warp", mni_warp());
        mapping.head_warp = warp("head_warp", head_warp());
    }
    return mapping;
}

void SubjectFolder::write_mni(const MniMapping& mapping) const {
    Eigen::Matrix4d matrix = mapping.mni_from_head.matrix();
    matrix.topRightCorner<3, 1>() *= millimetres_per_metre;
    nlohmann::json content = {{"mni_from_head", io::to_json_rows(matrix)},
                              {"unit", "mm"},
                              {"method", "affine, 12 parameters, mutual information with Colin27"}};
    if (mapping.is_deformable()) {
        imaging::write_nifti(mni_warp(), *mapping.mni_warp);
        imaging::write_nifti(head_warp(), *mapping.head_warp);
        content["method"] = "affine, 12 parameters, mutual information with Colin27; then symmetric "
                            "normalisation, local correlation, 2 mm grid";
        content["mni_warp"] = mni_warp().filename().string();
        content["head_warp"] = head_warp().filename().string();
    }
    io::write_json(mni_file(), content);
}

void SubjectFolder::record(const std::string& file, const nlohmann::json& details) const {
    nlohmann::json content = std::filesystem::exists(description())
                                 ? io::read_json(description())
                                 : nlohmann::json{{"files", nlohmann::json::object()}};
    nlohmann::json entry = details;
    entry["version"] = CORTICOIL_VERSION;
    entry["sha256"] = sha256_of(path_ / file);
    content["version"] = CORTICOIL_VERSION;
    content["files"][file] = entry;
    io::write_json(description(), content);
}

void SubjectFolder::remove(const std::string& file) const {
    std::filesystem::remove(path_ / file);
    if (!std::filesystem::exists(description())) return;
    nlohmann::json content = io::read_json(description());
    if (content.contains("files") && content["files"].erase(file) > 0) io::write_json(description(), content);
}

std::vector<std::string> subject_entries() {
    return {"subject.json",   "t1.nii.gz",       "tissues.nii.gz",   "head.msh",
            "mni.json",       "mni_warp.nii.gz", "head_warp.nii.gz", "electrodes.json",
            "electrodes.png", "surfaces",        "segmentation.png"};
}

imaging::VoxelGrid image_grid(const SubjectFolder& subject) {
    if (std::filesystem::exists(subject.t1()))
        return imaging::grid_of(imaging::read_nifti(subject.t1()).image);
    return imaging::grid_of(imaging::read_label_nifti(subject.tissues()));
}

std::vector<std::filesystem::path> subject_places(const std::filesystem::path& run,
                                                  const std::string& named) {
    std::vector<std::filesystem::path> places;
    const auto add = [&](const std::filesystem::path& path) {
        if (std::filesystem::exists(path / "subject.json")) places.push_back(path);
    };
    if (named.empty()) return places;
    if (std::filesystem::path(named).is_relative()) {
        const std::filesystem::path base = std::filesystem::absolute(run).lexically_normal();
        for (std::filesystem::path from = base; from.has_relative_path(); from = from.parent_path())
            add((from / named).lexically_normal());
    }
    add(named);
    return places;
}

std::string subject_name_of_run(const std::filesystem::path& run) {
    const std::string place = (run / "run.json").string();
    const nlohmann::json content = io::read_json(run / "run.json");
    const nlohmann::json& configuration = io::member(content, "configuration", place);
    if (!io::has_member(configuration, "subject", place)) return "";
    return io::string_member(configuration, "subject", place);
}

nlohmann::json volumes_in_ml(const std::array<double, 256>& volumes) {
    nlohmann::json result = nlohmann::json::object();
    for (std::size_t label = 1; label < volumes.size(); ++label) {
        if (volumes[label] > 0)
            result[key_of(static_cast<int>(label))] = volumes[label] * millilitres_per_cubic_metre;
    }
    return result;
}

namespace {

nlohmann::json boundary_mm(const std::optional<meshing::BoundaryDistance>& boundary,
                           double meshing::BoundaryDistance::*figure) {
    return boundary ? nlohmann::json((*boundary).*figure * millimetres_per_metre) : nlohmann::json();
}

} // namespace

nlohmann::json quality_as_json(const meshing::MeshQuality& quality) {
    nlohmann::json tissues = nlohmann::json::object();
    for (const auto& [label, tissue] : quality.tissues) {
        tissues[key_of(label)] = {
            {"label", label},
            {"tetrahedra", tissue.n_tetrahedra},
            {"volume_mm3", tissue.volume * cubic_millimetres_per_cubic_metre},
            {"volume_drift", tissue.volume_drift ? nlohmann::json(*tissue.volume_drift) : nlohmann::json()},
            {"edge_min_mm", tissue.edge_length_min * millimetres_per_metre},
            {"edge_mean_mm", tissue.edge_length_mean * millimetres_per_metre},
            {"edge_max_mm", tissue.edge_length_max * millimetres_per_metre},
            {"boundary_distance_mean_mm", boundary_mm(tissue.boundary, &meshing::BoundaryDistance::mean)},
            {"boundary_distance_p99_mm",
             boundary_mm(tissue.boundary, &meshing::BoundaryDistance::percentile_99)},
        };
    }
    return {{"nodes", quality.n_nodes},
            {"tetrahedra", quality.n_tetrahedra},
            {"inverted", quality.n_inverted},
            {"parts", quality.n_parts},
            {"dihedral_min_deg", quality.smallest_dihedral_angle},
            {"dihedral_max_deg", quality.largest_dihedral_angle},
            {"dihedral_percentile_1_deg", quality.dihedral_percentiles[1]},
            {"radius_ratio_mean", quality.mean_radius_ratio},
            {"boundary_distance_mean_mm", boundary_mm(quality.boundary, &meshing::BoundaryDistance::mean)},
            {"boundary_distance_p99_mm",
             boundary_mm(quality.boundary, &meshing::BoundaryDistance::percentile_99)},
            {"tissues", tissues}};
}

} // namespace corticoil::app
