#pragma once

#include <array>
#include <cstddef>

/// Moments of sources at the Chebyshev points of a box, for a treecode: c'_k = Σ_j L_k(x_j) c_j with
/// Lagrange's polynomials through these points. No Eigen in here: its inline functions would be compiled for
/// instructions that the machine may lack.
namespace corticoil::planning {

/// Points along each axis of a box.
inline constexpr std::size_t n_chebyshev = 5;
/// Points of a box, z fastest.
inline constexpr std::size_t n_proxies = n_chebyshev * n_chebyshev * n_chebyshev;
/// Components of a source: three vectors.
inline constexpr std::size_t n_moment_rows = 9;

/// Chebyshev's points of the first kind on [−1, 1] and Lagrange's polynomials through them.
class Chebyshev {
  public:
    Chebyshev();
    [[nodiscard]] float point(std::size_t k) const { return points_[k]; }

    /// L_k at a place of [−1, 1], all k. As products of (x − x_i), of which each L_k leaves one out.
    [[gnu::always_inline]] void values(float place, float* of_points) const {
        for (std::size_t k = 0; k < n_chebyshev; ++k) of_points[k] = scales_[k];
        for (std::size_t i = 0; i < n_chebyshev; ++i) {
            for (std::size_t k = 0; k < n_chebyshev; ++k)
                of_points[k] *= slopes_[i][k] * place + offsets_[i][k];
        }
    }

  private:
    using Row = std::array<float, n_chebyshev>;
    Row points_{};
    Row scales_{};                           ///< 1/Π_{i≠k} (x_k − x_i).
    std::array<Row, n_chebyshev> slopes_{};  ///< 0 where i = k, otherwise 1.
    std::array<Row, n_chebyshev> offsets_{}; ///< 1 where i = k, otherwise −x_i.
};

/// A box by its centre and half sides [m].
struct ProxyBox {
    std::array<float, 3> centre{};
    std::array<float, 3> half{};
};

/// Sources by components: positions [m], and their moments one source after the other, `n_moment_rows` each.
struct MomentSources {
    std::array<const float*, 3> position;
    const float* moments;
    std::size_t n;
};

/// Sums of moments, filled up to whole vectors: per component all points of a box.
struct ProxySums {
    static constexpr std::size_t lanes = 16;
    static constexpr std::size_t n_padded = (n_proxies + lanes - 1) / lanes * lanes;
    alignas(64) std::array<std::array<float, n_padded>, n_moment_rows> values{};
};

/// Adds the moments of sources.
void add_sources(const Chebyshev& chebyshev, const ProxyBox& box, const MomentSources& sources,
                 ProxySums& sums);

/// Adds the moments of a smaller box's points (n_proxies times n_moment_rows), an axis after the other.
void add_proxies(const Chebyshev& chebyshev, const ProxyBox& box, const ProxyBox& from, const float* moments,
                 ProxySums& sums);

} // namespace corticoil::planning
