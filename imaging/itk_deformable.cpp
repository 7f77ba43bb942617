#include "imaging/itk_deformable.h"

#include "core/error.h"
#include "imaging/itk_images.h"
#include "imaging/local_correlation.h"

#include <fmt/format.h>
#include <itkDisplacementFieldTransform.h>
#include <itkDisplacementFieldTransformParametersAdaptor.h>
#include <itkInvertDisplacementFieldImageFilter.h>
#include <itkShrinkImageFilter.h>
#include <itkSyNImageRegistrationMethod.h>
#include <itkThreadPool.h>
#include <itkWarpImageFilter.h>

#include <functional>
#include <thread>
#include <utility>

namespace corticoil::imaging {

namespace {

using Real = double;
using ItkImage = itk::Image<float, 3>;
using Field = itk::Image<itk::Vector<Real, 3>, 3>;
using Transform = itk::DisplacementFieldTransform<Real, 3>;
using SyN = itk::SyNImageRegistrationMethod<ItkImage, ItkImage, Transform>;

/// ITK divides work into four parts per thread of its global number: eight parts, whatever the machine.
constexpr itk::ThreadIdType nominal_threads = 2;

/// Calls `slice` for each slice on ITK's threads.
void for_each_slice(int n, const std::function<void(int)>& slice) {
    const auto threader = itk::MultiThreaderBase::New();
    threader->ParallelizeArray(
        0, static_cast<itk::SizeValueType>(n), [&](itk::SizeValueType k) { slice(static_cast<int>(k)); },
        nullptr);
}

/// An image seen through displacements: value(x) = image(x + u(x)), on the grid of u.
ItkImage::Pointer warped(const ItkImage* image, const Field* displacement) {
    auto warp = itk::WarpImageFilter<ItkImage, ItkImage, Field>::New();
    warp->SetInput(image);
    warp->SetDisplacementField(displacement);
    warp->SetOutputParametersFromImage(displacement);
    warp->Update();
    return warp->GetOutput();
}

/// ITK's method with the metric's gradient computed by sums over boxes, which takes a tenth of the time of
/// ITK's own, and an inverse that repeats exactly.
class RepeatableSyN : public SyN {
  public:
    using Self = RepeatableSyN;
    using Pointer = itk::SmartPointer<Self>;
    static Pointer New() {
        Pointer method = new Self;
        method->UnRegister();
        return method;
    }

    void set_radius(int radius) { radius_ = radius; }
    /// Voxels that count, as 0 and 1.
    void set_masks(ItkImage::Pointer fixed, ItkImage::Pointer moving) {
        fixed_mask_ = std::move(fixed);
        moving_mask_ = std::move(moving);
    }

  protected:
    DisplacementFieldPointer
    ComputeMetricGradientField(const FixedImagesContainerType fixed_images, const PointSetsContainerType,
                               const TransformBaseType*, const MovingImagesContainerType,
                               const PointSetsContainerType, const TransformBaseType*,
                               const FixedImageMasksContainerType, const MovingImageMasksContainerType,
                               MeasureType& value) override {
        // Called twice per iteration, with the images' roles exchanged the second time.
        const bool is_first = fixed_images[0].GetPointer() == this->m_FixedSmoothImages[0].GetPointer();
        if (is_first) look_from_the_middle();
        CorrelatedImages images = view(is_first ? fixed_ : moving_, is_first ? moving_ : fixed_);
        const CorrelationForce force = correlation_force(images, radius_, for_each_slice);
        value = -force.mean;
        return as_field(force.force);
    }

    /// Stops by the largest error alone: ITK's mean is summed in the order in which threads finish.
    DisplacementFieldPointer InvertDisplacementField(const DisplacementFieldType* field,
                                                     const DisplacementFieldType* estimate) override {
        auto inverter = itk::InvertDisplacementFieldImageFilter<DisplacementFieldType>::New();
        inverter->SetInput(field);
        inverter->SetInverseFieldInitialEstimate(estimate);
        constexpr unsigned n_iterations = 20;        // ITK's own number,
        constexpr double largest_error_voxels = 0.1; // and its own tolerance.
        inverter->SetMaximumNumberOfIterations(n_iterations);
        inverter->SetMeanErrorToleranceThreshold(0);
        inverter->SetMaxErrorToleranceThreshold(largest_error_voxels);
        inverter->Update();
        return inverter->GetOutput();
    }

  private:
    /// Both images as they lie halfway between each other.
    void look_from_the_middle() {
        const Field* const to_fixed = this->m_FixedToMiddleTransform->GetInverseDisplacementField();
        const Field* const to_moving = this->m_MovingToMiddleTransform->GetInverseDisplacementField();
        fixed_ = warped(this->m_FixedSmoothImages[0], to_fixed);
        moving_ = warped(this->m_MovingSmoothImages[0], to_moving);
        const ItkImage::Pointer fixed_mask = warped(fixed_mask_, to_fixed);
        const ItkImage::Pointer moving_mask = warped(moving_mask_, to_moving);
        mask_.resize(fixed_->GetLargestPossibleRegion().GetNumberOfPixels());
        constexpr float inside = 0.5F;
        for (std::size_t n = 0; n < mask_.size(); ++n) {
            mask_[n] =
                fixed_mask->GetBufferPointer()[n] >= inside && moving_mask->GetBufferPointer()[n] >= inside
                    ? 1
                    : 0;
        }
    }

    [[nodiscard]] CorrelatedImages view(const ItkImage* fixed, const ItkImage* moving) const {
        CorrelatedImages images;
        for (unsigned axis = 0; axis < 3; ++axis) {
            images.size[axis] = static_cast<int>(fixed->GetLargestPossibleRegion().GetSize()[axis]);
            images.spacing[axis] = fixed->GetSpacing()[axis];
        }
        images.fixed = {fixed->GetBufferPointer(), mask_.size()};
        images.moving = {moving->GetBufferPointer(), mask_.size()};
        images.mask = mask_;
        return images;
    }

    /// The force turned from the grid's axes to the frame's.
    [[nodiscard]] DisplacementFieldPointer as_field(const std::vector<double>& force) const {
        auto field = Field::New();
        field->CopyInformation(fixed_);
        field->SetRegions(fixed_->GetLargestPossibleRegion());
        field->Allocate();
        const auto& direction = fixed_->GetDirection();
        for (std::size_t n = 0; n < mask_.size(); ++n) {
            for (unsigned row = 0; row < 3; ++row) {
                double component = 0;
                for (unsigned axis = 0; axis < 3; ++axis)
                    component += direction[row][axis] * force[3 * n + axis];
                field->GetBufferPointer()[n][row] = component;
            }
        }
        return field;
    }

    int radius_ = 2;
    ItkImage::Pointer fixed_mask_;
    ItkImage::Pointer moving_mask_;
    ItkImage::Pointer fixed_; ///< Both seen from the middle.
    ItkImage::Pointer moving_;
    std::vector<std::uint8_t> mask_; ///< Where both count.
};

/// At least this many threads in ITK's pool, which lives as long as the program and only grows.
void grow_thread_pool(int n_threads) {
    const itk::ThreadPool::Pointer pool = itk::ThreadPool::GetInstance();
    const auto wanted = static_cast<itk::ThreadIdType>(n_threads);
    if (pool->GetMaximumNumberOfThreads() < wanted)
        pool->AddThreads(wanted - pool->GetMaximumNumberOfThreads());
}

ItkImage::Pointer as_image(const ImageView& grid, std::span<const std::uint8_t> mask) {
    const std::vector<float> values(mask.begin(), mask.end());
    return to_itk(grid, std::span<const float>(values));
}

/// Tells ITK the grid of each level's displacements: that of the image shrunk.
SyN::TransformParametersAdaptorsContainerType adaptors_of(const ItkImage* fixed,
                                                          const std::vector<DeformableLevel>& levels) {
    using Adaptor = itk::DisplacementFieldTransformParametersAdaptor<Transform>;
    SyN::TransformParametersAdaptorsContainerType adaptors;
    for (const DeformableLevel& level : levels) {
        auto shrinker = itk::ShrinkImageFilter<ItkImage, ItkImage>::New();
        shrinker->SetShrinkFactors(static_cast<unsigned>(level.shrink));
        shrinker->SetInput(fixed);
        shrinker->UpdateOutputInformation();
        const ItkImage* const shrunk = shrinker->GetOutput();
        auto adaptor = Adaptor::New();
        adaptor->SetRequiredSpacing(shrunk->GetSpacing());
        adaptor->SetRequiredSize(shrunk->GetLargestPossibleRegion().GetSize());
        adaptor->SetRequiredDirection(shrunk->GetDirection());
        adaptor->SetRequiredOrigin(shrunk->GetOrigin());
        adaptors.push_back(adaptor.GetPointer());
    }
    return adaptors;
}

Field::Pointer zero_field(const ItkImage* grid) {
    auto field = Field::New();
    field->CopyInformation(grid);
    field->SetRegions(grid->GetLargestPossibleRegion());
    field->Allocate(true);
    return field;
}

void set_levels(SyN& method, const ItkImage* fixed, const DeformableOptions& options) {
    const auto n_levels = static_cast<itk::SizeValueType>(options.levels.size());
    method.SetNumberOfLevels(n_levels);
    SyN::ShrinkFactorsArrayType shrink(n_levels);
    SyN::SmoothingSigmasArrayType smoothing(n_levels);
    SyN::NumberOfIterationsArrayType iterations(n_levels);
    for (itk::SizeValueType level = 0; level < n_levels; ++level) {
        shrink[level] = static_cast<itk::SizeValueType>(options.levels[level].shrink);
        smoothing[level] = options.levels[level].smoothing_mm;
        iterations[level] = static_cast<itk::SizeValueType>(options.levels[level].n_iterations);
    }
    method.SetShrinkFactorsPerLevel(shrink);
    method.SetSmoothingSigmasPerLevel(smoothing);
    method.SetSmoothingSigmasAreSpecifiedInPhysicalUnits(true);
    method.SetNumberOfIterationsPerLevel(iterations);
    SyN::TransformParametersAdaptorsContainerType adaptors = adaptors_of(fixed, options.levels);
    method.SetTransformParametersAdaptorsPerLevel(adaptors);
}

RepeatableSyN::Pointer make_method(const ImagePair& images, const DeformableOptions& options) {
    const ItkImage::Pointer fixed = to_itk(images.fixed, images.fixed.voxels);
    auto start = Transform::New();
    start->SetDisplacementField(zero_field(fixed));
    start->SetInverseDisplacementField(zero_field(fixed));

    auto method = RepeatableSyN::New();
    method->SetFixedImage(fixed);
    method->SetMovingImage(to_itk(images.fixed, images.moving.voxels));
    method->set_radius(options.radius);
    method->set_masks(as_image(images.fixed, images.fixed_mask), as_image(images.fixed, images.moving_mask));
    method->SetInitialTransform(start);
    method->InPlaceOn();
    set_levels(*method, fixed, options);
    method->SetLearningRate(options.learning_rate);
    method->SetGaussianSmoothingVarianceForTheUpdateField(options.update_smoothing);
    method->SetGaussianSmoothingVarianceForTheTotalField(0);
    constexpr double least_gain = 1e-6; // ANTs' own limits of convergence.
    constexpr unsigned window = 10;
    method->SetConvergenceThreshold(least_gain);
    method->SetConvergenceWindowSize(window);
    return method;
}

/// Reports the share of the work that is done: an iteration costs in proportion to its level's voxels.
void observe(RepeatableSyN* method, const DeformableOptions& options, double& done) {
    double total = 0;
    const auto cost = [](const DeformableLevel& level) { return 1.0 / std::pow(level.shrink, 3); };
    for (const DeformableLevel& level : options.levels) total += level.n_iterations * cost(level);
    method->AddObserver(itk::IterationEvent(),
                        [method, &options, &done, total, cost](const itk::EventObject&) {
                            done += cost(options.levels[method->GetCurrentLevel()]) / total;
                            report(options.progress, std::min(1.0, done), "fitting the template to the head");
                        });
}

} // namespace

std::vector<float> register_deformable(const ImagePair& images, const DeformableOptions& options) {
    const unsigned all = std::max(1U, std::thread::hardware_concurrency());
    grow_thread_pool(options.n_threads > 0 ? options.n_threads : static_cast<int>(all));
    const ThreadsOfItk parts(nominal_threads);
    try {
        const RepeatableSyN::Pointer method = make_method(images, options);
        double done = 0;
        observe(method, options, done);
        method->Update();
        const Field* const field = method->GetTransform()->GetDisplacementField();
        const std::size_t n_voxels = images.fixed.voxels.size();
        if (field->GetLargestPossibleRegion().GetNumberOfPixels() != n_voxels)
            throw ComputationError("the displacements came out on another grid");
        std::vector<float> displacement(3 * n_voxels);
        for (std::size_t n = 0; n < n_voxels; ++n) {
            for (unsigned row = 0; row < 3; ++row)
                displacement[3 * n + row] = static_cast<float>(field->GetBufferPointer()[n][row]);
        }
        return displacement;
    } catch (const itk::ExceptionObject& failure) {
        throw ComputationError(fmt::format("fitting the template to the head failed ({}): check that the T1 "
                                           "shows a whole head and that its orientation is right",
                                           failure.GetDescription()));
    }
}

} // namespace corticoil::imaging
