#include "app/make_subject.h"

#include "app/import_surfaces.h"
#include "app/lesion_input.h"
#include "app/mesh_targets.h"
#include "imaging/nifti.h"
#include "io/gmsh.h"
#include "viz/segmentation_picture.h"

#include <fmt/format.h>

namespace corticoil::app {

void write_subject(const SubjectFolder& subject, const SegmentedHead& head,
                   const nlohmann::json& configuration, const std::vector<std::string>& warnings) {
    imaging::write_nifti(subject.tissues(), head.tissues);
    if (head.t1) {
        imaging::write_nifti(subject.t1(), *head.t1);
        // Large enough that outlines a pixel wide stand between the T1's voxels.
        viz::draw_segmentation(*head.t1, head.tissues, {.width = 2400, .height = 1800}, subject.picture());
        subject.record("t1.nii.gz", {{"source", head.t1_source}});
    }
    if (head.mni) {
        subject.write_mni(*head.mni);
        subject.record("mni.json", {{"made_by", "segment"}});
        if (head.mni->is_deformable()) {
            subject.record("mni_warp.nii.gz", {{"made_by", "segment"}});
            subject.record("head_warp.nii.gz", {{"made_by", "segment"}});
        }
    }
    nlohmann::json details = {{"made_by", "segment"},
                              {"configuration", configuration},
                              {"warnings", warnings},
                              {"volumes_ml", volumes_in_ml(head.volumes)},
                              {"quality", head.quality}};
    if (head.lesions) details["lesions"] = as_json(*head.lesions);
    if (!head.t2.is_null()) details["t2"] = head.t2;
    subject.record("tissues.nii.gz", details);
}

SubjectMesh mesh_subject(const SubjectFolder& subject, const LabelImage& tissues, const MeshRequest& request,
                         const nlohmann::json& configuration, Session& session) {
    meshing::HeadMeshOptions options;
    options.resolution = request.resolution;
    options.targets = request.targets;
    options.progress = session.progress("meshing");
    const std::vector<meshing::HeadSurface> surfaces = read_surfaces(subject);
    SubjectMesh result;
    result.head = surfaces.empty() ? meshing::mesh_head(tissues, options)
                                   : meshing::mesh_surfaces(meshing::HeadSurfaces(surfaces), options);
    const meshing::HeadMesh& head = result.head;
    session.end_progress(
        fmt::format("meshed: {} nodes, {} tetrahedra", head.quality.n_nodes, head.quality.n_tetrahedra));
    for (const std::string& warning : head.warnings) session.warn(warning);
    io::write_gmsh(subject.head_mesh(), head.mesh);
    result.quality = quality_as_json(head.quality);
    result.quality["grey_matter_edge_at_targets_mm"] = grey_matter_edges_at_targets(head.mesh, subject);
    subject.record("head.msh", {{"made_by", "mesh"},
                                {"configuration", configuration},
                                {"quality", result.quality},
                                {"warnings", head.warnings}});
    return result;
}

} // namespace corticoil::app
