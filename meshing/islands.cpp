#include "meshing/islands.h"

#include "core/face_neighbours.h"
#include "core/tissue.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace corticoil::meshing {

namespace {

/// A fragment may turn out to have given its tissue to another fragment: a few rounds settle it.
constexpr int largest_number_of_rounds = 4;

/// Parts that stay: a tissue's largest, those that are large enough, and lesions.
std::vector<bool> find_lasting(const TetMesh& mesh, const Parts& parts, double smallest_volume) {
    std::vector<int> label(parts.volume.size(), 0);
    for (std::size_t t = 0; t < mesh.labels.size(); ++t)
        label[static_cast<std::size_t>(parts.part_of[t])] = mesh.labels[t];
    std::map<int, std::size_t> largest;
    for (std::size_t p = 0; p < label.size(); ++p) {
        const auto [entry, is_new] = largest.try_emplace(label[p], p);
        if (parts.volume[p] > parts.volume[entry->second]) entry->second = p;
    }
    std::vector<bool> lasts(label.size());
    for (std::size_t p = 0; p < label.size(); ++p) {
        lasts[p] =
            parts.volume[p] >= smallest_volume || largest.at(label[p]) == p || tissue::is_lesion(label[p]);
    }
    return lasts;
}

/// One round: every fragment takes the label of its largest neighbour by shared area. Returns how many did.
int relabel_fragments(TetMesh& mesh, const Eigen::Matrix4Xi& neighbours, double smallest_volume,
                      IslandReport& report) {
    const Parts parts = find_parts(mesh, neighbours, [&](int a, int b) {
        return mesh.labels[static_cast<std::size_t>(a)] == mesh.labels[static_cast<std::size_t>(b)];
    });
    const std::vector<bool> lasts = find_lasting(mesh, parts, smallest_volume);
    std::map<int, std::map<int, double>> shared_area;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int part = parts.part_of[static_cast<std::size_t>(t)];
        if (lasts[static_cast<std::size_t>(part)]) continue;
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other < 0 || parts.part_of[static_cast<std::size_t>(other)] == part) continue;
            shared_area[part][mesh.labels[static_cast<std::size_t>(other)]] +=
                face_area(mesh, t, corner).norm();
        }
    }
    std::map<int, int> new_label;
    for (const auto& [part, areas] : shared_area) {
        const auto largest = std::max_element(
            areas.begin(), areas.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
        new_label[part] = largest->first;
        ++report.n_relabelled;
        report.relabelled_volume += parts.volume[static_cast<std::size_t>(part)];
    }
    for (std::size_t t = 0; t < mesh.labels.size(); ++t) {
        const auto found = new_label.find(parts.part_of[t]);
        if (found != new_label.end()) mesh.labels[t] = found->second;
    }
    return static_cast<int>(new_label.size());
}

} // namespace

IslandFreeMesh remove_islands(const TetMesh& mesh, double smallest_volume) {
    IslandFreeMesh result;
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    TetMesh relabelled = mesh;
    for (int round = 0; round < largest_number_of_rounds; ++round) {
        if (relabel_fragments(relabelled, neighbours, smallest_volume, result.report) == 0) break;
    }
    const Parts conductors = find_parts(relabelled, neighbours, [](int, int) { return true; });
    const auto largest = static_cast<int>(
        std::max_element(conductors.volume.begin(), conductors.volume.end()) - conductors.volume.begin());
    for (int part = 0; part < conductors.n_parts(); ++part) {
        if (part == largest) continue;
        ++result.report.n_dropped;
        result.report.dropped_volume += conductors.volume[static_cast<std::size_t>(part)];
    }
    result.mesh = extract(relabelled,
                          [&](int t) { return conductors.part_of[static_cast<std::size_t>(t)] == largest; });
    return result;
}

} // namespace corticoil::meshing
