// One call into each library, so that a missing symbol or dependency shows at link time.
#include "coils/coil_library.h"
#include "core/head_model.h"
#include "imaging/templates.h"
#include "io/gmsh.h"
#include "meshing/nested_spheres.h"
#include "planning/simulate.h"
#include "viz/picture_options.h"

#include <cstdio>
#include <filesystem>

int main() {
    using namespace corticoil;
    meshing::NestedSpheresOptions options;
    options.radii = {0.07, 0.09};
    options.edge_length = 0.02;
    const HeadModel head = make_head_model(meshing::nested_spheres(options), default_conductivities());
    const planning::Simulation simulation = planning::Simulator(head).simulate(
        coils::load_coil("figure8_70mm"),
        RigidTransform(Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, 0.094)));
    io::write_gmsh("consumer.msh", head.mesh);
    const bool is_same = io::read_gmsh("consumer.msh").n_nodes() == head.mesh.n_nodes();
    viz::check(viz::PictureOptions{});
    std::printf("template %s, %d nodes, converged %d\n", imaging::find_mni_template() ? "found" : "missing",
                head.mesh.n_nodes(), simulation.report.converged);
    return simulation.report.converged && is_same ? 0 : 1;
}
