#include "planning/lesion_coverage.h"

#include "core/error.h"
#include "core/tissue.h"
#include "core/voxel_parts.h"

#include <algorithm>
#include <map>
#include <optional>

namespace corticoil::planning {

namespace {

/// Barycentric coordinates of the points (i + ¼, j + ¼, k + ¼, l + ¼)/n with i + j + k + l = n − 1: as many
/// as there are in a regular division, all inside, symmetric in the corners.
Eigen::Matrix4Xd sample_points() {
    constexpr int n = 5;
    std::vector<Eigen::Vector4d> points;
    for (int i = 0; i < n; ++i) {
        for (int j = 0; i + j < n; ++j) {
            for (int k = 0; i + j + k < n; ++k) {
                const Eigen::Vector4d counts(i, j, k, n - 1 - i - j - k);
                points.emplace_back((counts.array() + 0.25) / n);
            }
        }
    }
    Eigen::Matrix4Xd result(4, static_cast<Eigen::Index>(points.size()));
    for (std::size_t p = 0; p < points.size(); ++p) result.col(static_cast<Eigen::Index>(p)) = points[p];
    return result;
}

/// What lies at the points of a head in the masks.
class MaskSampler {
  public:
    explicit MaskSampler(const LesionMaskPair& masks)
        : masks_(masks), voxel_from_head_(masks.lesions.head_from_voxel.inverse()) {
        const VoxelParts parts =
            find_voxel_parts(masks.lesions, {.through_corners = true, .any_label = true});
        lesion_ = parts.part;
        n_lesions_ = parts.n_parts();
        const auto nx = static_cast<std::size_t>(masks.lesions.size[0]);
        const auto ny = static_cast<std::size_t>(masks.lesions.size[1]);
        for (std::size_t n = 0; n < lesion_.size(); ++n) {
            if (lesion_[n] < 0) continue;
            box_.extend(Vector3(static_cast<double>(n % nx), static_cast<double>(n / nx % ny),
                                static_cast<double>(n / (nx * ny))));
        }
    }
    [[nodiscard]] int n_lesions() const { return n_lesions_; }

    /// Whether the box of a tetrahedron's corners meets the lesions' box.
    [[nodiscard]] bool may_touch(const Eigen::Matrix<double, 3, 4>& corners) const {
        Eigen::AlignedBox3d box;
        for (int c = 0; c < 4; ++c) box.extend(voxel_from_head_ * Vector3(corners.col(c)));
        const Eigen::AlignedBox3d voxels(Vector3(box_.min().array() - 0.5),
                                         Vector3(box_.max().array() + 0.5));
        return voxels.intersects(box);
    }

    /// The voxel of a lesion at a point, or nothing.
    [[nodiscard]] std::optional<std::size_t> lesion_voxel(const Vector3& point) const {
        const Vector3 at = (voxel_from_head_ * point).array().round();
        if (!box_.contains(at)) return std::nullopt;
        const std::size_t n =
            masks_.lesions.index(static_cast<int>(at[0]), static_cast<int>(at[1]), static_cast<int>(at[2]));
        return lesion_[n] >= 0 ? std::optional(n) : std::nullopt;
    }
    [[nodiscard]] int lesion_of(std::size_t voxel) const { return lesion_[voxel]; }
    [[nodiscard]] bool is_black(std::size_t voxel) const {
        return !masks_.black_holes.voxels.empty() && masks_.black_holes.voxels[voxel] != 0;
    }

  private:
    const LesionMaskPair& masks_;
    std::vector<int> lesion_;
    Eigen::Affine3d voxel_from_head_;
    Eigen::AlignedBox3d box_;
    int n_lesions_ = 0;
};

} // namespace

LesionCoverage cover_tetrahedra(const TetMesh& mesh, const LesionMaskPair& masks) {
    CORTICOIL_ASSERT(masks.black_holes.voxels.empty() || masks.black_holes.size == masks.lesions.size);
    const MaskSampler sampler(masks);
    if (sampler.n_lesions() == 0) throw Error("lesion mask: every voxel is 0; leave the mask out");
    const Eigen::Matrix4Xd points = sample_points();
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    LesionCoverage coverage;
    coverage.n_lesions = sampler.n_lesions();
    coverage.mask_volume =
        masks.lesions.voxel_volume() *
        static_cast<double>(masks.lesions.voxels.size() -
                            static_cast<std::size_t>(
                                std::count(masks.lesions.voxels.begin(), masks.lesions.voxels.end(), 0)));
    std::vector<double> shares;
    std::vector<double> black_shares;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (!tissue::is_brain(mesh.labels[static_cast<std::size_t>(t)])) continue;
        Eigen::Matrix<double, 3, 4> corners;
        for (int c = 0; c < 4; ++c) corners.col(c) = mesh.nodes.col(mesh.tetrahedra(c, t));
        if (!sampler.may_touch(corners)) continue;
        std::map<int, int> n_by_lesion;
        int n_covered = 0;
        int n_black = 0;
        for (Eigen::Index p = 0; p < points.cols(); ++p) {
            const std::optional<std::size_t> voxel = sampler.lesion_voxel(corners * points.col(p));
            if (!voxel) continue;
            ++n_covered;
            n_black += sampler.is_black(*voxel) ? 1 : 0;
            ++n_by_lesion[sampler.lesion_of(*voxel)];
        }
        if (n_covered == 0) continue;
        const auto most = std::max_element(n_by_lesion.begin(), n_by_lesion.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
        const auto n_points = static_cast<double>(points.cols());
        coverage.tetrahedra.push_back(t);
        coverage.lesion.push_back(most->first);
        shares.push_back(n_covered / n_points);
        black_shares.push_back(n_black / n_points);
        coverage.covered_volume += shares.back() * volumes[t];
    }
    if (shares.empty()) {
        throw Error(
            "lesion mask: covers nothing of the brain; it is in another space than the mesh: resample it "
            "into the T1's space");
    }
    const auto n = static_cast<Eigen::Index>(shares.size());
    coverage.shares = Eigen::Map<const Eigen::VectorXd>(shares.data(), n);
    coverage.black_shares = Eigen::Map<const Eigen::VectorXd>(black_shares.data(), n);
    return coverage;
}

double mixed_conductivity(double host, double other, double share) {
    return 1 / ((1 - share) / host + share / other);
}

HeadModel with_lesions(const HeadModel& head, const LesionCoverage& coverage, double lesion_conductivity,
                       double black_hole_conductivity) {
    if (!head.conductivity.is_isotropic()) {
        throw Error(
            "lesion mask: lesions change isotropic conductivities only; leave out the diffusion tensors, or "
            "segment and mesh with the lesions");
    }
    HeadModel result = head;
    for (std::size_t i = 0; i < coverage.tetrahedra.size(); ++i) {
        const auto at = static_cast<Eigen::Index>(i);
        const double black_part = coverage.black_shares[at] / coverage.shares[at];
        const double inside =
            black_part > 0 ? mixed_conductivity(lesion_conductivity, black_hole_conductivity, black_part)
                           : lesion_conductivity;
        double& sigma = result.conductivity[coverage.tetrahedra[i]];
        sigma = mixed_conductivity(sigma, inside, coverage.shares[at]);
    }
    return result;
}

} // namespace corticoil::planning
