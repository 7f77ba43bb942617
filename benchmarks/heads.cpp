#include "benchmarks/heads.h"

#include "core/error.h"
#include "core/locality_order.h"
#include "io/gmsh.h"
#include "meshing/nested_spheres.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace corticoil::benchmarks {

namespace {

struct Sphere {
    const char* name;
    double edge_length; ///< [m]
};

// Chosen for the number of nodes in the name.
constexpr std::array<Sphere, 4> spheres{
    {{"sphere_0.06M", 0.0058}, {"sphere_0.25M", 0.00284}, {"sphere_0.69M", 0.00202}, {"sphere_2M", 0.00141}}};

std::filesystem::path cache_folder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    const char* const home = std::getenv("HOME");
    const std::filesystem::path base =
        cache != nullptr && *cache != 0 ? std::filesystem::path(cache)
                                        : std::filesystem::path(home != nullptr ? home : "/tmp") / ".cache";
    return base / "corticoil" / "benchmarks";
}

TetMesh cached_sphere(const std::string& name) {
    const double edge_length = sphere_edge_length(name);
    // The length in the name: a changed table makes new meshes.
    const std::filesystem::path path = cache_folder() / fmt::format("{}_{:g}mm.msh", name, edge_length * 1e3);
    if (!std::filesystem::exists(path)) {
        std::filesystem::create_directories(path.parent_path());
        io::write_gmsh(path, meshing::nested_spheres(meshing::five_layer_head(edge_length)));
    }
    return io::read_gmsh(path);
}

} // namespace

std::vector<std::string> sphere_names() {
    std::vector<std::string> names;
    for (const Sphere& sphere : spheres) names.emplace_back(sphere.name);
    return names;
}

double sphere_edge_length(const std::string& name) {
    for (const Sphere& sphere : spheres)
        if (name == sphere.name) return sphere.edge_length;
    throw Error(fmt::format("mesh {}: unknown; give one of {}, or a .msh file", name,
                            fmt::join(sphere_names(), ", ")));
}

TetMesh benchmark_mesh(const std::string& name, const std::filesystem::path& file) {
    return reordered_for_locality(file.empty() ? cached_sphere(name) : io::read_gmsh(file)).mesh;
}

Conductivities benchmark_conductivities(const std::string& contrast) {
    Conductivities values = default_conductivities();
    const double csf = values.at(3);
    if (contrast == "1:1") {
        for (auto& [label, value] : values) value = csf;
    } else if (contrast == "1:200") {
        values.at(4) = csf / 200;
    } else if (contrast != "1:165") {
        throw Error(fmt::format("contrast {}: unknown; give 1:1, 1:165 or 1:200", contrast));
    }
    return values;
}

} // namespace corticoil::benchmarks
