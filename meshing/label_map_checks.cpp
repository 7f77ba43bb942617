#include "meshing/label_map_checks.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::meshing {

namespace {

/// Voxels of head images lie well within these edge lengths [mm]; outside them the unit is wrong.
constexpr double smallest_voxel_mm = 0.2;
constexpr double largest_voxel_mm = 5.0;

/// A head of 0.3 mm voxels has about this many; more would not fit into a workstation's memory.
constexpr double largest_number_of_voxels = 6e8;

/// Fewer tissue voxels than this enclose nothing to be meshed.
constexpr std::size_t smallest_number_of_tissue_voxels = 64;

void check_grid(const LabelImage& tissues) {
    const double n_voxels = static_cast<double>(tissues.size[0]) * tissues.size[1] * tissues.size[2];
    const std::string grid = fmt::format("{} × {} × {}", tissues.size[0], tissues.size[1], tissues.size[2]);
    if (*std::min_element(tissues.size.begin(), tissues.size.end()) < 1) {
        throw Error(fmt::format("label map: {} voxels; every axis needs at least one", grid));
    }
    if (n_voxels > largest_number_of_voxels) {
        throw Error(
            fmt::format("label map: {} voxels are more than {:.0f} million; resample it to about 1 mm", grid,
                        1e-6 * largest_number_of_voxels));
    }
    CORTICOIL_ASSERT(static_cast<double>(tissues.voxels.size()) == n_voxels);
    const Eigen::Matrix4d affine = tissues.head_from_voxel.matrix();
    if (!affine.allFinite())
        throw Error("label map: its affine has entries that are no numbers; write the file again");
    const Vector3 spacing = voxel_spacing_mm(tissues);
    if (spacing.minCoeff() < smallest_voxel_mm || spacing.maxCoeff() > largest_voxel_mm) {
        throw Error(fmt::format("label map: voxels of {:.4g} × {:.4g} × {:.4g} mm; expected {} to {} mm: "
                                "check the unit of its affine",
                                spacing.x(), spacing.y(), spacing.z(), smallest_voxel_mm, largest_voxel_mm));
    }
    // |det| is the volume of a voxel; of a box with these edges in a nearly orthogonal grid.
    constexpr double smallest_orthogonality = 0.5;
    const double box = spacing.prod() * std::pow(metres_per_millimetre, 3);
    if (tissues.voxel_volume() < smallest_orthogonality * box) {
        throw Error(fmt::format("label map: its axes are nearly parallel (voxel volume {:.3g} mm³ for edges "
                                "{:.4g} × {:.4g} × {:.4g} mm); "
                                "resample it onto an orthogonal grid",
                                tissues.voxel_volume() / std::pow(metres_per_millimetre, 3), spacing.x(),
                                spacing.y(), spacing.z()));
    }
}

void check_labels(const LabelImage& tissues) {
    std::array<std::size_t, 256> count{};
    for (const std::uint8_t label : tissues.voxels) ++count[label];
    std::string unknown;
    std::size_t n_tissue = 0;
    for (int label = 1; label < 256; ++label) {
        const std::size_t n = count[static_cast<std::size_t>(label)];
        n_tissue += n;
        if (n == 0 || find_tissue(label)) continue;
        unknown += fmt::format("{}{} ({} voxels)", unknown.empty() ? "" : ", ", label, n);
    }
    if (!unknown.empty()) {
        std::string known;
        for (const TissueInfo& info : known_tissues()) {
            known += fmt::format("{}{} {}", known.empty() ? "" : ", ", info.label, info.key);
        }
        throw Error(fmt::format("label map: unknown labels {}; map them to known ones ({})", unknown, known));
    }
    if (n_tissue == 0) throw Error("label map: it is empty, every voxel is 0 (air); is it the right file?");
    if (n_tissue < smallest_number_of_tissue_voxels) {
        throw Error(fmt::format(
            "label map: only {} voxels hold tissue, too few for a mesh; is it the right file?", n_tissue));
    }
}

} // namespace

Vector3 voxel_spacing_mm(const LabelImage& tissues) {
    return millimetres_per_metre * tissues.head_from_voxel.linear().colwise().norm().transpose();
}

void check_label_map(const LabelImage& tissues) {
    check_grid(tissues);
    check_labels(tissues);
}

LabelImage crop_to_tissue(const LabelImage& tissues, int margin) {
    std::array<int, 3> low = tissues.size;
    std::array<int, 3> high{-1, -1, -1};
    for (int k = 0; k < tissues.size[2]; ++k) {
        for (int j = 0; j < tissues.size[1]; ++j) {
            for (int i = 0; i < tissues.size[0]; ++i) {
                if (tissues.at(i, j, k) == tissue::air) continue;
                const std::array<int, 3> at{i, j, k};
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    low[axis] = std::min(low[axis], at[axis]);
                    high[axis] = std::max(high[axis], at[axis]);
                }
            }
        }
    }
    LabelImage cropped({high[0] - low[0] + 1 + 2 * margin, high[1] - low[1] + 1 + 2 * margin,
                        high[2] - low[2] + 1 + 2 * margin},
                       tissues.head_from_voxel);
    cropped.head_from_voxel.translate(Vector3(low[0] - margin, low[1] - margin, low[2] - margin));
    for (int k = low[2]; k <= high[2]; ++k) {
        for (int j = low[1]; j <= high[1]; ++j) {
            for (int i = low[0]; i <= high[0]; ++i) {
                cropped.at(i - low[0] + margin, j - low[1] + margin, k - low[2] + margin) =
                    tissues.at(i, j, k);
            }
        }
    }
    return cropped;
}

} // namespace corticoil::meshing
