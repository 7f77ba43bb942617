#pragma once

#include "imaging/itk_algorithms.h"

#include <itkImage.h>
#include <itkMultiThreaderBase.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace corticoil::imaging {

// For sources that use ITK: no Eigen of ours here.

/// The same voxels and grid for ITK, in RAS millimetres: ITK attaches no meaning to its axes, so ours are
/// kept.
template <typename Voxel>
typename itk::Image<Voxel, 3>::Pointer to_itk(const ImageView& grid, std::span<const Voxel> voxels) {
    auto result = itk::Image<Voxel, 3>::New();
    typename itk::Image<Voxel, 3>::SizeType size;
    typename itk::Image<Voxel, 3>::SpacingType spacing;
    typename itk::Image<Voxel, 3>::PointType origin;
    typename itk::Image<Voxel, 3>::DirectionType direction;
    for (unsigned axis = 0; axis < 3; ++axis) {
        size[axis] = static_cast<itk::SizeValueType>(grid.size[axis]);
        const auto step = [&](unsigned row) { return grid.head_from_voxel[4 * row + axis]; };
        spacing[axis] = std::hypot(step(0), step(1), step(2));
        origin[axis] = grid.head_from_voxel[4 * axis + 3];
        for (unsigned row = 0; row < 3; ++row) direction[row][axis] = step(row) / spacing[axis];
    }
    result->SetRegions(size);
    result->SetSpacing(spacing);
    result->SetOrigin(origin);
    result->SetDirection(direction);
    result->Allocate();
    std::copy(voxels.begin(), voxels.end(), result->GetBufferPointer());
    return result;
}

/// Sets ITK's global number of threads, from which each of its filters takes the number of parts that it
/// divides its work into, and restores it at the end of the scope.
class ThreadsOfItk {
  public:
    explicit ThreadsOfItk(itk::ThreadIdType n_threads)
        : previous_(itk::MultiThreaderBase::GetGlobalDefaultNumberOfThreads()) {
        itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(n_threads);
    }
    ~ThreadsOfItk() { itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(previous_); }
    ThreadsOfItk(const ThreadsOfItk&) = delete;
    ThreadsOfItk& operator=(const ThreadsOfItk&) = delete;

  private:
    itk::ThreadIdType previous_;
};

} // namespace corticoil::imaging
