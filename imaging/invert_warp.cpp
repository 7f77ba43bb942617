#include "imaging/deformable_registration.h"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>

namespace corticoil::imaging {

namespace {

constexpr double tolerance = 1e-6; // [m]
constexpr int most_iterations = 60;

/// Value and derivative of a warp at a voxel index, linear between voxel centres; constant beyond them.
struct Sample {
    Vector3 value = Vector3::Zero();
    Eigen::Matrix3d derivative = Eigen::Matrix3d::Zero(); ///< Columns: per voxel along each axis.
};

Sample sample(const VectorImage& warp, const Vector3& index) {
    std::array<int, 3> low{};
    std::array<std::array<double, 2>, 3> weight{};
    std::array<double, 3> slope{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double position = index[static_cast<Eigen::Index>(axis)];
        const double last = warp.size[axis] - 1;
        const double clamped = std::clamp(position, 0.0, last);
        low[axis] = std::min(static_cast<int>(clamped), std::max(0, warp.size[axis] - 2));
        weight[axis] = {1 - (clamped - low[axis]), clamped - low[axis]};
        slope[axis] = position >= 0 && position <= last ? 1 : 0;
    }
    Sample result;
    for (std::size_t corner = 0; corner < 8; ++corner) {
        const std::array<std::size_t, 3> side{corner & 1U, (corner >> 1U) & 1U, (corner >> 2U) & 1U};
        std::array<int, 3> at{};
        for (std::size_t axis = 0; axis < 3; ++axis)
            at[axis] = std::min(low[axis] + static_cast<int>(side[axis]), warp.size[axis] - 1);
        const Vector3 value = warp.at(at[0], at[1], at[2]).cast<double>();
        const double wx = weight[0][side[0]];
        const double wy = weight[1][side[1]];
        const double wz = weight[2][side[2]];
        result.value += wx * wy * wz * value;
        const auto sign = [&](std::size_t axis) { return side[axis] == 1 ? slope[axis] : -slope[axis]; };
        result.derivative.col(0) += sign(0) * wy * wz * value;
        result.derivative.col(1) += sign(1) * wx * wz * value;
        result.derivative.col(2) += sign(2) * wx * wy * value;
    }
    return result;
}

/// Solves A⁻¹·q + w(q) = p for q by Newton's method, each step halved until the residual shrinks.
class Inverter {
  public:
    Inverter(const MniMapping& affine, const VectorImage& head_warp)
        : warp_(head_warp), mni_from_head_(affine.mni_from_head),
          head_from_mni_(affine.mni_from_head.inverse()),
          index_from_mni_(head_warp.head_from_voxel.inverse()) {}

    struct Solution {
        Vector3 q = Vector3::Zero();
        double residual = 0; ///< [m], in the head's frame
    };

    [[nodiscard]] Solution solve(const Vector3& p) const {
        Solution best{mni_from_head_ * p, 0};
        State state = evaluate(best.q, p);
        for (int iteration = 0; iteration < most_iterations && state.residual.norm() > tolerance * 1e-3;
             ++iteration) {
            const Eigen::Matrix3d jacobian =
                head_from_mni_.linear() + state.sample.derivative * index_from_mni_.linear();
            const Vector3 step = jacobian.inverse() * state.residual;
            if (!step.allFinite()) break;
            double length = 1;
            State next = evaluate(best.q + step, p);
            constexpr double shortest = 1e-2;
            while (next.residual.norm() >= state.residual.norm() && length > shortest) {
                length /= 2;
                next = evaluate(best.q + length * step, p);
            }
            if (next.residual.norm() >= state.residual.norm()) break;
            best.q += length * step;
            state = next;
        }
        best.residual = state.residual.norm();
        return best;
    }

  private:
    struct State {
        Sample sample;
        Vector3 residual;
    };

    [[nodiscard]] State evaluate(const Vector3& q, const Vector3& p) const {
        State state;
        state.sample = sample(warp_, index_from_mni_ * q);
        state.residual = p - head_from_mni_ * q - state.sample.value;
        return state;
    }

    const VectorImage& warp_;
    Eigen::Affine3d mni_from_head_;
    Eigen::Affine3d head_from_mni_;
    Eigen::Affine3d index_from_mni_;
};

} // namespace

InverseWarp invert_head_warp(const MniMapping& affine, const VectorImage& head_warp,
                             const std::array<int, 3>& size, const Eigen::Affine3d& head_from_voxel) {
    const Inverter inverter(affine, head_warp);
    InverseWarp result;
    result.mni_warp = VectorImage(size, head_from_voxel, Eigen::Vector3f::Zero());
    std::size_t n = 0;
    for (int k = 0; k < size[2]; ++k) {
        for (int j = 0; j < size[1]; ++j) {
            for (int i = 0; i < size[0]; ++i) {
                const Vector3 p = head_from_voxel * Vector3(i, j, k);
                const Inverter::Solution solution = inverter.solve(p);
                result.n_not_inverted += solution.residual > tolerance ? 1 : 0;
                result.mni_warp.voxels[n++] = (solution.q - affine.mni_from_head * p).cast<float>();
            }
        }
    }
    return result;
}

} // namespace corticoil::imaging
