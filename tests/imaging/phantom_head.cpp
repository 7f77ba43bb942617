#include "phantom_head.h"

#include "core/tissue.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace corticoil::imaging::test {

namespace {

/// Below 1 inside the rounded box (superellipsoid of power 3: an affine map takes an ellipsoid to itself in
/// many ways) with half-axes `axes` [m] around `centre`.
double superellipsoid(const Vector3& point, const Vector3& centre, const Vector3& axes) {
    return std::cbrt((point - centre).cwiseQuotient(axes).cwiseAbs().array().cube().sum());
}

} // namespace

PhantomGrid::PhantomGrid() : head_from_voxel(Eigen::Affine3d::Identity()) {
    head_from_voxel.linear() *= 2e-3;
    head_from_voxel.translation() = Vector3(-0.083, -0.113, -0.080);
}

int phantom_tissue(const Vector3& point) {
    const Vector3 centre(0, -0.015, 0.015);
    const Vector3 axes(0.062, 0.080, 0.060);
    const double brain = superellipsoid(point, centre, axes);
    // Folds of 6 mm on the border of white matter, 40 to 60 mm long: shorter ones would fit after a shift
    // too.
    const double folds =
        0.09 * std::sin(150 * point[0] + 0.5) * std::sin(130 * point[1]) * std::cos(110 * point[2]);
    if (superellipsoid(point, Vector3(0.012, -0.010, 0.020), Vector3(0.006, 0.025, 0.010)) < 1)
        return tissue::csf;
    if (brain < 0.78 + folds) return tissue::white_matter;
    if (brain < 1) return tissue::grey_matter;
    if (superellipsoid(point, centre, axes + Vector3::Constant(0.004)) < 1) return tissue::csf;
    if (superellipsoid(point, centre, axes + Vector3::Constant(0.010)) < 1) return tissue::bone;
    if (superellipsoid(point, centre, axes + Vector3::Constant(0.017)) < 1) return tissue::scalp;
    const bool is_neck = point[2] < 0 && std::hypot(point[0], point[1] + 0.030) < 0.045;
    const bool is_nose = superellipsoid(point, Vector3(0, 0.075, -0.020), Vector3(0.012, 0.012, 0.020)) < 1;
    return is_neck || is_nose ? tissue::scalp : tissue::air;
}

float phantom_intensity(int label) {
    switch (label) {
    case tissue::white_matter:
        return 110;
    case tissue::grey_matter:
        return 82;
    case tissue::csf:
        return 42;
    case tissue::bone:
        return 14;
    case tissue::scalp:
        return 120;
    default:
        return 0;
    }
}

PhantomHead make_phantom_head(const PhantomGrid& grid) {
    PhantomHead head{LabelImage(grid.size, grid.head_from_voxel),
                     ScalarImage(grid.size, grid.head_from_voxel)};
    std::mt19937 generator(7);
    std::uniform_real_distribution<float> noise(-5, 5);
    const Eigen::Affine3d phantom_from_voxel = grid.phantom_from_head * grid.head_from_voxel;
    std::size_t n = 0;
    for (int k = 0; k < grid.size[2]; ++k) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int i = 0; i < grid.size[0]; ++i, ++n) {
                const Vector3 point = phantom_from_voxel * Vector3(i, j, k);
                const int label = phantom_tissue(point);
                const double field = 1 + grid.bias * (point[1] + 0.015) / 0.080;
                head.labels.voxels[n] = static_cast<std::uint8_t>(label);
                head.t1.voxels[n] =
                    std::max(0.0F, static_cast<float>(field) * phantom_intensity(label) + noise(generator));
            }
        }
    }
    return head;
}

double dice(const LabelImage& a, const LabelImage& b, int label) {
    double n_a = 0, n_b = 0, n_both = 0;
    for (std::size_t n = 0; n < a.voxels.size(); ++n) {
        n_a += a.voxels[n] == label ? 1 : 0;
        n_b += b.voxels[n] == label ? 1 : 0;
        n_both += a.voxels[n] == label && b.voxels[n] == label ? 1 : 0;
    }
    return 2 * n_both / (n_a + n_b);
}

} // namespace corticoil::imaging::test
