#include "imaging/bias_correction.h"

#include "imaging/itk_views.h"
#include "imaging/mask_algebra.h"
#include "imaging/resample.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

/// Voxel size of the estimate [m]: the field varies over several centimetres.
constexpr double working_spacing = 4e-3;
/// Reach of the continuation beyond the mask [m].
constexpr double continuation_width = 20e-3;
/// Smoothing of the seam between estimate and continuation [m].
constexpr double seam_width = 6e-3;
/// Smoothing of the field that the classes leave [m]: coils' fields vary over more, tissues over less.
constexpr double field_width = 40e-3;
/// Standard deviation, relative, of a tissue's intensity between regions of a brain without any field: a few
/// per cent, with myelin and iron.
constexpr double tissue_variation = 0.03;

void subtract_mean(ScalarImage& field, const Mask& mask) {
    double sum = 0;
    double n_inside = 0;
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (mask.voxels[n] == 0) continue;
        sum += field.voxels[n];
        n_inside += 1;
    }
    const auto mean = static_cast<float>(sum / std::max(1.0, n_inside));
    for (float& value : field.voxels) value -= mean;
}

/// Outside the mask the field becomes its Gaussian mean over the mask: normalised convolution.
ScalarImage continued(const ScalarImage& field, const Mask& mask) {
    ScalarImage numerator = field;
    ScalarImage denominator = field;
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        const float weight = mask.voxels[n] != 0 ? 1.0F : 0.0F;
        numerator.voxels[n] *= weight;
        denominator.voxels[n] = weight;
    }
    numerator = smooth(numerator, continuation_width);
    denominator = smooth(denominator, continuation_width);
    ScalarImage result = field;
    constexpr float negligible = 1e-3F; // Far from the mask the field fades to 0.
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (mask.voxels[n] == 0)
            result.voxels[n] = numerator.voxels[n] / (denominator.voxels[n] + negligible);
    }
    return smooth(result, seam_width);
}

/// Voxels per cell of about working_spacing.
std::array<int, 3> coarse_step(const ScalarImage& image) {
    return voxels_per_step(image.head_from_voxel, working_spacing);
}

/// Steps of about 2 mm.
std::array<int, 3> thinning_step(const ScalarImage& image) {
    constexpr double thinned_spacing = 2e-3; // [m]
    return voxels_per_step(image.head_from_voxel, thinned_spacing);
}

/// Every `step`-th voxel along each axis, from the first; empty stays empty.
template <typename Voxel>
Image<Voxel> thinned(const Image<Voxel>& image, const std::array<int, 3>& step) {
    if (image.voxels.empty()) return {};
    std::array<int, 3> size{};
    Eigen::Affine3d old_from_new = Eigen::Affine3d::Identity();
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto a = static_cast<Eigen::Index>(axis);
        size[axis] = (image.size[axis] + step[axis] - 1) / step[axis];
        old_from_new.linear()(a, a) = step[axis];
    }
    Image<Voxel> result(size, image.head_from_voxel * old_from_new);
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i)
                result.at(i, j, k) = image.at(i * step[0], j * step[1], k * step[2]);
        }
    }
    return result;
}

/// The image divided by a field given as its logarithm on any grid.
ScalarImage without_field(const ScalarImage& image, const ScalarImage& log_field) {
    const ScalarImage fine =
        resample(log_field, image.size, image.head_from_voxel, Eigen::Affine3d::Identity());
    ScalarImage corrected = image;
    for (std::size_t n = 0; n < corrected.voxels.size(); ++n)
        corrected.voxels[n] *= std::exp(-fine.voxels[n]);
    return corrected;
}

/// Sums over the voxels of each coarse cell.
struct CellSums {
    ScalarImage residual;
    ScalarImage weight;
};

/// log(image) − log(expected intensity), weighted by how far the voxel is brain tissue, per coarse cell.
CellSums sum_residuals(const ScalarImage& t1, const CorrectedBrain& current, const Mask& mask,
                       const BrainPriors& priors) {
    const std::array<int, 3> step = coarse_step(t1);
    std::array<int, 3> size{};
    Eigen::Affine3d fine_from_coarse = Eigen::Affine3d::Identity();
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const auto a = static_cast<Eigen::Index>(axis);
        size[axis] = (t1.size[axis] + step[axis] - 1) / step[axis];
        fine_from_coarse.linear()(a, a) = step[axis];
        fine_from_coarse.translation()[a] = 0.5 * (step[axis] - 1);
    }
    const Eigen::Affine3d grid = t1.head_from_voxel * fine_from_coarse;
    CellSums sums{ScalarImage(size, grid), ScalarImage(size, grid)};
    const BrainIntensities& mean = current.intensities;
    const ClassEnergies energies(mean, priors);
    std::size_t n = 0;
    for (int k = 0; k < t1.size[2]; ++k) {
        for (int j = 0; j < t1.size[1]; ++j) {
            for (int i = 0; i < t1.size[0]; ++i, ++n) {
                if (mask.voxels[n] == 0 || !(t1.voxels[n] > 0)) continue;
                const ClassValues p = probabilities_of(energies.at(n, current.t1.voxels[n]));
                const double expected =
                    p[0] * mean.csf + p[1] * mean.grey + p[2] * mean.white + p[3] * mean.deep_grey;
                const float weight = 1 - p[0]; // CSF is too dark for a logarithm that noise leaves alone.
                const std::size_t cell = sums.weight.index(i / step[0], j / step[1], k / step[2]);
                sums.weight.voxels[cell] += weight;
                sums.residual.voxels[cell] += weight * static_cast<float>(std::log(t1.voxels[n] / expected));
            }
        }
    }
    return sums;
}

/// The monomials up to degree 2 of a cell's place, lengths in units of field_width.
using Monomials = Eigen::Vector<double, 10>;
Monomials monomials_at(const ScalarImage& cells, int i, int j, int k) {
    const Vector3 p = cells.head_from_voxel.linear() *
                      Vector3(i - 0.5 * cells.size[0], j - 0.5 * cells.size[1], k - 0.5 * cells.size[2]) /
                      field_width;
    return Monomials{1,           p[0],        p[1],        p[2],        p[0] * p[0],
                     p[1] * p[1], p[2] * p[2], p[0] * p[1], p[1] * p[2], p[2] * p[0]};
}

template <typename Visit>
void for_each_cell(const ScalarImage& cells, Visit visit) {
    for (int k = 0; k < cells.size[2]; ++k) {
        for (int j = 0; j < cells.size[1]; ++j) {
            for (int i = 0; i < cells.size[0]; ++i) visit(cells.index(i, j, k), monomials_at(cells, i, j, k));
        }
    }
}

/// Takes the best quadratic (weighted least squares) off the residuals and returns it: a kernel's means would
/// flatten it at the brain's rim, where it matters.
ScalarImage take_quadratic(CellSums& sums) {
    Eigen::Matrix<double, 10, 10> normal = Eigen::Matrix<double, 10, 10>::Identity() * 1e-9;
    Monomials right = Monomials::Zero();
    for_each_cell(sums.weight, [&](std::size_t cell, const Monomials& m) {
        if (sums.weight.voxels[cell] <= 0) return;
        normal += sums.weight.voxels[cell] * m * m.transpose();
        right += sums.residual.voxels[cell] * m;
    });
    const Monomials coefficients = normal.ldlt().solve(right);
    ScalarImage quadratic(sums.weight.size, sums.weight.head_from_voxel);
    for_each_cell(sums.weight, [&](std::size_t cell, const Monomials& m) {
        const auto value = static_cast<float>(coefficients.dot(m));
        quadratic.voxels[cell] = value;
        sums.residual.voxels[cell] -= value * sums.weight.voxels[cell];
    });
    return quadratic;
}

/// White and grey matter differ between regions too, and that is no field: of a log field with variance V the
/// part max(0, 1 − s²/V) is kept, the positive-part estimate of what V owes to the coil (James & Stein 1961,
/// Proc 4th Berkeley Symp 1:361).
void shrink_to_coil(ScalarImage& field, const Mask& cells) {
    double sum_squared = 0;
    double n_cells = 0;
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (cells.voxels[n] == 0) continue;
        sum_squared += static_cast<double>(field.voxels[n]) * field.voxels[n];
        n_cells += 1;
    }
    const double variance = sum_squared / std::max(1.0, n_cells);
    const double kept =
        variance > 0 ? std::max(0.0, 1 - tissue_variation * tissue_variation / variance) : 0.0;
    for (float& value : field.voxels) value *= static_cast<float>(kept);
}

/// The field: a quadratic and Gaussian means of what it leaves, continued beyond the cells with tissue; its
/// mean over them is 0.
ScalarImage smooth_field(CellSums sums) {
    ScalarImage field = take_quadratic(sums);
    const ScalarImage residual = smooth(sums.residual, field_width);
    const ScalarImage weight = smooth(sums.weight, field_width);
    const Mask cells = mask_where(sums.weight, [&](std::size_t n) { return sums.weight.voxels[n] > 0; });
    for (std::size_t n = 0; n < field.voxels.size(); ++n) {
        if (cells.voxels[n] != 0) field.voxels[n] += residual.voxels[n] / weight.voxels[n];
    }
    subtract_mean(field, cells);
    shrink_to_coil(field, cells);
    return continued(field, cells);
}

} // namespace

ScalarImage correct_bias(const ScalarImage& image, const Mask& mask) {
    const std::array<int, 3> step = coarse_step(image);
    const ScalarImage coarse = shrink(image, step);
    ScalarImage set(mask.size, mask.head_from_voxel);
    for (std::size_t n = 0; n < set.voxels.size(); ++n) set.voxels[n] = static_cast<float>(mask.voxels[n]);
    const ScalarImage coarse_set = shrink(set, step);
    Mask coarse_mask(coarse.size, coarse.head_from_voxel);
    constexpr float mostly_inside = 0.8F;
    for (std::size_t n = 0; n < coarse_mask.voxels.size(); ++n) {
        coarse_mask.voxels[n] = coarse_set.voxels[n] >= mostly_inside && coarse.voxels[n] > 0 ? 1 : 0;
    }
    ScalarImage field(coarse.size, coarse.head_from_voxel);
    field.voxels = n4_log_bias(view_of(coarse), coarse_mask.voxels);
    subtract_mean(field, coarse_mask);
    return without_field(image, continued(field, coarse_mask));
}

CorrectedBrain correct_bias_by_classes(const ScalarImage& t1, const Mask& mask, const BrainPriors& priors) {
    // A thinned image serves the field as well: every second voxel, not smoothed, so that classes stay apart.
    const std::array<int, 3> step = thinning_step(t1);
    const ScalarImage thin_t1 = thinned(t1, step);
    const Mask thin_mask = thinned(mask, step);
    const BrainPriors thin_priors{thinned(priors.tissue, step), thinned(priors.deep_grey, step)};
    CorrectedBrain brain;
    brain.t1 = correct_bias(thin_t1, thin_mask);
    ScalarImage field;
    constexpr int n_iterations = 15;
    for (int iteration = 0; iteration < n_iterations; ++iteration) {
        brain.intensities = fit_brain_intensities(brain.t1, thin_mask, thin_priors);
        field = smooth_field(sum_residuals(thin_t1, brain, thin_mask, thin_priors));
        brain.t1 = without_field(thin_t1, field);
    }
    brain.t1 = without_field(t1, field);
    brain.intensities = fit_brain_intensities(brain.t1, mask, priors);
    return brain;
}

} // namespace corticoil::imaging
