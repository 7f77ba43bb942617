#include "meshing/voxel_parts.h"

#include "core/error.h"
#include "core/tissue.h"
#include "core/voxel_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace corticoil::meshing {

namespace {

/// A second part of at least this share of the largest is no speck to be dropped.
constexpr double large_part_share = 0.05;

/// Probes per part: a few for the smallest, and one for so many border faces of a large one.
constexpr std::size_t fewest_probes = 12;
constexpr std::size_t faces_per_probe = 4000;

/// No two probes are in the same or in neighbouring blocks of this edge [voxels]: nodes that start close
/// together stay, and force small tetrahedra around them.
constexpr int block_voxels = 2;

/// Parts of lesions with fewer voxels are small.
constexpr std::size_t small_lesion = 64;

constexpr std::array<std::array<int, 3>, 6> face_steps{
    {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};

} // namespace

LargestConductor keep_largest_conductor(const LabelImage& labels) {
    LargestConductor result{labels, 0, 0};
    const VoxelParts parts = find_voxel_parts(labels, {.any_label = true});
    if (parts.n_voxels.empty()) return result;
    const auto largest = std::max_element(parts.n_voxels.begin(), parts.n_voxels.end());
    const int kept = static_cast<int>(largest - parts.n_voxels.begin());
    std::vector<std::size_t> large;
    for (const std::size_t size : parts.n_voxels) {
        if (static_cast<double>(size) >= large_part_share * static_cast<double>(*largest))
            large.push_back(size);
    }
    if (large.size() > 1) {
        std::sort(large.rbegin(), large.rend());
        std::string sizes;
        for (const std::size_t size : large) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
        throw Error(fmt::format(
            "label map: {} large parts that touch nowhere ({} voxels); a head is one piece: close the gap "
            "or remove the other parts",
            large.size(), sizes));
    }
    result.n_removed_parts = static_cast<int>(parts.n_voxels.size()) - 1;
    for (std::size_t v = 0; v < labels.voxels.size(); ++v) {
        if (parts.part[v] < 0 || parts.part[v] == kept) continue;
        result.labels.voxels[v] = tissue::air;
        ++result.n_removed_voxels;
    }
    return result;
}

std::vector<std::pair<Vector3, Vector3>> interface_probes(const LabelImage& labels,
                                                          std::size_t smallest_part) {
    const VoxelParts parts = find_voxel_parts(labels);
    const auto is_small_lesion = [&](std::size_t part) {
        return tissue::is_lesion(parts.label[part]) && parts.n_voxels[part] < small_lesion;
    };
    const auto for_each_border_face = [&](auto visit) {
        for (int k = 0; k < labels.size[2]; ++k) {
            for (int j = 0; j < labels.size[1]; ++j) {
                for (int i = 0; i < labels.size[0]; ++i) {
                    const int part = parts.part[labels.index(i, j, k)];
                    if (part < 0) continue;
                    const auto p = static_cast<std::size_t>(part);
                    if (parts.n_voxels[p] < smallest_part && !is_small_lesion(p)) continue;
                    for (const auto& step : face_steps) {
                        const std::array<int, 3> to{i + step[0], j + step[1], k + step[2]};
                        if (!labels.contains(to[0], to[1], to[2])) continue;
                        if (labels.at(to[0], to[1], to[2]) == labels.at(i, j, k)) continue;
                        visit(p, Vector3(i, j, k), Vector3(to[0], to[1], to[2]));
                    }
                }
            }
        }
    };
    std::vector<std::size_t> n_faces(parts.n_voxels.size(), 0);
    for_each_border_face([&](std::size_t part, const Vector3&, const Vector3&) { ++n_faces[part]; });
    std::vector<std::size_t> seen(parts.n_voxels.size(), 0);
    std::set<std::array<int, 3>> taken;
    const auto is_free = [&](const std::array<int, 3>& block) {
        for (int dz = -1; dz <= 1; ++dz) {
            for (int dy = -1; dy <= 1; ++dy) {
                for (int dx = -1; dx <= 1; ++dx) {
                    if (taken.contains({block[0] + dx, block[1] + dy, block[2] + dz})) return false;
                }
            }
        }
        return true;
    };
    std::vector<std::pair<Vector3, Vector3>> probes;
    // Per small lesion and side the outermost face: nodes all around it, which spaced ones would not give.
    std::map<std::pair<std::size_t, std::size_t>, std::pair<Vector3, Vector3>> outermost;
    for_each_border_face([&](std::size_t part, const Vector3& from, const Vector3& to) {
        if (!is_small_lesion(part)) return;
        const Vector3 normal = to - from;
        const auto side = static_cast<std::size_t>(normal.dot(Vector3(1, 2, 3)) + 3.0);
        const auto [found, is_new] = outermost.try_emplace({part, side}, from, to);
        if (from.dot(normal) > found->second.first.dot(normal)) found->second = {from, to};
    });
    for (const auto& [key, probe] : outermost) probes.push_back(probe);
    for_each_border_face([&](std::size_t part, const Vector3& from, const Vector3& to) {
        if (is_small_lesion(part)) return;
        const std::size_t wanted = std::max(fewest_probes, n_faces[part] / faces_per_probe);
        // Every stride-th border face in scan order.
        const std::size_t stride = std::max<std::size_t>(1, n_faces[part] / wanted);
        if (seen[part]++ % stride != 0) return;
        std::array<int, 3> block{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto a = static_cast<Eigen::Index>(axis);
            block[axis] = static_cast<int>(0.5 * (from[a] + to[a])) / block_voxels;
        }
        if (!is_free(block)) return;
        taken.insert(block);
        probes.emplace_back(from, to);
    });
    return probes;
}

} // namespace corticoil::meshing
