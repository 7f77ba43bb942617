#include "planning/proxy_moments.h"

#include "coils/vector_clones.h"
#include "core/constants.h"

#include <cmath>

namespace corticoil::planning {

namespace {

constexpr std::size_t n = n_chebyshev;
constexpr std::size_t n_rows = n_moment_rows;
constexpr std::size_t lanes = ProxySums::lanes;
constexpr std::size_t n_padded = ProxySums::n_padded;
/// Sources whose weights are made together.
constexpr std::size_t batch = 32;

/// Products of L_k along the three axes. Vectors that are longer than what they hold are written, the next
/// one over the end of the one before: so every product is one of vectors. `row` has room behind n_proxies.
[[gnu::always_inline]] inline void multiply_out(const float* x, const float* y, const float* z, float* row) {
    constexpr std::size_t n_plane = n * n;
    float plane[n_plane + 8];
    for (std::size_t b = 0; b < n; ++b)
        for (std::size_t c = 0; c < 8; ++c) plane[b * n + c] = y[b] * z[c];
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t i = 0; i < 32; ++i) row[a * n_plane + i] = x[a] * plane[i];
}

} // namespace

Chebyshev::Chebyshev() {
    std::array<double, n> exact{};
    for (std::size_t k = 0; k < n; ++k) exact[k] = std::cos(pi * (2 * static_cast<double>(k) + 1) / (2 * n));
    for (std::size_t k = 0; k < n; ++k) {
        double product = 1;
        for (std::size_t i = 0; i < n; ++i) {
            if (i != k) product *= exact[k] - exact[i];
            slopes_[i][k] = i == k ? 0.0F : 1.0F;
            offsets_[i][k] = i == k ? 1.0F : static_cast<float>(-exact[i]);
        }
        points_[k] = static_cast<float>(exact[k]);
        scales_[k] = static_cast<float>(1 / product);
    }
}

CORTICOIL_VECTOR_CLONES
void add_sources(const Chebyshev& chebyshev, const ProxyBox& box, const MomentSources& sources,
                 ProxySums& sums) {
    typedef float Lanes __attribute__((vector_size(4 * lanes))); // NOLINT: `using` loses the attribute.
    constexpr std::size_t room = n_padded + 32;                  // What multiply_out() writes over the end.
    alignas(sizeof(Lanes)) float weights[batch][room];
    for (std::size_t first = 0; first < sources.n; first += batch) {
        const std::size_t n_here = sources.n - first < batch ? sources.n - first : batch;
        for (std::size_t j = 0; j < n_here; ++j) {
            float l[3][8] = {};
            for (std::size_t axis = 0; axis < 3; ++axis)
                chebyshev.values((sources.position[axis][first + j] - box.centre[axis]) / box.half[axis],
                                 l[axis]);
            multiply_out(l[0], l[1], l[2], weights[j]);
        }
        const float* const moments = sources.moments + n_rows * first;
        for (std::size_t k = 0; k < n_padded; k += lanes) {
            Lanes total[n_rows];
            for (std::size_t row = 0; row < n_rows; ++row)
                total[row] = *reinterpret_cast<const Lanes*>(&sums.values[row][k]);
            for (std::size_t j = 0; j < n_here; ++j) {
                const Lanes w = *reinterpret_cast<const Lanes*>(&weights[j][k]);
                for (std::size_t row = 0; row < n_rows; ++row) total[row] += moments[j * n_rows + row] * w;
            }
            for (std::size_t row = 0; row < n_rows; ++row)
                *reinterpret_cast<Lanes*>(&sums.values[row][k]) = total[row];
        }
    }
}

CORTICOIL_VECTOR_CLONES
void add_proxies(const Chebyshev& chebyshev, const ProxyBox& box, const ProxyBox& from, const float* moments,
                 ProxySums& sums) {
    typedef float Lanes __attribute__((vector_size(4 * lanes))); // NOLINT: `using` loses the attribute.
    // L_k of the larger box at the smaller one's points, along each axis.
    float along[3][n][8] = {};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        for (std::size_t k = 0; k < n; ++k) {
            const float place = from.centre[axis] + from.half[axis] * chebyshev.point(k);
            chebyshev.values((place - box.centre[axis]) / box.half[axis], along[axis][k]);
        }
    }
    // Components in lanes; one axis is summed at a time: z, y, x.
    Lanes given[n_proxies];
    for (std::size_t k = 0; k < n_proxies; ++k) {
        given[k] = Lanes{};
        for (std::size_t row = 0; row < n_rows; ++row) given[k][row] = moments[k * n_rows + row];
    }
    const auto sum_along = [&](std::size_t axis, std::size_t stride) {
        for (std::size_t k = 0; k < n_proxies; ++k) {
            if (k / stride % n != 0) continue; // One line of points along the axis each.
            Lanes line[n];
            for (std::size_t i = 0; i < n; ++i) line[i] = given[k + i * stride];
            for (std::size_t to = 0; to < n; ++to) {
                Lanes sum = along[axis][0][to] * line[0];
                for (std::size_t i = 1; i < n; ++i) sum += along[axis][i][to] * line[i];
                given[k + to * stride] = sum;
            }
        }
    };
    sum_along(2, 1);
    sum_along(1, n);
    sum_along(0, n * n);
    for (std::size_t row = 0; row < n_rows; ++row)
        for (std::size_t k = 0; k < n_proxies; ++k) sums.values[row][k] += given[k][row];
}

} // namespace corticoil::planning
