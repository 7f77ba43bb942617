#include "imaging/itk_algorithms.h"

#include "core/error.h"
#include "imaging/itk_images.h"

#include <fmt/format.h>
#include <itkAffineTransform.h>
#include <itkEuler3DTransform.h>
#include <itkImageRegistrationMethodv4.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>
#include <itkN4BiasFieldCorrectionImageFilter.h>
#include <itkRegistrationParameterScalesFromPhysicalShift.h>
#include <itkRegularStepGradientDescentOptimizerv4.h>

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

using ItkImage = itk::Image<float, 3>;
using ItkMask = itk::Image<unsigned char, 3>;
using Metric = itk::MattesMutualInformationImageToImageMetricv4<ItkImage, ItkImage>;
using Optimizer = itk::RegularStepGradientDescentOptimizerv4<double>;

/// ITK sums over threads in an order that depends on their number: one thread gives one result everywhere.
class OneThread : ThreadsOfItk {
  public:
    OneThread() : ThreadsOfItk(1) {}
};

/// Sets the transform about `centre`, about which its parameters are well scaled.
template <typename Transform>
void set_affine(Transform& transform, const AffineRows& affine, const std::array<double, 3>& centre) {
    typename Transform::MatrixType matrix;
    typename Transform::InputPointType itk_centre;
    typename Transform::OutputVectorType shift;
    for (unsigned row = 0; row < 3; ++row) {
        itk_centre[row] = centre[row];
        shift[row] = affine[4 * row + 3] - centre[row];
        for (unsigned column = 0; column < 3; ++column) {
            matrix[row][column] = affine[4 * row + column];
            shift[row] += affine[4 * row + column] * centre[column];
        }
    }
    transform.SetCenter(itk_centre);
    transform.SetMatrix(matrix);
    transform.SetTranslation(shift);
}

template <typename Transform>
AffineRows get_affine(const Transform& transform) {
    AffineRows affine{};
    for (unsigned row = 0; row < 3; ++row) {
        for (unsigned column = 0; column < 3; ++column)
            affine[4 * row + column] = transform.GetMatrix()[row][column];
        affine[4 * row + 3] = transform.GetOffset()[row];
    }
    return affine;
}

std::array<double, 3> centre_of(const ImageView& image) {
    std::array<double, 3> centre{};
    for (std::size_t row = 0; row < 3; ++row) {
        centre[row] = image.head_from_voxel[4 * row + 3];
        for (std::size_t axis = 0; axis < 3; ++axis) {
            centre[row] += image.head_from_voxel[4 * row + axis] * 0.5 * (image.size[axis] - 1);
        }
    }
    return centre;
}

Optimizer::Pointer make_optimizer(Metric* metric, const AffineStage& stage) {
    auto optimizer = Optimizer::New();
    auto scales = itk::RegistrationParameterScalesFromPhysicalShift<Metric>::New();
    scales->SetMetric(metric);
    optimizer->SetScalesEstimator(scales);
    optimizer->SetDoEstimateLearningRateOnce(false);
    optimizer->SetDoEstimateLearningRateAtEachIteration(false);
    optimizer->SetLearningRate(stage.first_step_mm);
    optimizer->SetMinimumStepLength(stage.last_step_mm);
    optimizer->SetNumberOfIterations(static_cast<itk::SizeValueType>(stage.n_iterations));
    constexpr double relaxation = 0.8; // Shortening of the step at each turn of the gradient.
    optimizer->SetRelaxationFactor(relaxation);
    constexpr double no_gradient = 1e-7;
    optimizer->SetGradientMagnitudeTolerance(no_gradient);
    return optimizer;
}

Metric::Pointer make_metric() {
    auto metric = Metric::New();
    constexpr unsigned n_bins = 40;
    metric->SetNumberOfHistogramBins(n_bins);
    metric->SetUseMovingImageGradientFilter(false);
    metric->SetUseFixedImageGradientFilter(false);
    return metric;
}

template <typename Transform>
AffineRows run_stage(const ImageView& fixed, const ImageView& moving, const AffineRows& start,
                     const AffineStage& stage) {
    using Method = itk::ImageRegistrationMethodv4<ItkImage, ItkImage, Transform>;
    auto transform = Transform::New();
    set_affine(*transform, start, centre_of(fixed));

    const Metric::Pointer metric = make_metric();
    auto optimizer = make_optimizer(metric, stage);
    int iteration = 0;
    optimizer->AddObserver(itk::IterationEvent(), [&](const itk::EventObject&) {
        report(stage.progress, std::min(1.0, ++iteration / static_cast<double>(stage.n_iterations)),
               stage.task);
    });

    auto method = Method::New();
    method->SetFixedImage(to_itk(fixed, fixed.voxels));
    method->SetMovingImage(to_itk(moving, moving.voxels));
    method->SetMetric(metric);
    method->SetOptimizer(optimizer);
    method->SetInitialTransform(transform);
    method->InPlaceOn();
    method->SetNumberOfLevels(1);
    typename Method::ShrinkFactorsArrayType factors(1);
    factors[0] = 1;
    typename Method::SmoothingSigmasArrayType sigmas(1);
    sigmas[0] = 0;
    method->SetShrinkFactorsPerLevel(factors);
    method->SetSmoothingSigmasPerLevel(sigmas);
    if (stage.sampled_fraction < 1) {
        constexpr int seed = 1;
        method->MetricSamplingReinitializeSeed(seed);
        method->SetMetricSamplingStrategy(Method::MetricSamplingStrategyEnum::REGULAR);
        method->SetMetricSamplingPercentage(stage.sampled_fraction);
    }
    method->Update();
    return get_affine(*method->GetTransform());
}

} // namespace

AffineRows improve_registration(const ImageView& fixed, const ImageView& moving,
                                const AffineRows& moving_from_fixed, const AffineStage& stage) {
    const OneThread one_thread;
    try {
        if (stage.is_rigid)
            return run_stage<itk::Euler3DTransform<double>>(fixed, moving, moving_from_fixed, stage);
        return run_stage<itk::AffineTransform<double, 3>>(fixed, moving, moving_from_fixed, stage);
    } catch (const itk::ExceptionObject& failure) {
        throw ComputationError(
            fmt::format("registration to MNI failed ({}): check that the T1 shows a whole head and that its "
                        "orientation is right",
                        failure.GetDescription()));
    }
}

double mutual_information(const ImageView& fixed, const ImageView& moving,
                          const AffineRows& moving_from_fixed) {
    const OneThread one_thread;
    auto transform = itk::AffineTransform<double, 3>::New();
    set_affine(*transform, moving_from_fixed, centre_of(fixed));
    const Metric::Pointer metric = make_metric();
    const auto fixed_image = to_itk(fixed, fixed.voxels);
    metric->SetFixedImage(fixed_image);
    metric->SetMovingImage(to_itk(moving, moving.voxels));
    metric->SetVirtualDomainFromImage(fixed_image);
    metric->SetMovingTransform(transform);
    try {
        metric->Initialize();
        return std::max(0.0, -metric->GetValue());
    } catch (const itk::ExceptionObject&) {
        return 0;
    }
}

std::vector<float> n4_log_bias(const ImageView& image, std::span<const std::uint8_t> mask) {
    const OneThread one_thread;
    using N4 = itk::N4BiasFieldCorrectionImageFilter<ItkImage, ItkMask, ItkImage>;
    auto n4 = N4::New();
    n4->SetInput(to_itk(image, image.voxels));
    n4->SetMaskImage(to_itk(image, mask));
    // One level of splines over the whole image: finer ones take the contrast between deep and cortical grey
    // matter and between cerebrum and cerebellum for a bias field.
    constexpr unsigned n_levels = 1;
    constexpr unsigned n_iterations = 50;
    n4->SetNumberOfFittingLevels(n_levels);
    N4::VariableSizeArrayType iterations(n_levels);
    iterations.Fill(n_iterations);
    n4->SetMaximumNumberOfIterations(iterations);
    constexpr double convergence = 1e-4; // Relative change of the field.
    n4->SetConvergenceThreshold(convergence);
    try {
        n4->Update();
    } catch (const itk::ExceptionObject& failure) {
        throw ComputationError(fmt::format("bias correction failed ({})", failure.GetDescription()));
    }
    std::vector<float> log_bias(image.voxels.size(), 0.0F);
    const float* const corrected = n4->GetOutput()->GetBufferPointer();
    for (std::size_t n = 0; n < log_bias.size(); ++n) {
        const bool is_inside = mask[n] != 0 && image.voxels[n] > 0 && corrected[n] > 0;
        log_bias[n] = is_inside ? std::log(image.voxels[n] / corrected[n]) : 0.0F;
    }
    return log_bias;
}

} // namespace corticoil::imaging
