#include "meshing/sliver_removal.h"

#include "core/constants.h"
#include "meshing/editable_mesh.h"
#include "meshing/local_exchange.h"
#include "meshing/node_smoothing.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace corticoil::meshing {

namespace {

/// Passes over the slivers that are left; each finds far fewer, the last ones hardly any.
constexpr int largest_number_of_passes = 12;

/// A merge may leave angles down to this part of the goal: what follows raises them again.
constexpr double merge_floor_per_goal = 1.0 / 3.0;

double sine_squared(double degrees) {
    const double sine = std::sin(degrees * pi / 180.0);
    return sine * sine;
}

/// The tetrahedra below the goal, worst first.
std::vector<int> find_slivers(const EditableMesh& mesh, double goal) {
    std::vector<std::pair<double, int>> slivers;
    for (int t = 0; t < mesh.n_slots(); ++t) {
        if (!mesh.is_alive(t)) continue;
        const double quality = mesh.quality(t);
        if (quality < goal) slivers.emplace_back(quality, t);
    }
    std::sort(slivers.begin(), slivers.end());
    std::vector<int> numbers;
    numbers.reserve(slivers.size());
    for (const auto& [quality, t] : slivers) numbers.push_back(t);
    return numbers;
}

/// Merges the ends of very short edges. Refinement leaves some where several tissues meet.
void merge_short_edges(EditableMesh& mesh, double shortest_edge, double floor) {
    const int n_slots = mesh.n_slots();
    for (int t = 0; t < n_slots; ++t) {
        for (std::size_t i = 0; i < 4; ++i) {
            for (std::size_t j = i + 1; j < 4 && mesh.is_alive(t); ++j) {
                const int a = mesh.corners(t)[i];
                const int b = mesh.corners(t)[j];
                if ((mesh.node(a) - mesh.node(b)).squaredNorm() >= shortest_edge * shortest_edge) continue;
                if (!collapse_edge(mesh, a, b, floor)) (void)collapse_edge(mesh, b, a, floor);
            }
        }
    }
}

bool exchange(EditableMesh& mesh, int t, double flatness) {
    const Tetrahedron corners = mesh.corners(t);
    for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = i + 1; j < 4; ++j) {
            if (remove_edge(mesh, corners[i], corners[j], flatness)) return true;
        }
    }
    for (int corner = 0; corner < 4; ++corner) {
        if (swap_face(mesh, t, corner)) return true;
    }
    return false;
}

bool improve(EditableMesh& mesh, NodeSmoother& smoother, int t, double goal, double flatness) {
    if (exchange(mesh, t, flatness)) return true;
    bool has_changed = false;
    for (const int node : Tetrahedron(mesh.corners(t))) {
        has_changed = smoother.smooth(node) || has_changed;
        if (mesh.quality(t) >= goal) break;
    }
    return has_changed;
}

} // namespace

TetMesh remove_slivers(const TetMesh& mesh, const SliverRemovalOptions& options) {
    EditableMesh editable(mesh);
    NodeSmoother smoother(editable, options);
    const double goal = sine_squared(options.goal_degrees);
    const double merge_floor = sine_squared(merge_floor_per_goal * options.goal_degrees);
    for (int pass = 0; pass < largest_number_of_passes; ++pass) {
        report(options.progress, static_cast<double>(pass) / largest_number_of_passes, "removing slivers");
        merge_short_edges(editable, options.shortest_edge, merge_floor);
        bool has_changed = false;
        for (const int t : find_slivers(editable, goal)) {
            if (!editable.is_alive(t) || editable.quality(t) >= goal) continue;
            has_changed = improve(editable, smoother, t, goal, options.interface_shift) || has_changed;
        }
        if (!has_changed) break;
    }
    return editable.to_mesh();
}

} // namespace corticoil::meshing
