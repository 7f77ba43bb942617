#include "imaging/thickness.h"

#include "core/tissue.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil::imaging {

namespace {

constexpr double thickest = 30e-3; ///< Distances are looked for up to here [m].

/// The plane above which a cranium has all its layers, z over y [m, MNI].
double skull_base_height(double y) {
    constexpr double brow_y = 0.060;
    constexpr double brow_z = -0.005;
    constexpr double inion_y = -0.100;
    constexpr double inion_z = -0.040;
    return brow_z + (y - brow_y) * (brow_z - inion_z) / (brow_y - inion_y);
}

constexpr std::size_t n_regions = 8;
constexpr std::array<const char*, 4> region_names{"frontal", "parietal", "temporal", "occipital"};

/// Even numbers are left, odd ones right.
std::size_t region_of(const Vector3& p_mni) {
    constexpr double coronal_y = 0.012;
    constexpr double squamosal_z = 0.015;
    constexpr double lambda_y = -0.097;
    constexpr double lambda_z = 0.038;
    constexpr double asterion_y = -0.070;
    constexpr double asterion_z = -0.025;
    const double lambdoid_y =
        asterion_y + (p_mni[2] - asterion_z) * (lambda_y - asterion_y) / (lambda_z - asterion_z);
    std::size_t bone = 1;
    if (p_mni[1] > coronal_y) {
        bone = 0;
    } else if (p_mni[2] < lambda_z && p_mni[1] < lambdoid_y) {
        bone = 3;
    } else if (p_mni[2] < squamosal_z) {
        bone = 2;
    }
    return 2 * bone + (p_mni[0] > 0 ? 1 : 0);
}

enum class Layer : std::uint8_t { air, scalp, bone, csf, brain };

Layer layer_of(int label) {
    switch (label) {
    case tissue::air:
        return Layer::air;
    case tissue::white_matter:
    case tissue::grey_matter:
    case tissue::lesion:
    case tissue::black_hole:
        return Layer::brain;
    case tissue::csf:
        return Layer::csf;
    case tissue::bone:
    case tissue::compact_bone:
    case tissue::spongy_bone:
        return Layer::bone;
    default:
        return Layer::scalp;
    }
}

/// Thickness with the area that has it.
using Samples = std::vector<std::pair<double, double>>;

ThicknessSpread spread_of(Samples& samples) {
    if (samples.empty()) return {};
    std::sort(samples.begin(), samples.end());
    double total = 0;
    for (const auto& [thickness, area] : samples) total += area;
    const auto quantile = [&](double share) {
        double sum = 0;
        for (const auto& [thickness, area] : samples) {
            sum += area;
            if (sum >= share * total) return thickness;
        }
        return samples.back().first;
    };
    return {quantile(0.05), quantile(0.5), quantile(0.95)};
}

/// Sums over faces between voxels.
struct Shares {
    double good = 0;
    double all = 0;

    void add(double area, bool is_good) {
        all += area;
        good += is_good ? area : 0;
    }
    [[nodiscard]] double share() const { return all > 0 ? good / all : 0; }
};

class LayerSurvey {
  public:
    LayerSurvey(const LabelImage& tissues, const MniMapping& mapping)
        : tissues_(tissues), mapping_(mapping), to_outside_(distance_to(Layer::scalp, false)),
          to_air_(distance_to(Layer::air, false)), to_brain_(distance_to(Layer::brain, true)) {}

    LayerQuality run() {
        const std::array<double, 3> edge = voxel_spacing(tissues_.head_from_voxel);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double area = edge[(axis + 1) % 3] * edge[(axis + 2) % 3];
            std::array<int, 3> voxel{};
            for (voxel[2] = 0; voxel[2] < tissues_.size[2]; ++voxel[2]) {
                for (voxel[1] = 0; voxel[1] < tissues_.size[1]; ++voxel[1]) {
                    for (voxel[0] = 0; voxel[0] < tissues_.size[0]; ++voxel[0]) {
                        if (voxel[axis] + 1 < tissues_.size[axis]) look_at_face(voxel, axis, area);
                    }
                }
            }
        }
        return result();
    }

  private:
    /// Distance to the voxels of this layer (and further out, where `is_inwards` is not set).
    [[nodiscard]] ScalarImage distance_to(Layer layer, bool is_inwards) const {
        return squared_distance_to(mask_where(tissues_,
                                              [&](std::size_t n) {
                                                  const Layer own = layer_of(tissues_.voxels[n]);
                                                  return is_inwards ? own >= layer : own <= layer;
                                              }),
                                   thickest);
    }

    static double thickness(const ScalarImage& squared, std::size_t voxel) {
        return std::min(thickest, std::sqrt(static_cast<double>(squared.voxels[voxel])));
    }

    void look_at_face(const std::array<int, 3>& voxel, std::size_t axis, double area) {
        std::array<int, 3> next = voxel;
        next[axis] += 1;
        std::size_t inside = tissues_.index(voxel[0], voxel[1], voxel[2]);
        std::size_t outside = tissues_.index(next[0], next[1], next[2]);
        Layer inner = layer_of(tissues_.voxels[inside]);
        Layer outer = layer_of(tissues_.voxels[outside]);
        if (inner == outer) return;
        if (inner < outer) {
            std::swap(inner, outer);
            std::swap(inside, outside);
        }
        if (inner == Layer::brain) brain_surface_.add(area, outer == Layer::csf);
        if (inner <= Layer::scalp || outer >= Layer::csf) return;
        const Vector3 p_mni = mapping_.to_mni(
            tissues_.head_from_voxel *
            (0.5 * (Vector3(voxel[0], voxel[1], voxel[2]) + Vector3(next[0], next[1], next[2]))));
        if (p_mni[2] < skull_base_height(p_mni[1])) return;
        const std::size_t region = region_of(p_mni);
        if (inner >= Layer::csf) { // The skull's inner surface.
            inner_surface_.add(area, inner == Layer::csf && outer == Layer::bone);
            skull_[region].emplace_back(outer == Layer::bone ? thickness(to_outside_, outside) : 0, area);
            csf_[region].emplace_back(inner == Layer::csf ? thickness(to_brain_, inside) : 0, area);
        }
        if (outer <= Layer::scalp) { // Its outer one.
            outer_surface_.add(area, inner == Layer::bone && outer == Layer::scalp);
            scalp_[region].emplace_back(outer == Layer::scalp ? thickness(to_air_, outside) : 0, area);
        }
    }

    LayerQuality result() {
        LayerQuality quality;
        for (std::size_t region = 0; region < n_regions; ++region) {
            RegionThickness thickness;
            thickness.name =
                fmt::format("{} {}", region % 2 == 0 ? "left" : "right", region_names[region / 2]);
            for (const auto& [value, area] : skull_[region]) thickness.area += area;
            thickness.skull = spread_of(skull_[region]);
            thickness.csf = spread_of(csf_[region]);
            thickness.scalp = spread_of(scalp_[region]);
            quality.regions.push_back(thickness);
        }
        quality.inner_area = inner_surface_.all;
        quality.csf_under_bone = inner_surface_.share();
        quality.bone_under_scalp = outer_surface_.share();
        quality.brain_under_csf = brain_surface_.share();
        return quality;
    }

    const LabelImage& tissues_;
    const MniMapping& mapping_;
    ScalarImage to_outside_;
    ScalarImage to_air_;
    ScalarImage to_brain_;
    Shares inner_surface_;
    Shares outer_surface_;
    Shares brain_surface_;
    std::array<Samples, n_regions> skull_;
    std::array<Samples, n_regions> csf_;
    std::array<Samples, n_regions> scalp_;
};

} // namespace

LayerQuality measure_layers(const LabelImage& tissues, const MniMapping& mapping) {
    // The cranium and what lies within reach of it; the neck tells nothing.
    const Mask cranium =
        mask_where(tissues, [&](std::size_t n) { return layer_of(tissues.voxels[n]) >= Layer::csf; });
    if (count(cranium) == 0) return {};
    const LabelImage near = crop(tissues, box_around(cranium, thickest));
    return LayerSurvey(near, mapping).run();
}

} // namespace corticoil::imaging
