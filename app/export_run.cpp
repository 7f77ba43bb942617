#include "app/export_run.h"

#include "app/pictures.h"
#include "app/scene_parts.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/carry.h"
#include "imaging/nifti.h"
#include "imaging/templates.h"
#include "io/freesurfer_file.h"
#include "io/gifti_file.h"
#include "io/gmsh.h"
#include "io/json_file.h"
#include "io/staged_output.h"
#include "io/vtk_files.h"
#include "planning/mni_pose.h"
#include "planning/voxel_tetrahedra.h"
#include "viz/solid_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <utility>

namespace corticoil::app {

namespace {

/// Voxels of 1 mm around the head.
imaging::VoxelGrid grid_around(const TetMesh& mesh) {
    constexpr double voxel = 1e-3; // [m]
    constexpr int most = 1024;     // A metre: larger than any head.
    const Vector3 low = (mesh.nodes.rowwise().minCoeff() / voxel).array().floor();
    const Vector3 high = (mesh.nodes.rowwise().maxCoeff() / voxel).array().ceil();
    imaging::VoxelGrid grid;
    for (int axis = 0; axis < 3; ++axis) {
        const double n = high[axis] - low[axis] + 1;
        if (!(n <= most))
            throw Error("--format nifti: the mesh is larger than a metre; are its lengths in millimetres?");
        grid.size[static_cast<std::size_t>(axis)] = static_cast<int>(n);
    }
    grid.head_from_voxel.linear() *= voxel;
    grid.head_from_voxel.translation() = voxel * low;
    return grid;
}

/// A value of metrics.json as a cell of a table.
std::string cell_text(const nlohmann::json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return fmt::format("\"{}\"", value.get<std::string>());
    return value.dump();
}

/// The unit that a key ends in, as formats.md says.
std::string unit_of(const std::string& key) {
    const std::vector<std::pair<std::string, std::string>> endings{
        {"_v_per_m", "V/m"}, {"_mm3", "mm3"}, {"_mm", "mm"}, {"_a_per_s", "A/s"}, {"_s", "s"}};
    for (const auto& [ending, unit] : endings) {
        if (key.ends_with(ending)) return unit;
    }
    return "";
}

/// Rows of a table from an object: objects within it add their name in front, lists are numbered.
void add_rows(const nlohmann::json& value, const std::string& name, std::string& text) {
    if (value.is_object()) {
        for (const auto& [key, member] : value.items())
            add_rows(member, name.empty() ? key : name + "." + key, text);
    } else if (value.is_array()) {
        for (std::size_t i = 0; i < value.size(); ++i)
            add_rows(value[i], fmt::format("{}[{}]", name, i), text);
    } else {
        const std::string key = name.substr(0, name.find('['));
        text += fmt::format("{},{},{}\n", name, cell_text(value), unit_of(key));
    }
}

class Exporter {
  public:
    Exporter(const ExportRequest& request, const std::filesystem::path& folder, Session& session)
        : request_(request), folder_(folder), session_(session), scene_(scene_of(request.run)),
          metrics_(io::read_json(request.run / "metrics.json")) {}

    nlohmann::json write() {
        const std::vector<std::pair<std::string, void (Exporter::*)()>> steps{
            {"paraview", &Exporter::write_paraview},     {"gmsh", &Exporter::write_gmsh},
            {"nifti", &Exporter::write_images},          {"gifti", &Exporter::write_gifti},
            {"freesurfer", &Exporter::write_freesurfer}, {"csv", &Exporter::write_table}};
        const Progress progress = session_.progress("exporting");
        double done = 0;
        for (const auto& [format, step] : steps) {
            if (!request_.formats.contains(format)) continue;
            report(progress, done / static_cast<double>(request_.formats.size()), format);
            (this->*step)();
            ++done;
        }
        session_.end_progress(fmt::format("wrote {} files", files_.size()));
        return {{"run", request_.run.string()},
                {"didt_a_per_s", scene_.didt},
                {"field", best_field_name(metrics_, "metrics.json")},
                {"files", files_}};
    }

  private:
    /// E in all tetrahedra, read when it is first needed: surfaces and tables do without.
    const viz::FieldVolume& volume() {
        if (!volume_) volume_ = read_volume(request_.run);
        return *volume_;
    }

    /// What grey_matter.vtp holds at its nodes.
    [[nodiscard]] io::PointFields cortex_fields() const {
        return {{"magnE", scene_.magnitude.transpose()},
                {"E_normal", scene_.normal.transpose()},
                {"E_tangential", scene_.tangential.transpose()}};
    }

    void add(const std::string& name, const std::string& what, const std::string& unit,
             const std::string& space) {
        files_.push_back({{"file", name}, {"what", what}, {"unit", unit}, {"space", space}});
    }

    void copy(const std::string& name) { std::filesystem::copy_file(request_.run / name, folder_ / name); }

    void write_paraview() {
        (void)volume(); // A damaged file is not handed on.
        for (const char* name : {"field.vtu", "grey_matter.vtp", "scalp.vtp"}) copy(name);
        std::vector<SurfaceMesh> parts;
        constexpr double wire_radius = 0.0007; // [m]
        for (const Points& winding : scene_.windings) parts.push_back(viz::tube(winding, wire_radius));
        const SurfaceMesh wires = viz::joined(parts);
        std::vector<SurfaceMesh> coil{wires};
        if (scene_.casing) coil.push_back(*scene_.casing);
        const SurfaceMesh body = viz::joined(coil);
        std::string data_sets;
        const auto data_set = [&](int part, const std::string& file) {
            data_sets += fmt::format("    <DataSet timestep=\"0\" part=\"{}\" file=\"{}\"/>\n", part, file);
        };
        data_set(0, "grey_matter.vtp");
        data_set(1, "scalp.vtp");
        if (body.n_nodes() > 0) {
            Eigen::MatrixXd part = Eigen::MatrixXd::Zero(1, body.n_nodes());
            part.leftCols(wires.n_nodes()).setOnes();
            io::write_vtp(folder_ / "coil.vtp", body, {{"winding", part}},
                          "coil at its pose; winding: 1 wires, 0 casing; mm, RAS");
            data_set(2, "coil.vtp");
            add("coil.vtp", "the coil at its pose: array winding is 1 on wires, 0 on the casing", "",
                "head, mm");
        }
        data_set(3, "field.vtu");
        io::write_file_atomically(folder_ / "run.pvd",
                                  "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" "
                                  "byte_order=\"LittleEndian\">\n  <Collection>\n" +
                                      data_sets + "  </Collection>\n</VTKFile>\n");
        add("run.pvd", "all of the run for ParaView: open this file", "", "head, mm");
        add("field.vtu", "E in all tetrahedra, as the run has it", "V/m", "head, mm");
        add("grey_matter.vtp", "the grey matter's surface with magnE, E_normal (+ into cortex), E_tangential",
            "V/m", "head, mm");
        add("scalp.vtp", "the head's outer surface", "", "head, mm");
    }

    void write_gmsh() {
        const auto& e = volume().field;
        io::write_gmsh(folder_ / "field.msh", volume().mesh, {{"magnE", e.colwise().norm()}, {"E", e}});
        add("field.msh",
            "tetrahedra by tissue with views magnE and E; Gmsh opens it showing magnE in grey matter", "V/m",
            "head, mm");
        // Gmsh reads options beside a mesh: grey matter from 0 to the robust maximum, E off until asked for.
        const double cap = io::number_member(metrics_, "e_p999_gm_v_per_m", "metrics.json");
        io::write_file_atomically(
            folder_ / "field.msh.opt",
            fmt::format("Mesh.SurfaceEdges = 0;\nMesh.VolumeEdges = 0;\n"
                        "Hide {{ Volume{{:}}; }}\nShow {{ Volume{{ 2 }}; }}\n"
                        "View[0].RangeType = 2;\nView[0].CustomMin = 0;\nView[0].CustomMax = {:.6g};\n"
                        "View[0].SaturateValues = 1;\nView[1].Visible = 0;\n",
                        cap));
        add("field.msh.opt", "what Gmsh shows first", "", "");
    }

    /// |E| and E on a grid; `rotation` takes axes of the head to those of the grid's frame.
    void write_images_on(const imaging::VoxelGrid& grid, const std::string& suffix, const std::string& space,
                         const std::function<Vector3(const Vector3&)>& to_head,
                         const Eigen::Matrix3d& rotation) {
        const std::vector<int> inside =
            planning::voxel_tetrahedra(volume().mesh, grid.size, grid.head_from_voxel, to_head);
        if (std::all_of(inside.begin(), inside.end(), [](int t) { return t < 0; }))
            throw Error(fmt::format("{}: no voxel lies in the head; is it the run's subject?",
                                    request_.subject ? request_.subject->path().string() : "--format nifti"));
        const VectorField e = rotation * volume().field;
        ScalarImage magnitude(grid.size, grid.head_from_voxel);
        VectorImage vectors(grid.size, grid.head_from_voxel, Eigen::Vector3f::Zero());
        for (std::size_t v = 0; v < inside.size(); ++v) {
            if (inside[v] < 0) continue;
            vectors.voxels[v] = e.col(inside[v]).cast<float>();
            magnitude.voxels[v] = static_cast<float>(e.col(inside[v]).norm());
        }
        imaging::write_nifti(folder_ / ("magnE" + suffix + ".nii.gz"), magnitude);
        imaging::write_nifti_field(folder_ / ("E" + suffix + ".nii.gz"), vectors);
        add("magnE" + suffix + ".nii.gz", "|E| of the tetrahedron at each voxel's centre, 0 outside the head",
            "V/m", space);
        add("E" + suffix + ".nii.gz",
            "E likewise, three components along the fifth axis, in the axes of the space", "V/m", space);
    }

    void write_images() {
        const auto same = [](const Vector3& point) { return point; };
        if (!request_.subject) {
            write_images_on(grid_around(volume().mesh), "", "head, RAS mm", same,
                            Eigen::Matrix3d::Identity());
            session_.say("no images in MNI space: give the run's subject folder with --subject");
            return;
        }
        const SubjectFolder& subject = *request_.subject;
        const bool has_t1 = std::filesystem::exists(subject.t1());
        const bool has_image = has_t1 || std::filesystem::exists(subject.tissues());
        const imaging::VoxelGrid grid = has_image ? image_grid(subject) : grid_around(volume().mesh);
        write_images_on(grid, "", has_t1 ? "the T1's grid, RAS mm" : "head, RAS mm", same,
                        Eigen::Matrix3d::Identity());
        if (!std::filesystem::exists(subject.mni_file())) {
            session_.say("no images in MNI space: the subject has no mni.json");
            return;
        }
        const MniMapping mapping = subject.read_mni();
        write_images_on(
            imaging::grid_of(imaging::load_mni_template().t1), "_mni", "MNI (Colin27's grid), RAS mm",
            [&](const Vector3& point) { return mapping.to_head(point); },
            planning::mni_from_head_rotation(mapping));
    }

    void write_gifti() {
        io::write_gifti(folder_ / "grey_matter.surf.gii", scene_.cortex);
        io::write_gifti_values(folder_ / "grey_matter.func.gii", cortex_fields());
        add("grey_matter.surf.gii", "the grey matter's surface, both hemispheres and the cerebellum", "",
            "head, RAS mm");
        add("grey_matter.func.gii", "magnE, E_normal (+ into cortex) and E_tangential at its nodes", "V/m",
            "nodes of grey_matter.surf.gii");
    }

    void write_freesurfer() {
        io::write_freesurfer_surface(folder_ / "grey_matter.freesurfer", scene_.cortex);
        add("grey_matter.freesurfer", "the grey matter's surface, both hemispheres and the cerebellum", "",
            "head, RAS mm");
        for (const io::DataField& f : cortex_fields()) {
            const std::string name = "grey_matter." + f.name + ".curv";
            io::write_freesurfer_overlay(folder_ / name, f.values.row(0).transpose(),
                                         scene_.cortex.n_triangles());
            add(name, f.name + " at its nodes, as an overlay", "V/m", "nodes of grey_matter.freesurfer");
        }
    }

    void write_table() {
        std::string text = "key,value,unit\n";
        add_rows(metrics_, "", text);
        io::write_file_atomically(folder_ / "metrics.csv", text);
        add("metrics.csv", "metrics.json as a table: key, value, unit", "", "");
    }

    const ExportRequest& request_;
    const std::filesystem::path& folder_;
    Session& session_;
    viz::FieldScene scene_;
    nlohmann::json metrics_;
    std::shared_ptr<const viz::FieldVolume> volume_;
    nlohmann::json files_ = nlohmann::json::array();
};

} // namespace

std::vector<std::string> export_formats() {
    return {"paraview", "gmsh", "nifti", "gifti", "freesurfer", "csv"};
}

nlohmann::json export_run(const ExportRequest& request, const std::filesystem::path& folder,
                          Session& session) {
    return Exporter(request, folder, session).write();
}

} // namespace corticoil::app
