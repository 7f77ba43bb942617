#include "real_head/label_overlap.h"

#include "imaging/resample.h"

#include <algorithm>

namespace corticoil::test {

LabelOverlap::LabelOverlap(const LabelImage& reference, const LabelImage& labels,
                           const std::function<Vector3(const Vector3&)>& head_from_reference) {
    const Eigen::Affine3d index_from_head = labels.head_from_voxel.inverse();
    std::size_t n = 0;
    for (int k = 0; k < reference.size[2]; ++k) {
        for (int j = 0; j < reference.size[1]; ++j) {
            for (int i = 0; i < reference.size[0]; ++i, ++n) {
                const Vector3 there = head_from_reference(reference.head_from_voxel * Vector3(i, j, k));
                const std::size_t theirs = reference.voxels[n];
                n_voxels_[n_labels * theirs + imaging::nearest_label(labels, index_from_head * there)] += 1;
            }
        }
    }
}

double LabelOverlap::dice_where(const std::function<bool(int)>& is_member) const {
    double either = 0;
    double both = 0;
    for (int a = 0; a < n_labels; ++a) {
        for (int b = 0; b < n_labels; ++b) {
            const double n = n_voxels_[static_cast<std::size_t>(n_labels * a + b)];
            const int n_members = (is_member(a) ? 1 : 0) + (is_member(b) ? 1 : 0);
            either += n_members * n;
            both += n_members == 2 ? n : 0;
        }
    }
    return 2 * both / either;
}

double LabelOverlap::dice(std::initializer_list<int> members) const {
    return dice_where([&](int label) { return std::ranges::find(members, label) != members.end(); });
}

double LabelOverlap::dice_of_head() const {
    return dice_where([](int label) { return label != 0; });
}

} // namespace corticoil::test
