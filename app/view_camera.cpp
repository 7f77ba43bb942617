#include "app/view_camera.h"

#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil::app {

namespace {

struct Side {
    const char* name;
    Vector3 towards_viewer;
    Vector3 up;
};

ViewCamera along_the_coil(const ViewState& state) {
    constexpr double height = 0.19; // [m]
    return {"coil", -state.pose.rotation().col(2), state.pose.rotation().col(1), state.stance.place.point,
            height};
}

} // namespace

ViewCamera preset_camera(const std::string& name, const SurfaceMesh& cortex, const ViewState& state) {
    if (name == "coil") return along_the_coil(state);
    const Vector3 x = Vector3::UnitX();
    const Vector3 y = Vector3::UnitY();
    const Vector3 z = Vector3::UnitZ();
    const std::array<Side, 6> sides{{{"left", -x, z},
                                     {"right", x, z},
                                     {"front", y, z},
                                     {"back", -y, z},
                                     {"top", z, y},
                                     {"bottom", -z, y}}};
    const auto side =
        std::find_if(sides.begin(), sides.end(), [&](const Side& one) { return one.name == name; });
    if (side == sides.end()) throw Error(fmt::format("'{}' is no camera", name));
    const Vector3 lowest = cortex.nodes.rowwise().minCoeff();
    const Vector3 highest = cortex.nodes.rowwise().maxCoeff();
    constexpr double room = 1.5; // Around the brain: scalp and coil.
    return {name, side->towards_viewer, side->up, (lowest + highest) / 2,
            room * (highest - lowest).maxCoeff()};
}

} // namespace corticoil::app
