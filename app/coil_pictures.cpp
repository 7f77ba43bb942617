#include "app/coil_pictures.h"

#include "coils/coil_library.h"
#include "core/constants.h"
#include "viz/coil_picture.h"

#include <fmt/format.h>

namespace corticoil::app {

namespace {

/// The coil's dipoles and those that stand for its sampled potential.
coils::MagneticDipoles dipoles_to_draw(const coils::Coil& coil) {
    coils::MagneticDipoles all = coil.dipoles;
    for (const coils::SampledPotential& grid : coil.grids) {
        if (!grid.continuation) continue;
        const coils::MagneticDipoles& more = grid.continuation->dipoles;
        const Eigen::Index before = all.positions.cols();
        all.positions.conservativeResize(3, before + more.positions.cols());
        all.positions.rightCols(more.positions.cols()) = more.positions;
        all.moments.conservativeResize(3, before + more.moments.cols());
        all.moments.rightCols(more.moments.cols()) = more.moments;
    }
    return all;
}

viz::CoilScene scene_of(const coils::Coil& coil) {
    viz::CoilScene scene;
    scene.wires = wire_polylines(coil);
    const coils::MagneticDipoles dipoles = dipoles_to_draw(coil);
    scene.dipole_positions = dipoles.positions;
    scene.dipole_moments = dipoles.moments;
    scene.casing = coil.casing;
    scene.induced_direction = coil.induced_direction;
    scene.title = coil.name;
    scene.subtitle = coil.description;
    return scene;
}

/// "97 × 187 × 20 mm": the casing along x, y and z.
std::string size_of(const coils::Coil& coil) {
    if (!coil.casing) return "no casing";
    const Vector3 size = (coil.casing->nodes.rowwise().maxCoeff() - coil.casing->nodes.rowwise().minCoeff()) *
                         millimetres_per_metre;
    return fmt::format("casing {:.0f} × {:.0f} × {:.0f} mm", size.x(), size.y(), size.z());
}

} // namespace

std::vector<Points> wire_polylines(const coils::Coil& coil) {
    std::vector<Points> polylines;
    for (const coils::WirePath& wire : coil.wires) {
        Points path = wire.vertices;
        if (wire.is_closed && path.cols() > 0) {
            path.conservativeResize(3, path.cols() + 1);
            path.col(path.cols() - 1) = path.col(0);
        }
        polylines.push_back(std::move(path));
    }
    return polylines;
}

void draw_coil_picture(const coils::Coil& coil, const std::filesystem::path& png) {
    viz::CoilScene scene = scene_of(coil);
    if (!coil.grids.empty()) scene.subtitle += "; dipoles stand for its sampled A";
    scene.subtitle += "; " + size_of(coil);
    viz::draw_coil(scene, {}, png);
}

void draw_library_sheet(const std::filesystem::path& png) {
    std::vector<viz::CoilScene> scenes;
    for (const coils::LibraryCoil& summary : coils::library_coils()) {
        scenes.push_back(scene_of(coils::load_coil(summary.name)));
        scenes.back().subtitle = summary.build + ", " + summary.size;
    }
    viz::draw_coil_sheet(scenes, "Coils of the library", {}, png);
}

} // namespace corticoil::app
