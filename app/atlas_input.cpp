#include "app/atlas_input.h"

#include "app/aim.h"
#include "app/did_you_mean.h"
#include "core/error.h"
#include "imaging/carry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <set>
#include <string_view>
#include <vector>

namespace corticoil::app {

namespace {

std::string lower(std::string text) {
    for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

bool has_label(const LabelImage& labels, int label) {
    return label > 0 && std::find(labels.voxels.begin(), labels.voxels.end(), label) != labels.voxels.end();
}

/// A 1 mm grid along the head's axes around where the mask of MNI space comes to lie.
imaging::VoxelGrid grid_around(const LabelImage& mask, const MniMapping& mni) {
    constexpr double spacing = 1e-3; // [m]
    constexpr double margin = 3e-3;  // More than half a voxel of an atlas.
    Eigen::AlignedBox3d box;
    for (int k = 0; k < mask.size[2]; ++k) {
        for (int j = 0; j < mask.size[1]; ++j) {
            for (int i = 0; i < mask.size[0]; ++i) {
                if (mask.at(i, j, k) != 0) box.extend(mni.to_head(mask.head_from_voxel * Vector3(i, j, k)));
            }
        }
    }
    imaging::VoxelGrid grid;
    for (int axis = 0; axis < 3; ++axis) {
        grid.size[static_cast<std::size_t>(axis)] =
            static_cast<int>(std::ceil((box.sizes()[axis] + 2 * margin) / spacing)) + 1;
    }
    grid.head_from_voxel =
        Eigen::Translation3d(Vector3(box.min() - Vector3::Constant(margin))) * Eigen::Scaling(spacing);
    return grid;
}

/// A mask of MNI space as a ROI of the head.
planning::Roi carried_roi(const std::string& name, const LabelImage& mask, const MniMapping& mni) {
    return planning::mask_roi(name, imaging::carry_to_head(mask, mni, grid_around(mask, mni)));
}

constexpr std::string_view region_ending = ":region";

/// 1 in the voxels of a target's region; atlases share one grid.
LabelImage region_mask(const planning::Target& target) {
    const planning::TargetRegion& region = target.region.value();
    std::optional<LabelImage> mask;
    for (const auto& [name, regions] : region.atlases) {
        const imaging::Atlas atlas = imaging::load_atlas(name);
        std::set<int> labels;
        for (const std::string& one : regions) labels.insert(find_region(atlas, one));
        if (!mask) mask = LabelImage(atlas.labels.size, atlas.labels.head_from_voxel, std::uint8_t{1});
        if (mask->size != atlas.labels.size ||
            !mask->head_from_voxel.isApprox(atlas.labels.head_from_voxel)) {
            throw Error(fmt::format("atlas {}: lies on another grid than the other atlas; reinstall the "
                                    "Debian package mricron-data",
                                    name));
        }
        for (std::size_t i = 0; i < mask->voxels.size(); ++i) {
            if (!labels.contains(atlas.labels.voxels[i])) mask->voxels[i] = 0;
        }
    }
    for (int k = 0; k < mask.value().size[2]; ++k) {
        for (int j = 0; j < mask->size[1]; ++j) {
            for (int i = 0; i < mask->size[0]; ++i) {
                if (!region.allows(mask->head_from_voxel * Vector3(i, j, k), target.near_mni))
                    mask->at(i, j, k) = 0;
            }
        }
    }
    return *std::move(mask);
}

} // namespace

bool is_atlas_region(const std::string& text) {
    const std::vector<std::string> names = imaging::atlas_names();
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return lower(text).starts_with(name + ":"); });
}

int find_region(const imaging::Atlas& atlas, const std::string& region) {
    int label = 0;
    const char* const end = region.data() + region.size();
    const auto [rest, failure] = std::from_chars(region.data(), end, label);
    if (failure == std::errc() && rest == end) {
        if (has_label(atlas.labels, label)) return label;
        throw Error(fmt::format("{}:{}: this atlas has no such label", atlas.name, region));
    }
    std::vector<std::string> names;
    for (const auto& [number, name] : atlas.names) {
        if (lower(name) == lower(region)) return number;
        names.push_back(name);
    }
    throw Error(fmt::format(
        "{}:{}: this atlas has no such region{}{}", atlas.name, region, suggestion(region, names),
        names.empty() ? "; its regions have numbers only, for example " + atlas.name + ":4" : std::string()));
}

planning::Roi atlas_roi(const std::string& text, const std::optional<MniMapping>& mni) {
    if (!mni) {
        throw Error(fmt::format("--roi {}: a region of an atlas needs --subject with an mni.json; give "
                                "x,y,z,radius or a mask",
                                text));
    }
    const std::size_t colon = text.find(':');
    const imaging::Atlas atlas = imaging::load_atlas(lower(text.substr(0, colon)));
    const int label = find_region(atlas, text.substr(colon + 1));
    LabelImage mask = atlas.labels;
    for (std::uint8_t& voxel : mask.voxels) voxel = voxel == label ? 1 : 0;
    const auto name = atlas.names.find(label);
    return carried_roi(
        fmt::format("{}:{}", atlas.name, name != atlas.names.end() ? name->second : std::to_string(label)),
        mask, *mni);
}

bool is_target_region(const std::string& text) {
    return lower(text).ends_with(region_ending);
}

planning::Roi target_region_roi(const std::string& text, const std::optional<MniMapping>& mni) {
    const planning::Target target = library_target(text.substr(0, text.size() - region_ending.size()));
    if (!target.region) {
        throw Error(
            fmt::format("--roi {}: this target has no region of an atlas; give --roi {}", text, target.name));
    }
    if (!mni) {
        throw Error(fmt::format("--roi {}: a target's region needs --subject with an mni.json; give "
                                "x,y,z,radius or a mask",
                                text));
    }
    return carried_roi(target.name + std::string(region_ending), region_mask(target), *mni);
}

} // namespace corticoil::app
