#include "imaging/neck_extension.h"

#include "imaging/head_mask.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

/// A smaller section so near the lowest point is a tip (nose, chin), not a cut neck [m²].
constexpr double smallest_section = 50e-4;
/// Height above the lowest voxel at which the section counts [m]: the edge of a cut may be ragged.
constexpr double ragged_edge = 3e-3;
/// Slices of an added neck differ by no more than this share of its section, which a few edited voxels need.
constexpr double largest_difference = 0.01;

/// Slices from the lowest (0) upwards, whichever way the image's axis runs.
class Slices {
  public:
    explicit Slices(const LabelImage& labels) : down_(inferior_axis(labels.head_from_voxel)) {
        n_ = labels.size[static_cast<std::size_t>(down_.axis)];
        thickness_ = labels.head_from_voxel.linear().col(down_.axis).norm();
    }

    [[nodiscard]] int axis() const { return down_.axis; }
    [[nodiscard]] bool grows_downwards() const { return down_.grows_downwards; }
    [[nodiscard]] double thickness() const { return thickness_; }
    [[nodiscard]] int index_of_height(int height) const {
        return down_.grows_downwards ? n_ - 1 - height : height;
    }

    /// Labelled voxels per slice, from the lowest upwards.
    [[nodiscard]] std::vector<std::size_t> sections(const LabelImage& labels) const {
        std::vector<std::size_t> counts(static_cast<std::size_t>(n_), 0);
        for (int k = 0; k < labels.size[2]; ++k) {
            for (int j = 0; j < labels.size[1]; ++j) {
                for (int i = 0; i < labels.size[0]; ++i) {
                    if (labels.at(i, j, k) == 0) continue;
                    const std::array<int, 3> at{i, j, k};
                    ++counts[static_cast<std::size_t>(
                        index_of_height(at[static_cast<std::size_t>(down_.axis)]))];
                }
            }
        }
        return counts;
    }

  private:
    InferiorAxis down_;
    int n_ = 0;
    double thickness_ = 0;
};

/// Slices of `length`, rounded up.
int slices_of(double length, double thickness) {
    return static_cast<int>(std::ceil(length / thickness - 1e-9));
}

/// Height of the lowest slice with a label; that of the image where there is none.
std::size_t lowest_of(const std::vector<std::size_t>& sections) {
    return static_cast<std::size_t>(
        std::find_if(sections.begin(), sections.end(), [](std::size_t n) { return n > 0; }) -
        sections.begin());
}

/// Voxels in which two slices differ.
std::size_t difference(const LabelImage& labels, const Slices& slices, int height, int other) {
    const auto axis = static_cast<std::size_t>(slices.axis());
    std::array<int, 3> size = labels.size;
    size[axis] = 1;
    std::size_t n = 0;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                std::array<int, 3> a{i, j, k};
                std::array<int, 3> b{i, j, k};
                a[axis] = slices.index_of_height(height);
                b[axis] = slices.index_of_height(other);
                n += labels.at(a[0], a[1], a[2]) != labels.at(b[0], b[1], b[2]) ? 1 : 0;
            }
        }
    }
    return n;
}

} // namespace

bool has_added_neck(const LabelImage& labels, double length) {
    if (!(length > 0)) return false;
    const Slices slices(labels);
    const std::vector<std::size_t> sections = slices.sections(labels);
    const std::size_t lowest = lowest_of(sections);
    const auto n_neck = static_cast<std::size_t>(slices_of(length, slices.thickness()));
    if (lowest + n_neck > sections.size()) return false;
    const double allowed = largest_difference * static_cast<double>(sections[lowest]);
    for (std::size_t height = lowest + 1; height < lowest + n_neck; ++height) {
        if (static_cast<double>(
                difference(labels, slices, static_cast<int>(lowest), static_cast<int>(height))) > allowed)
            return false;
    }
    return true;
}

ExtendedLabels extend_neck(const LabelImage& labels, double length) {
    ExtendedLabels result{labels};
    if (!(length > 0) || has_added_neck(labels, length)) return result;
    const Slices slices(labels);
    const std::vector<std::size_t> sections = slices.sections(labels);
    const std::size_t lowest = lowest_of(sections);
    // At the image's face the cut is clean; above it the lowest slices may be ragged.
    const int skipped = lowest == 0 ? 0 : static_cast<int>(std::ceil(ragged_edge / slices.thickness()));
    const int cut = static_cast<int>(lowest) + skipped;
    if (cut >= static_cast<int>(sections.size())) return result;
    const double area = static_cast<double>(sections[static_cast<std::size_t>(cut)]) * labels.voxel_volume() /
                        slices.thickness();
    if (area < smallest_section) return result;

    const int n_neck = slices_of(length, slices.thickness());
    const int n_added = std::max(0, n_neck - cut);
    const auto axis = static_cast<std::size_t>(slices.axis());
    std::array<int, 3> size = labels.size;
    size[axis] += n_added;
    const int shift = slices.grows_downwards() ? 0 : n_added;
    Vector3 first = Vector3::Zero();
    first[slices.axis()] = -shift;
    result.labels = LabelImage(size, labels.head_from_voxel * Eigen::Translation3d(first));
    result.is_extended = true;
    result.n_added_slices = n_added;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                std::array<int, 3> from{i, j, k};
                const int height =
                    slices.index_of_height(from[axis] - shift); // Negative in the added slices.
                if (height < cut - n_neck) continue;
                from[axis] = slices.index_of_height(std::max(height, cut));
                result.labels.at(i, j, k) = labels.at(from[0], from[1], from[2]);
            }
        }
    }
    return result;
}

} // namespace corticoil::imaging
