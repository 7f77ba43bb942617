#include "meshing/label_field.h"

#include "core/error.h"
#include "core/tissue.h"
#include "core/voxel_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace corticoil::meshing {

namespace {

/// Standard deviations in voxels. The first removes the stairs of a label map; the second spreads the volume
/// correction so that it cannot bring them back. Chosen by the roughness and volumes of concentric balls
/// (tests).
constexpr double indicator_sigma = 1.1;
constexpr double correction_sigma = 2.0;
constexpr int n_corrections = 3;

/// A voxel's own label leads by this much at its centre, so that a layer one voxel thick stays closed.
constexpr float centre_lead = 0.02F;

/// Parts of lesions with fewer voxels get their volume one by one. Their f_l is raised by a bump around their
/// voxels, of this standard deviation [voxels] and at most this height, found by so many halvings.
constexpr std::size_t small_lesion = 64;
constexpr double bump_sigma = 0.8;
constexpr double largest_bump = 4.0;
constexpr int n_bump_halvings = 12;
/// A bump ends this far from the lesion's voxels, where other labels are alone.
constexpr int bump_reach = 2;

/// Distance along each axis of a voxel's 2×2×2 samples from its centre [voxels].
constexpr float sample_distance = 0.25F;
constexpr double samples_per_voxel = 8.0;

std::vector<float> gaussian_kernel(double sigma) {
    const int radius = static_cast<int>(std::ceil(3.0 * sigma));
    std::vector<float> kernel(static_cast<std::size_t>(2 * radius + 1));
    double sum = 0.0;
    for (int i = -radius; i <= radius; ++i) sum += std::exp(-0.5 * i * i / (sigma * sigma));
    for (int i = -radius; i <= radius; ++i) {
        kernel[static_cast<std::size_t>(i + radius)] =
            static_cast<float>(std::exp(-0.5 * i * i / (sigma * sigma)) / sum);
    }
    return kernel;
}

/// Values that a convolution works on at a time: they stay in the first-level cache.
constexpr std::size_t chunk_length = 4096;

/// Convolves along one axis: blocks of `length` positions, each position a run of `stride` floats. Beyond the
/// ends the outermost value goes on.
void convolve_axis(std::vector<float>& data, std::size_t stride, std::size_t length,
                   const std::vector<float>& kernel) {
    const std::size_t radius = kernel.size() / 2;
    const std::size_t block = stride * length;
    std::vector<float> extended(block + 2 * radius * stride);
    for (std::size_t start = 0; start < data.size(); start += block) {
        float* out = data.data() + start;
        std::copy_n(out, block, extended.data() + radius * stride);
        for (std::size_t beyond = 0; beyond < radius; ++beyond) {
            std::copy_n(out, stride, extended.data() + beyond * stride);
            std::copy_n(out + block - stride, stride, extended.data() + (radius + length + beyond) * stride);
        }
        std::fill_n(out, block, 0.0F);
        for (std::size_t chunk = 0; chunk < block; chunk += chunk_length) {
            const std::size_t end = std::min(block, chunk + chunk_length);
            for (std::size_t tap = 0; tap < kernel.size(); ++tap) {
                const float weight = kernel[tap];
                const float* source = extended.data() + tap * stride;
                for (std::size_t i = chunk; i < end; ++i) out[i] += weight * source[i];
            }
        }
    }
}

void gaussian_smooth(std::vector<float>& data, const std::array<int, 3>& size, double sigma) {
    const std::vector<float> kernel = gaussian_kernel(sigma);
    const std::size_t nx = static_cast<std::size_t>(size[0]);
    const std::size_t ny = static_cast<std::size_t>(size[1]);
    const std::size_t nz = static_cast<std::size_t>(size[2]);
    convolve_axis(data, 1, nx, kernel);
    convolve_axis(data, nx, ny, kernel);
    convolve_axis(data, nx * ny, nz, kernel);
}

/// The eight corners of a cell as offsets in voxels.
constexpr std::array<std::array<int, 3>, 8> cell_corners{
    {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0}, {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}}};

} // namespace

LabelField::LabelField(const LabelImage& labels) : size_(labels.size), voxel_label_(labels.voxels) {
    std::array<bool, 256> present{};
    for (const std::uint8_t label : labels.voxels) present[label] = true;
    for (int label = 0; label < 256; ++label) {
        if (present[static_cast<std::size_t>(label)]) labels_present_.push_back(label);
    }
    find_mixed_cells();
    smooth_indicators();
    for (int correction = 0; correction < n_corrections; ++correction) {
        add_missing_volume();
        keep_centres();
    }
    fit_small_lesions(labels);
    keep_centres();
}

std::size_t LabelField::index(int i, int j, int k) const {
    return static_cast<std::size_t>(i) +
           static_cast<std::size_t>(size_[0]) *
               (static_cast<std::size_t>(j) +
                static_cast<std::size_t>(size_[1]) * static_cast<std::size_t>(k));
}

void LabelField::find_mixed_cells() {
    mixed_.assign(voxel_label_.size(), 0);
    row_.assign(voxel_label_.size(), -1);
    std::int32_t n_rows = 0;
    for (int k = 0; k + 1 < size_[2]; ++k) {
        for (int j = 0; j + 1 < size_[1]; ++j) {
            for (int i = 0; i + 1 < size_[0]; ++i) {
                const std::uint8_t first = voxel_label_[index(i, j, k)];
                const bool is_mixed =
                    std::any_of(cell_corners.begin(), cell_corners.end(), [&](const auto& corner) {
                        return voxel_label_[index(i + corner[0], j + corner[1], k + corner[2])] != first;
                    });
                if (!is_mixed) continue;
                mixed_[index(i, j, k)] = 1;
                for (const auto& corner : cell_corners) {
                    std::int32_t& row = row_[index(i + corner[0], j + corner[1], k + corner[2])];
                    if (row < 0) row = n_rows++;
                }
            }
        }
    }
    values_.assign(static_cast<std::size_t>(n_rows) * labels_present_.size(), 0.0F);
}

void LabelField::smooth_indicators() {
    const std::size_t n_channels = labels_present_.size();
    std::vector<float> indicator(voxel_label_.size());
    for (std::size_t channel = 0; channel < n_channels; ++channel) {
        for (std::size_t v = 0; v < indicator.size(); ++v) {
            indicator[v] = voxel_label_[v] == labels_present_[channel] ? 1.0F : 0.0F;
        }
        gaussian_smooth(indicator, size_, indicator_sigma);
        for (std::size_t v = 0; v < indicator.size(); ++v) {
            if (row_[v] >= 0)
                values_[static_cast<std::size_t>(row_[v]) * n_channels + channel] = indicator[v];
        }
    }
}

int LabelField::winner_in_cell(std::size_t corner, double x, double y, double z) const {
    const std::size_t n_channels = labels_present_.size();
    const std::size_t nx = static_cast<std::size_t>(size_[0]);
    const std::size_t nxy = nx * static_cast<std::size_t>(size_[1]);
    const std::array<double, 8> weights{
        (1 - x) * (1 - y) * (1 - z), x * (1 - y) * (1 - z), (1 - x) * y * (1 - z), x * y * (1 - z),
        (1 - x) * (1 - y) * z,       x * (1 - y) * z,       (1 - x) * y * z,       x * y * z};
    const std::array<std::size_t, 8> voxels{
        corner,       corner + 1,       corner + nx,       corner + nx + 1,
        corner + nxy, corner + nxy + 1, corner + nxy + nx, corner + nxy + nx + 1};
    std::array<const float*, 8> rows{};
    for (std::size_t c = 0; c < 8; ++c)
        rows[c] = values_.data() + static_cast<std::size_t>(row_[voxels[c]]) * n_channels;
    int best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (std::size_t channel = 0; channel < n_channels; ++channel) {
        double value = 0.0;
        for (std::size_t c = 0; c < 8; ++c) value += weights[c] * static_cast<double>(rows[c][channel]);
        if (value > best_value) {
            best_value = value;
            best = static_cast<int>(channel);
        }
    }
    return best;
}

int LabelField::label_at(const Vector3& voxel) const {
    std::array<int, 3> cell{};
    std::array<double, 3> rest{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = voxel[static_cast<Eigen::Index>(axis)];
        if (!(position >= 0.0) || position >= size_[axis] - 1) return 0;
        cell[axis] = static_cast<int>(position);
        rest[axis] = position - cell[axis];
    }
    const std::size_t corner = index(cell[0], cell[1], cell[2]);
    if (mixed_[corner] == 0) return voxel_label_[corner];
    return labels_present_[static_cast<std::size_t>(winner_in_cell(corner, rest[0], rest[1], rest[2]))];
}

/// Calls visit(voxel, channel) for the 2×2×2 samples of every voxel that has a row, cell by cell: the samples
/// of a cell lie towards its corners and belong to the voxels there.
template <typename Visit>
void LabelField::for_each_sample(Visit visit) const {
    std::array<int, 256> channel_of{};
    for (std::size_t c = 0; c < labels_present_.size(); ++c) {
        channel_of[static_cast<std::size_t>(labels_present_[c])] = static_cast<int>(c);
    }
    for (int k = 0; k + 1 < size_[2]; ++k) {
        for (int j = 0; j + 1 < size_[1]; ++j) {
            for (int i = 0; i + 1 < size_[0]; ++i) {
                std::array<std::size_t, 8> voxels{};
                for (std::size_t c = 0; c < 8; ++c) {
                    voxels[c] = index(i + cell_corners[c][0], j + cell_corners[c][1], k + cell_corners[c][2]);
                }
                if (mixed_[voxels[0]] != 0) {
                    const std::array<int, 8> winners = sample_winners(voxels);
                    for (std::size_t c = 0; c < 8; ++c) visit(voxels[c], winners[c]);
                    continue;
                }
                for (const std::size_t voxel : voxels) {
                    if (row_[voxel] >= 0) visit(voxel, channel_of[voxel_label_[voxel]]);
                }
            }
        }
    }
}

/// The winning channels of a mixed cell's eight samples, each a quarter of the edge from a corner.
std::array<int, 8> LabelField::sample_winners(const std::array<std::size_t, 8>& voxels) const {
    const std::size_t n_channels = labels_present_.size();
    std::array<const float*, 8> rows{};
    for (std::size_t c = 0; c < 8; ++c)
        rows[c] = values_.data() + static_cast<std::size_t>(row_[voxels[c]]) * n_channels;
    std::array<float, 8> best{};
    best.fill(-std::numeric_limits<float>::infinity());
    std::array<int, 8> winners{};
    for (std::size_t channel = 0; channel < n_channels; ++channel) {
        std::array<float, 8> value{};
        for (std::size_t c = 0; c < 8; ++c) value[c] = rows[c][channel];
        // Trilinear interpolation axis by axis: both ends of each edge along it at once.
        for (std::size_t bit = 1; bit < 8; bit *= 2) {
            for (std::size_t c = 0; c < 8; ++c) {
                if ((c & bit) != 0) continue;
                const float low = value[c];
                const float difference = sample_distance * (value[c | bit] - low);
                value[c] = low + difference;
                value[c | bit] -= difference;
            }
        }
        for (std::size_t c = 0; c < 8; ++c) {
            if (value[c] <= best[c]) continue;
            best[c] = value[c];
            winners[c] = static_cast<int>(channel);
        }
    }
    return winners;
}

void LabelField::add_missing_volume() {
    const std::size_t n_channels = labels_present_.size();
    std::vector<float> filled(values_.size(), 0.0F);
    for_each_sample([&](std::size_t voxel, int channel) {
        filled[static_cast<std::size_t>(row_[voxel]) * n_channels + static_cast<std::size_t>(channel)] +=
            static_cast<float>(1.0 / samples_per_voxel);
    });
    std::vector<float> missing(voxel_label_.size());
    for (std::size_t channel = 0; channel < n_channels; ++channel) {
        for (std::size_t v = 0; v < missing.size(); ++v) {
            if (row_[v] < 0) {
                missing[v] = 0.0F;
                continue;
            }
            const float wanted = voxel_label_[v] == labels_present_[channel] ? 1.0F : 0.0F;
            missing[v] = wanted - filled[static_cast<std::size_t>(row_[v]) * n_channels + channel];
        }
        gaussian_smooth(missing, size_, correction_sigma);
        for (std::size_t v = 0; v < missing.size(); ++v) {
            if (row_[v] >= 0) values_[static_cast<std::size_t>(row_[v]) * n_channels + channel] += missing[v];
        }
    }
}

void LabelField::keep_centres() {
    const std::size_t n_channels = labels_present_.size();
    for (std::size_t v = 0; v < row_.size(); ++v) {
        if (row_[v] < 0) continue;
        float* row = values_.data() + static_cast<std::size_t>(row_[v]) * n_channels;
        float highest_other = -std::numeric_limits<float>::infinity();
        std::size_t own = 0;
        for (std::size_t channel = 0; channel < n_channels; ++channel) {
            if (voxel_label_[v] == labels_present_[channel]) {
                own = channel;
            } else {
                highest_other = std::max(highest_other, row[channel]);
            }
        }
        row[own] = std::max(row[own], highest_other + centre_lead);
    }
}

/// Samples of a channel less those of its voxels, in the cells between two voxels.
double LabelField::volume_excess(const std::array<int, 3>& low, const std::array<int, 3>& high,
                                 int channel) const {
    const int label = labels_present_[static_cast<std::size_t>(channel)];
    int excess = 0;
    for (int k = low[2]; k < high[2]; ++k) {
        for (int j = low[1]; j < high[1]; ++j) {
            for (int i = low[0]; i < high[0]; ++i) {
                if (mixed_[index(i, j, k)] == 0) continue;
                std::array<std::size_t, 8> voxels{};
                for (std::size_t c = 0; c < 8; ++c)
                    voxels[c] = index(i + cell_corners[c][0], j + cell_corners[c][1], k + cell_corners[c][2]);
                const std::array<int, 8> winners = sample_winners(voxels);
                for (std::size_t c = 0; c < 8; ++c)
                    excess += (winners[c] == channel ? 1 : 0) - (voxel_label_[voxels[c]] == label ? 1 : 0);
            }
        }
    }
    return excess;
}

void LabelField::fit_lesion(const std::vector<std::size_t>& part) {
    const auto nx = static_cast<std::size_t>(size_[0]);
    const auto ny = static_cast<std::size_t>(size_[1]);
    const auto place = [&](std::size_t v) {
        return std::array<int, 3>{static_cast<int>(v % nx), static_cast<int>(v / nx % ny),
                                  static_cast<int>(v / (nx * ny))};
    };
    std::array<int, 3> low = place(part.front());
    std::array<int, 3> high = low;
    for (const std::size_t v : part) {
        const std::array<int, 3> at = place(v);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            low[axis] = std::max(0, std::min(low[axis], at[axis] - bump_reach));
            high[axis] = std::min(size_[axis] - 1, std::max(high[axis], at[axis] + bump_reach));
        }
    }
    const auto found = std::find(labels_present_.begin(), labels_present_.end(), voxel_label_[part.front()]);
    const auto channel = static_cast<std::size_t>(found - labels_present_.begin());
    struct Raised {
        std::size_t value;
        float before;
        double bump;
    };
    std::vector<Raised> raised;
    for (int k = low[2]; k <= high[2]; ++k) {
        for (int j = low[1]; j <= high[1]; ++j) {
            for (int i = low[0]; i <= high[0]; ++i) {
                if (row_[index(i, j, k)] < 0) continue;
                double bump = 0.0;
                for (const std::size_t v : part) {
                    const std::array<int, 3> at = place(v);
                    const double squared = (Vector3(i, j, k) - Vector3(at[0], at[1], at[2])).squaredNorm();
                    bump += std::exp(-0.5 * squared / (bump_sigma * bump_sigma));
                }
                const std::size_t value =
                    static_cast<std::size_t>(row_[index(i, j, k)]) * labels_present_.size() + channel;
                raised.push_back({value, values_[value], bump});
            }
        }
    }
    double lower = 0.0;
    double upper = largest_bump;
    for (int halving = 0; halving < n_bump_halvings; ++halving) {
        const double height = 0.5 * (lower + upper);
        for (const Raised& r : raised) values_[r.value] = r.before + static_cast<float>(height * r.bump);
        (volume_excess(low, high, static_cast<int>(channel)) < 0 ? lower : upper) = height;
    }
}

void LabelField::fit_small_lesions(const LabelImage& labels) {
    if (std::none_of(labels_present_.begin(), labels_present_.end(), tissue::is_lesion)) return;
    const VoxelParts parts = find_voxel_parts(labels);
    std::vector<std::vector<std::size_t>> voxels(parts.n_voxels.size());
    for (std::size_t v = 0; v < voxel_label_.size(); ++v) {
        if (!tissue::is_lesion(voxel_label_[v])) continue;
        const auto part = static_cast<std::size_t>(parts.part[v]);
        if (parts.n_voxels[part] < small_lesion) voxels[part].push_back(v);
    }
    for (const std::vector<std::size_t>& part : voxels) {
        if (!part.empty()) fit_lesion(part);
    }
}

std::vector<double> LabelField::sampled_volumes() const {
    std::vector<double> volumes(256, 0.0);
    for (std::size_t v = 0; v < row_.size(); ++v) {
        if (row_[v] < 0) volumes[voxel_label_[v]] += 1.0;
    }
    for_each_sample([&](std::size_t, int channel) {
        volumes[static_cast<std::size_t>(labels_present_[static_cast<std::size_t>(channel)])] +=
            1.0 / samples_per_voxel;
    });
    return volumes;
}

} // namespace corticoil::meshing
