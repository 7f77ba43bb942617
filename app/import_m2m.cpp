#include "app/import_m2m.h"

#include "app/electrodes.h"
#include "app/make_subject.h"
#include "app/run_input.h"
#include "app/segmentation_quality.h"
#include "app/t1_input.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/label_import.h"
#include "imaging/nifti.h"
#include "io/gmsh.h"
#include "io/staged_output.h"
#include "meshing/mesh_quality.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

namespace {

namespace fs = std::filesystem;

/// What was found in a head-model folder of SimNIBS (`m2m_NAME`).
struct M2mFolder {
    std::filesystem::path labels;              ///< final_tissues.nii.gz
    std::optional<std::filesystem::path> mesh; ///< NAME.msh, in the folder or beside it.
    std::optional<std::filesystem::path> t1;   ///< T1.nii.gz
    std::vector<std::string> notes;            ///< What is missing and what that costs, in words.
};

/// The folder as a head of ours.
struct M2mHead {
    SegmentedHead head;
    std::optional<TetMesh> mesh;
};

std::optional<fs::path> first_existing(const std::vector<fs::path>& candidates) {
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [](const fs::path& path) { return fs::is_regular_file(path); });
    return found == candidates.end() ? std::nullopt : std::optional(*found);
}

/// The folder's head mesh: named like the folder, in it (CHARM) or beside it (headreco), else the only .msh.
std::optional<fs::path> find_mesh(const fs::path& folder, std::vector<std::string>& notes) {
    const fs::path absolute = fs::absolute(folder).lexically_normal();
    const std::string name =
        (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
    const std::string prefix = "m2m_";
    if (name.starts_with(prefix)) {
        const std::string file = name.substr(prefix.size()) + ".msh";
        const std::optional<fs::path> named = first_existing({folder / file, folder / ".." / file});
        if (named) return named;
    }
    std::vector<fs::path> meshes;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".msh") meshes.push_back(entry.path());
    }
    if (meshes.size() == 1) return meshes.front();
    notes.push_back(fmt::format("{}: {}; make the mesh with: corticoil mesh", folder.string(),
                                meshes.empty() ? "holds no head mesh (.msh)"
                                               : "holds several .msh files and none named like the folder"));
    return std::nullopt;
}

/// The mesh's largest conductor. \throws Error for tissues that nobody knows or several large parts.
TetMesh checked(TetMesh mesh, const std::string& name, Session& session) {
    for (const auto& [label, volume] : volumes_by_label(mesh)) {
        if (!find_tissue(label)) {
            throw Error(
                fmt::format("{}: tetrahedra of label {}, which is no tissue of SimNIBS's or ours; remove "
                            "them, or simulate with --mesh and --conductivity {}=…",
                            name, label, label));
        }
    }
    const std::vector<int> parts = connected_parts(mesh);
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    double dropped = 0;
    int n_dropped = 0;
    for (std::size_t t = 0; t < parts.size(); ++t) {
        if (parts[t] == 0) continue;
        dropped += volumes[static_cast<Eigen::Index>(t)];
        ++n_dropped;
    }
    if (n_dropped == 0) return mesh;
    constexpr double largest_loss = 1e-3; // Specks, not a piece of the head.
    if (dropped > largest_loss * volumes.sum()) {
        throw Error(
            fmt::format("{}: {:.1f} % of its volume hangs on no face of the rest; mesh the labels instead: "
                        "leave the .msh away and run corticoil mesh",
                        name, 100 * dropped / volumes.sum()));
    }
    session.warn(
        fmt::format("{}: {} tetrahedra that hang on no face of the head were left out", name, n_dropped));
    return extract(mesh, [&](int t) { return parts[static_cast<std::size_t>(t)] == 0; });
}

M2mFolder find_m2m(const fs::path& folder) {
    if (!fs::is_directory(folder))
        throw Error(
            fmt::format("--m2m: {} is no folder; give the m2m_NAME that SimNIBS made", folder.string()));
    M2mFolder found;
    const std::optional<fs::path> labels = first_existing({folder / "final_tissues.nii.gz"});
    if (!labels) {
        throw Error(
            fmt::format("--m2m: {} holds no final_tissues.nii.gz; for folders of older versions give the "
                        "label map with --labels and --map, or the mesh to: corticoil simulate --mesh",
                        folder.string()));
    }
    found.labels = *labels;
    found.t1 = first_existing({folder / "T1.nii.gz"});
    if (!found.t1) {
        found.notes.push_back(
            fmt::format("{}: holds no T1.nii.gz, so there is no mapping to MNI space: targets "
                        "by coordinates only",
                        folder.string()));
    }
    found.mesh = find_mesh(folder, found.notes);
    return found;
}

M2mHead read_m2m(const M2mFolder& folder, Session& session) {
    M2mHead m2m;
    imaging::ImportOptions options;
    if (folder.t1) {
        m2m.head.t1 = load_image(folder.t1->string(), session);
        check_given_t1(*m2m.head.t1, folder.t1->string(), session);
        options.t1 = m2m.head.t1;
        m2m.head.t1_source = folder.t1->string();
    }
    // A mesh that is taken over ends where its labels do, and its volumes are compared with theirs.
    if (folder.mesh) options.neck_extension = 0;
    options.progress = session.progress("importing");
    imaging::ImportedLabels imported =
        imaging::import_labels(imaging::read_label_nifti(folder.labels), {}, options);
    if (imported.n_filled > 0)
        session.say(fmt::format("{} voxels inside the head had no label and were filled", imported.n_filled));
    m2m.head.tissues = std::move(imported.tissues);
    m2m.head.volumes = imported.volumes;
    if (m2m.head.t1) m2m.head.mni = register_given_t1(*m2m.head.t1, {}, session);
    if (folder.mesh)
        m2m.mesh = checked(read_users_mesh(folder.mesh->string(), session), folder.mesh->filename().string(),
                           session);
    session.end_progress("imported");
    return m2m;
}

void write_m2m_mesh(const SubjectFolder& subject, const M2mHead& m2m, const M2mFolder& folder,
                    const nlohmann::json& configuration, Session& session) {
    if (!m2m.mesh) return;
    io::write_gmsh(subject.head_mesh(), *m2m.mesh);
    subject.record("head.msh", {{"made_by", "segment"},
                                {"source", folder.mesh->string()},
                                {"configuration", configuration},
                                {"quality", quality_as_json(meshing::assess(*m2m.mesh, &m2m.head.tissues))},
                                {"warnings", session.warnings()}});
    write_electrodes_if_possible(subject, *m2m.mesh, session.out(), session);
}

} // namespace

void run_m2m(const std::string& path, Session& session) {
    const M2mFolder folder = find_m2m(path);
    const nlohmann::json configuration = {{"m2m", path},
                                          {"labels", folder.labels.string()},
                                          {"t1", folder.t1 ? folder.t1->string() : ""},
                                          {"mesh", folder.mesh ? folder.mesh->string() : ""},
                                          {"out", session.out()},
                                          {"threads", session.threads()}};
    for (const std::string& note : folder.notes) session.warn(note);
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    io::StagedFolder staged(session.out(), {"subject.json", session.may_overwrite(), subject_entries()});
    const SubjectFolder subject(staged.path());
    M2mHead m2m = read_m2m(folder, session);
    add_quality(m2m.head, session);
    write_subject(subject, m2m.head, configuration, session.warnings());
    write_m2m_mesh(subject, m2m, folder, configuration, session);
    staged.commit();
    const nlohmann::json in_ml = volumes_in_ml(m2m.head.volumes);
    std::string text = fmt::format("{}: tissues of {} in ml:\n", session.out(), folder.labels.string());
    for (const auto& [key, value] : in_ml.items())
        text += fmt::format("  {:14} {:7.0f}\n", key, value.get<double>());
    text += m2m.head.quality_table;
    text += folder.mesh ? fmt::format("head.msh is {}\n", folder.mesh->string())
                        : fmt::format("Then: corticoil mesh {}\n", session.out());
    session.finish({{"subject", session.out()},
                    {"found", configuration},
                    {"volumes_ml", in_ml},
                    {"quality", m2m.head.quality},
                    {"warnings", session.warnings()}},
                   text);
}

} // namespace corticoil::app
