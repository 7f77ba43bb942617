#include "meshing/size_field.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "core/voxel_parts.h"
#include "meshing/distance_transform.h"
#include "meshing/label_map_checks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::meshing {

namespace {

/// A coil's field reaches this deep beneath the scalp; deeper in, elements of the brain grow by their own
/// size per length, up to a factor. (Cortex on the convexity lies 15 to 30 mm deep, that of the leg on the
/// medial wall 20 to 50 mm.)
constexpr double reach_mm = 44.0;
constexpr double deep_length_mm = 15.0;
constexpr double largest_deep_growth = 2.0;

/// Outside the brain elements grow with distance from it: in the face and the neck the field is weak, and
/// they only carry current.
constexpr double outer_growth_starts_mm = 6.0;
constexpr double outer_length_mm = 12.0;
constexpr double largest_outer_growth = 3.0;

/// Layers up to this thickness (cortical bone, CSF over the gyri) are thin: there the tissue's factor is at
/// most the second number.
constexpr double thin_layer_mm = 2.0;
constexpr double largest_thin_factor = 1.6;

/// In and around a part of a lesion facets are at most this part of the radius of the ball with its volume,
/// and at least a fraction of the resolution's: a part of one voxel needs no more.
constexpr double lesion_facet_per_radius = 0.7;
constexpr double smallest_lesion_factor = 0.3;

/// Points of the grid of distances are about this far apart.
constexpr double grid_spacing_mm = 2.0;

/// Within this distance of a target elements are smaller by target_size_factor; from there on they grow back:
/// 30 mm around it hold what a figure-of-eight coil can stimulate.
constexpr double target_radius_mm = 20.0;
constexpr double target_growth_mm = 20.0;

/// On all sizes: fine where the field is wanted, coarse where tissue only carries current. Between two
/// tissues the smaller one counts.
double default_factor(int label) {
    switch (label) {
    case tissue::grey_matter:
    case tissue::lesion:
    case tissue::black_hole:
        return 1.0;
    case tissue::csf:
    case tissue::eyes:
        return 1.5;
    case tissue::scalp:
    case tissue::muscle:
        return 2.5;
    default:
        return 2.0;
    }
}

/// Calls visit(neighbour) for the 26 neighbours of a voxel that is not at the border.
template <typename Visit>
void for_each_neighbour(const std::array<int, 3>& size, std::size_t voxel, Visit visit) {
    const std::ptrdiff_t row = size[0];
    const std::ptrdiff_t slice = row * size[1];
    for (std::ptrdiff_t dz = -slice; dz <= slice; dz += slice) {
        for (std::ptrdiff_t dy = -row; dy <= row; dy += row) {
            for (std::ptrdiff_t dx = -1; dx <= 1; ++dx) visit(voxel + static_cast<std::size_t>(dx + dy + dz));
        }
    }
}

/// The voxels that are not at the border.
template <typename Visit>
void for_each_inner_voxel(const LabelImage& labels, Visit visit) {
    for (int k = 1; k + 1 < labels.size[2]; ++k) {
        for (int j = 1; j + 1 < labels.size[1]; ++j) {
            for (int i = 1; i + 1 < labels.size[0]; ++i) visit(labels.index(i, j, k));
        }
    }
}

/// Air that is connected to the first voxel, through faces; that of sinuses is not.
std::vector<std::uint8_t> air_around(const LabelImage& labels) {
    std::vector<std::uint8_t> is_outside(labels.voxels.size(), 0);
    std::vector<std::array<int, 3>> front{{0, 0, 0}};
    is_outside[0] = 1;
    constexpr std::array<std::array<int, 3>, 6> steps{
        {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};
    while (!front.empty()) {
        const std::array<int, 3> at = front.back();
        front.pop_back();
        for (const auto& step : steps) {
            const std::array<int, 3> to{at[0] + step[0], at[1] + step[1], at[2] + step[2]};
            if (!labels.contains(to[0], to[1], to[2])) continue;
            const std::size_t v = labels.index(to[0], to[1], to[2]);
            if (is_outside[v] != 0 || labels.voxels[v] != tissue::air) continue;
            is_outside[v] = 1;
            front.push_back(to);
        }
    }
    return is_outside;
}

} // namespace

SizeField::SizeField(const LabelImage& labels, const HeadMeshOptions& options)
    : size_(labels.size), head_from_voxel_(labels.head_from_voxel), targets_(options.targets) {
    const ElementSize base = base_size(options.resolution);
    base_mm_ = {millimetres_per_metre * base.facet, millimetres_per_metre * base.distance,
                millimetres_per_metre * base.cell};
    for (int label = 0; label < 256; ++label)
        factor_[static_cast<std::size_t>(label)] = default_factor(label);
    for (const auto& [label, factor] : options.size_factors)
        factor_[static_cast<std::size_t>(label)] = factor;
    limit_.assign(labels.voxels.size(), no_limit);
    const Vector3 spacing_mm = voxel_spacing_mm(labels);
    limit_thin_layers(labels, spacing_mm);
    limit_lesions(labels, spacing_mm);
    measure_distances(labels, spacing_mm);
}

void SizeField::limit_at(std::size_t voxel, double factor) {
    const auto units = static_cast<std::uint8_t>(std::clamp(std::lround(factor / limit_unit), 1L, 254L));
    limit_[voxel] = std::min(limit_[voxel], units);
}

/// A layer is thin where an opening by a ball of the thin layers' thickness removes it. The ball's centres
/// are measured from the voxels that have another label among their 26 neighbours: the middle of a layer of n
/// voxels is (n − 1)/2 voxels from them. Voxels beside a thin layer are limited like the layer.
void SizeField::limit_thin_layers(const LabelImage& labels, const Vector3& spacing_mm) {
    std::vector<std::uint8_t> marked(labels.voxels.size(), 0);
    for_each_inner_voxel(labels, [&](std::size_t v) {
        if (labels.voxels[v] == tissue::air) return;
        for_each_neighbour(size_, v, [&](std::size_t n) {
            if (labels.voxels[n] != labels.voxels[v]) marked[v] = 1;
        });
    });
    const std::vector<float> from_border = distance_to_marked(marked, size_, spacing_mm);
    const double radius = std::max(0.0, 0.5 * (thin_layer_mm - spacing_mm.minCoeff()));
    for (std::size_t v = 0; v < marked.size(); ++v)
        marked[v] = labels.voxels[v] != tissue::air && static_cast<double>(from_border[v]) > radius ? 1 : 0;
    const std::vector<float> from_core = distance_to_marked(marked, size_, spacing_mm);
    // A core's layer reaches to its border, which is one step of a voxel, be it diagonal, beyond the radius.
    const double opened = radius + spacing_mm.norm();
    for_each_inner_voxel(labels, [&](std::size_t v) {
        if (labels.voxels[v] == tissue::air || static_cast<double>(from_core[v]) <= opened) return;
        for_each_neighbour(size_, v, [&](std::size_t n) { limit_at(n, largest_thin_factor); });
    });
}

void SizeField::limit_lesions(const LabelImage& labels, const Vector3& spacing_mm) {
    const bool has_lesions = std::any_of(labels.voxels.begin(), labels.voxels.end(), tissue::is_lesion);
    if (!has_lesions) return;
    const VoxelParts parts = find_voxel_parts(labels);
    for_each_inner_voxel(labels, [&](std::size_t v) {
        if (!tissue::is_lesion(labels.voxels[v])) return;
        const double volume =
            spacing_mm.prod() * static_cast<double>(parts.n_voxels[static_cast<std::size_t>(parts.part[v])]);
        const double radius = std::cbrt(3.0 * volume / (4.0 * pi));
        const double factor =
            std::max(lesion_facet_per_radius * radius / base_mm_.facet, smallest_lesion_factor);
        if (factor >= factor_[tissue::lesion]) return;
        for_each_neighbour(size_, v, [&](std::size_t n) { limit_at(n, factor); });
    });
}

void SizeField::measure_distances(const LabelImage& labels, const Vector3& spacing_mm) {
    Vector3 grid_mm = Vector3::Ones();
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto a = static_cast<Eigen::Index>(axis);
        grid_.step[axis] = std::max(1, static_cast<int>(std::lround(grid_spacing_mm / spacing_mm[a])));
        grid_.size[axis] = (size_[axis] - 1) / grid_.step[axis] + 1;
        grid_mm[a] = grid_.step[axis] * spacing_mm[a];
    }
    LabelImage coarse(grid_.size, Eigen::Affine3d::Identity());
    for (int k = 0; k < grid_.size[2]; ++k) {
        for (int j = 0; j < grid_.size[1]; ++j) {
            for (int i = 0; i < grid_.size[0]; ++i)
                coarse.at(i, j, k) = labels.at(i * grid_.step[0], j * grid_.step[1], k * grid_.step[2]);
        }
    }
    std::vector<std::uint8_t> is_of_brain(coarse.voxels.size(), 0);
    for (std::size_t v = 0; v < is_of_brain.size(); ++v) {
        const int label = coarse.voxels[v];
        is_of_brain[v] = label == tissue::white_matter || label == tissue::grey_matter ? 1 : 0;
    }
    grid_.depth = distance_to_marked(air_around(coarse), grid_.size, grid_mm);
    grid_.from_brain = distance_to_marked(is_of_brain, grid_.size, grid_mm);
}

double SizeField::target_factor(const Vector3& voxel) const {
    if (targets_.empty()) return 1.0;
    const Vector3 point = head_from_voxel_ * voxel;
    double nearest_mm = std::numeric_limits<double>::infinity();
    for (const Vector3& target : targets_)
        nearest_mm = std::min(nearest_mm, millimetres_per_metre * (point - target).norm());
    const double way_back = std::clamp((nearest_mm - target_radius_mm) / target_growth_mm, 0.0, 1.0);
    return target_size_factor + (1.0 - target_size_factor) * way_back;
}

double SizeField::growth(const Vector3& voxel, int label) const {
    if (tissue::is_lesion(label)) return 1.0;
    std::array<int, 3> nearest{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = voxel[static_cast<Eigen::Index>(axis)] / grid_.step[axis];
        nearest[axis] = std::clamp(static_cast<int>(std::lround(position)), 0, grid_.size[axis] - 1);
    }
    const std::size_t index =
        static_cast<std::size_t>((nearest[2] * grid_.size[1] + nearest[1]) * grid_.size[0] + nearest[0]);
    if (tissue::is_intracranial(label)) {
        const double beyond = static_cast<double>(grid_.depth[index]) - reach_mm;
        return std::clamp(1.0 + beyond / deep_length_mm, 1.0, largest_deep_growth);
    }
    const double from_brain = static_cast<double>(grid_.from_brain[index]);
    if (!std::isfinite(from_brain)) return 1.0;
    return std::clamp(1.0 + (from_brain - outer_growth_starts_mm) / outer_length_mm, 1.0,
                      largest_outer_growth);
}

double SizeField::size_factor(const Vector3& voxel, int label) const {
    std::array<int, 3> nearest{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        nearest[axis] = std::clamp(static_cast<int>(std::lround(voxel[static_cast<Eigen::Index>(axis)])), 0,
                                   size_[axis] - 1);
    }
    const std::size_t index = (static_cast<std::size_t>(nearest[2]) * static_cast<std::size_t>(size_[1]) +
                               static_cast<std::size_t>(nearest[1])) *
                                  static_cast<std::size_t>(size_[0]) +
                              static_cast<std::size_t>(nearest[0]);
    double factor = factor_[static_cast<std::size_t>(label)];
    if (limit_[index] != no_limit) factor = std::min(factor, limit_unit * limit_[index]);
    return factor * growth(voxel, label) * target_factor(voxel);
}

double SizeField::interface_factor(const Vector3& voxel, int label, int other_label) const {
    double factor = std::numeric_limits<double>::infinity();
    for (const int side : {label, other_label}) {
        if (side != tissue::air) factor = std::min(factor, size_factor(voxel, side));
    }
    return std::isfinite(factor) ? factor : 1.0;
}

double SizeField::facet_size(const Vector3& voxel, int label, int other_label) const {
    return base_mm_.facet * interface_factor(voxel, label, other_label);
}

double SizeField::facet_distance(const Vector3& voxel, int label, int other_label) const {
    return base_mm_.distance * interface_factor(voxel, label, other_label);
}

double SizeField::cell_size(const Vector3& voxel, int label) const {
    return label == tissue::air ? base_mm_.cell : base_mm_.cell * size_factor(voxel, label);
}

} // namespace corticoil::meshing
