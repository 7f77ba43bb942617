#include "meshing/size_field.h"

#include "core/constants.h"
#include "core/tissue.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::meshing {

namespace {

/// Below the brain elements grow linearly with depth: by their own size every 25 mm from 15 mm on, up to
/// threefold. The induced field there is weak, and only carries current that closes through the neck.
constexpr double growth_starts = 0.015;
constexpr double growth_length = 0.025;
constexpr double largest_growth = 3.0;

/// Factors on facet and cell size: fine where the field is wanted and where tissue is folded, coarse where it
/// only carries current.
double default_factor(int label) {
    switch (label) {
    case tissue::grey_matter:
    case tissue::csf:
        return 0.9;
    case tissue::lesion:
    case tissue::black_hole:
        return 0.7;
    case tissue::scalp:
    case tissue::muscle:
        return 1.4;
    default:
        return 1.0;
    }
}

} // namespace

SizeField::SizeField(const LabelImage& labels, const ElementSize& base, const std::map<int, double>& factors)
    : size_(labels.size),
      head_from_voxel_(labels.head_from_voxel), base_mm_{millimetres_per_metre * base.facet,
                                                         millimetres_per_metre * base.distance,
                                                         millimetres_per_metre * base.cell,
                                                         base.thin_layer_factor} {
    for (int label = 0; label < 256; ++label)
        factor_[static_cast<std::size_t>(label)] = default_factor(label);
    for (const auto& [label, factor] : factors) factor_[static_cast<std::size_t>(label)] = factor;
    factor_[tissue::air] = std::numeric_limits<double>::infinity();
    mark_thin_layers(labels);
    find_brain_bottom(labels);
}

/// A layer is thin where an opening by one voxel (26 neighbours) removes it.
void SizeField::mark_thin_layers(const LabelImage& labels) {
    std::vector<std::uint8_t> is_core(labels.voxels.size(), 0);
    thin_.assign(labels.voxels.size(), 0);
    const auto for_each_inner = [&](auto visit) {
        for (int k = 1; k + 1 < size_[2]; ++k) {
            for (int j = 1; j + 1 < size_[1]; ++j) {
                for (int i = 1; i + 1 < size_[0]; ++i) visit(i, j, k);
            }
        }
    };
    const std::ptrdiff_t ny = size_[0];
    const std::ptrdiff_t nz = ny * size_[1];
    const auto any_neighbour = [&](std::size_t voxel, auto condition) {
        for (std::ptrdiff_t dz = -nz; dz <= nz; dz += nz) {
            for (std::ptrdiff_t dy = -ny; dy <= ny; dy += ny) {
                for (std::ptrdiff_t dx = -1; dx <= 1; ++dx) {
                    if (condition(voxel + static_cast<std::size_t>(dx + dy + dz))) return true;
                }
            }
        }
        return false;
    };
    for_each_inner([&](int i, int j, int k) {
        const std::size_t v = labels.index(i, j, k);
        const std::uint8_t own = labels.voxels[v];
        is_core[v] = any_neighbour(v, [&](std::size_t n) { return labels.voxels[n] != own; }) ? 0 : 1;
    });
    for_each_inner([&](int i, int j, int k) {
        const std::size_t v = labels.index(i, j, k);
        const std::uint8_t own = labels.voxels[v];
        if (own == tissue::air || is_core[v] != 0) return;
        const bool is_open =
            any_neighbour(v, [&](std::size_t n) { return is_core[n] != 0 && labels.voxels[n] == own; });
        thin_[v] = is_open ? 0 : 1;
    });
}

void SizeField::find_brain_bottom(const LabelImage& labels) {
    brain_bottom_ = std::numeric_limits<double>::infinity();
    for (int k = 0; k < size_[2]; ++k) {
        for (int j = 0; j < size_[1]; ++j) {
            for (int i = 0; i < size_[0]; ++i) {
                const std::uint8_t label = labels.at(i, j, k);
                if (label != tissue::white_matter && label != tissue::grey_matter) continue;
                brain_bottom_ = std::min(brain_bottom_, (head_from_voxel_ * Vector3(i, j, k)).z());
                has_brain_ = true;
            }
        }
    }
}

double SizeField::thin_factor(const Vector3& voxel) const {
    std::size_t index = 0;
    std::size_t stride = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const int nearest = static_cast<int>(std::lround(voxel[static_cast<Eigen::Index>(axis)]));
        if (nearest < 0 || nearest >= size_[axis]) return 1.0;
        index += stride * static_cast<std::size_t>(nearest);
        stride *= static_cast<std::size_t>(size_[axis]);
    }
    return thin_[index] != 0 ? base_mm_.thin_layer_factor : 1.0;
}

double SizeField::growth_below_brain(const Vector3& voxel) const {
    if (!has_brain_) return 1.0;
    const double depth = brain_bottom_ - growth_starts - (head_from_voxel_ * voxel).z();
    return std::clamp(1.0 + depth / growth_length, 1.0, largest_growth);
}

double SizeField::interface_factor(const Vector3& voxel, int label, int other_label) const {
    const double factor =
        std::min(factor_[static_cast<std::size_t>(label)], factor_[static_cast<std::size_t>(other_label)]);
    return (std::isfinite(factor) ? factor : 1.0) * growth_below_brain(voxel);
}

double SizeField::facet_size(const Vector3& voxel, int label, int other_label) const {
    return base_mm_.facet * interface_factor(voxel, label, other_label) * thin_factor(voxel);
}

double SizeField::facet_distance(const Vector3& voxel, int label, int other_label) const {
    return base_mm_.distance * interface_factor(voxel, label, other_label) * thin_factor(voxel);
}

double SizeField::cell_size(const Vector3& voxel, int label) const {
    const double factor = factor_[static_cast<std::size_t>(label)];
    return base_mm_.cell * (std::isfinite(factor) ? factor : 1.0) * growth_below_brain(voxel) *
           thin_factor(voxel);
}

} // namespace corticoil::meshing
