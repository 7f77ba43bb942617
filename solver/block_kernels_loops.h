// The loops of block_kernels.h, compiled once per instruction set: the including file defines
// CORTICOIL_KERNELS, the name of its table. Vectors of the compiler's own (GCC, Clang) over the width of a
// block, which it splits into what the instruction set has; no headers with inline functions.
#include "solver/block_kernels.h"

// Vectors wider than the instruction set's are passed between functions of this file alone: how does not
// matter.
#pragma GCC diagnostic ignored "-Wpsabi"

#if defined(__AVX512F__)
// GCC 12 takes the deliberately undefined lanes of its own intrinsics for a mistake.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

namespace corticoil::solver {

extern const BlockKernels CORTICOIL_KERNELS[4]; // NOLINT: an array so that files without <array> can share it

namespace {

// What one register of the instruction set holds. Wider vectors of the compiler's own would go through
// memory.
#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX2__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

/// `count` values as one vector of the compiler's; unaligned, since it views plain arrays.
template <typename Value, int count>
struct VectorOf {
    using Type __attribute__((vector_size(sizeof(Value) * count), aligned(alignof(Value)), may_alias)) =
        Value;
};
template <typename Value>
struct VectorOf<Value, 1> {
    using Type = Value;
};

/// A block's values of one row in registers.
template <typename Value, int width>
struct RowOf {
    static constexpr int most_lanes = register_bytes / static_cast<int>(sizeof(Value));
    static constexpr int lanes = width < most_lanes ? width : most_lanes;
    static constexpr int n_parts = width / lanes;
    using Part = typename VectorOf<Value, lanes>::Type;
    using Scalar = Value;
    Part part[n_parts] = {};

    static inline RowOf load(const Value* from) {
        RowOf row;
        for (int i = 0; i < n_parts; ++i)
            row.part[i] = *reinterpret_cast<const Part*>(from + i * lanes); // NOLINT
        return row;
    }
    /// From values of another type.
    template <typename Other>
    static inline RowOf load(const Other* from) {
        using OtherPart = typename VectorOf<Other, lanes>::Type;
        RowOf row;
        for (int i = 0; i < n_parts; ++i) {
            const OtherPart values =
                *reinterpret_cast<const OtherPart*>(from + i * lanes); // NOLINT: may_alias
            if constexpr (lanes == 1) {
                row.part[i] = static_cast<Value>(values);
            } else {
                row.part[i] = __builtin_convertvector(values, Part);
            }
        }
        return row;
    }
    inline void store(Value* to) const {
        for (int i = 0; i < n_parts; ++i)
            *reinterpret_cast<Part*>(to + i * lanes) = part[i]; // NOLINT: may_alias
    }
    /// Narrower values.
    inline void store(float* to) const requires(sizeof(Value) > sizeof(float)) {
        using Narrow = typename VectorOf<float, lanes>::Type;
        for (int i = 0; i < n_parts; ++i) {
            if constexpr (lanes == 1) {
                to[i] = static_cast<float>(part[i]);
            } else {
                *reinterpret_cast<Narrow*>(to + i * lanes) =
                    __builtin_convertvector(part[i], Narrow); // NOLINT
            }
        }
    }
    inline RowOf& operator+=(const RowOf& other) {
        for (int i = 0; i < n_parts; ++i) part[i] += other.part[i];
        return *this;
    }
    inline RowOf& operator-=(const RowOf& other) {
        for (int i = 0; i < n_parts; ++i) part[i] -= other.part[i];
        return *this;
    }
    friend inline RowOf operator+(RowOf a, const RowOf& b) { return a += b; }
    friend inline RowOf operator-(RowOf a, const RowOf& b) { return a -= b; }
    friend inline RowOf operator*(RowOf a, const RowOf& b) {
        for (int i = 0; i < n_parts; ++i) a.part[i] *= b.part[i];
        return a;
    }
    friend inline RowOf operator*(Value factor, RowOf a) {
        for (int i = 0; i < n_parts; ++i) a.part[i] *= factor;
        return a;
    }
};

/// Σ value · x over a row's entries [from, to), one right-hand side: the fastest on rows of about equal
/// lengths.
template <typename Value, typename Vector>
inline Value single_sum(int from, int to, const int* column, const Value* value, const Vector* x) {
    // Four sums: one alone would wait for each addition.
    Value part[4] = {};
    int k = from;
    for (; k + 4 <= to; k += 4) {
        for (int u = 0; u < 4; ++u) part[u] += value[k + u] * static_cast<Value>(x[column[k + u]]);
    }
    for (; k < to; ++k) part[0] += value[k] * static_cast<Value>(x[column[k]]);
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/// The same for short rows of all lengths.
inline float short_sum(int from, int to, const int* column, const float* value, const float* x) {
#if defined(__AVX512F__)
    // Masks instead of loops over single entries, which mispredict at each row's end. A gather costs what its
    // lanes cost, used or not: eight at a time waste the least.
    constexpr int n_lanes = 8;
    __m256 total = _mm256_setzero_ps();
    for (int k = from; k < to; k += n_lanes) {
        const int left = to - k;
        const auto lanes =
            static_cast<__mmask8>(left >= n_lanes ? 0xFFU : (1U << static_cast<unsigned>(left)) - 1U);
        const __m256i columns = _mm256_maskz_loadu_epi32(lanes, column + k);
        const __m256 gathered = _mm256_mmask_i32gather_ps(_mm256_setzero_ps(), lanes, columns, x, 4);
        total = _mm256_fmadd_ps(_mm256_maskz_loadu_ps(lanes, value + k), gathered, total);
    }
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(total), _mm256_extractf128_ps(total, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
#else
    return single_sum(from, to, column, value, x);
#endif
}

template <int width>
struct Loops {
    using Floats = RowOf<float, width>;
    using Doubles = RowOf<double, width>;

    /// Row of a block, in the type wanted.
    template <typename Row, typename Value>
    static inline Row at(const Value* block, std::int64_t row) {
        return Row::load(block + row * width);
    }

    /// Σ value · x over entries [from, to) of a row, in the type of the values.
    template <typename Value, typename Vector>
    static inline RowOf<Value, width> sum(int from, int to, const int* column, const Value* value,
                                          const Vector* x) {
        using Row = RowOf<Value, width>;
        if constexpr (width == 1) {
            Row row;
            row.part[0] = single_sum(from, to, column, value, x);
            return row;
        } else {
            // Two sums: one alone would wait for each addition.
            Row a;
            Row b;
            int k = from;
            for (; k + 2 <= to; k += 2) {
                a += value[k] * at<Row>(x, column[k]);
                b += value[k + 1] * at<Row>(x, column[k + 1]);
            }
            if (k < to) a += value[k] * at<Row>(x, column[k]);
            return a + b;
        }
    }

    /// The same for rows that are short or of very different lengths.
    static inline Floats sum_short(int from, int to, const int* column, const float* value, const float* x) {
        if constexpr (width == 1) {
            Floats row;
            row.part[0] = short_sum(from, to, column, value, x);
            return row;
        } else {
            return sum(from, to, column, value, x);
        }
    }

    static void forward_from_zero(const SweepRows& a, const float* b, float* x, int first, int last) {
        for (std::int64_t i = first; i < last; ++i) {
            const Floats rest =
                at<Floats>(b, i) - sum_short(a.start[i], a.lower_end[i], a.column, a.value, x);
            (a.inverse_diagonal[i] * rest).store(x + i * width);
        }
    }

    static void residual_after_forward(const SweepRows& a, const float* x, float* r, int first, int last,
                                       int first_border, int last_border) {
        for (std::int64_t i = first; i < last; ++i)
            (Floats{} - sum_short(a.lower_end[i], a.start[i + 1], a.column, a.value, x)).store(r + i * width);
        for (int k = first_border; k < last_border; ++k) {
            const std::int64_t i = a.border[k];
            (at<Floats>(r, i) -
             sum(a.border_start[k], a.border_start[k + 1], a.border_column, a.border_value, x))
                .store(r + i * width);
        }
    }

    static void other_chunks(const SweepRows& a, const float* x, float* g, int first_border,
                             int last_border) {
        for (std::int64_t k = first_border; k < last_border; ++k)
            sum(a.border_start[k], a.border_start[k + 1], a.border_column, a.border_value, x)
                .store(g + k * width);
    }

    static void backward(const SweepRows& a, const float* b, const float* g, float* x, int first, int last,
                         int first_border, int last_border) {
        int k = last_border - 1;
        for (std::int64_t i = last - 1; i >= first; --i) {
            Floats rest = at<Floats>(b, i) - sum(a.start[i], a.start[i + 1], a.column, a.value, x);
            if (k >= first_border && a.border[k] == i) rest -= at<Floats>(g, k--);
            (a.inverse_diagonal[i] * rest).store(x + i * width);
        }
    }

    static void multiply(const FloatRows& m, const float* x, float* y, int first, int last) {
        for (std::int64_t i = first; i < last; ++i)
            sum_short(m.start[i], m.start[i + 1], m.column, m.value, x).store(y + i * width);
    }

    static void multiply_add(const FloatRows& m, const float* x, float* y, int first, int last) {
        for (std::int64_t i = first; i < last; ++i)
            (at<Floats>(y, i) + sum_short(m.start[i], m.start[i + 1], m.column, m.value, x))
                .store(y + i * width);
    }

    static void product(const DoubleRows& m, const float* p, float* q, double* partial, int first, int last) {
        Doubles total;
        for (std::int64_t i = first; i < last; ++i) {
            const Doubles value = sum(m.start[i], m.start[i + 1], m.column, m.value, p);
            value.store(q + i * width);
            total += at<Doubles>(p, i) * value;
        }
        total.store(partial);
    }

    static void residual(const DoubleRows& m, const double* b, const double* x, float* r, double* partial,
                         int first, int last) {
        Doubles total;
        for (std::int64_t i = first; i < last; ++i) {
            const Doubles value = at<Doubles>(b, i) - sum(m.start[i], m.start[i + 1], m.column, m.value, x);
            value.store(r + i * width);
            total += value * value;
        }
        total.store(partial);
    }

    static void step(const double* alpha, const float* p, const float* q, double* x, float* r,
                     double* partial, int first, int last) {
        const Doubles factor = at<Doubles>(alpha, 0);
        Doubles total;
        for (std::int64_t i = first; i < last; ++i) {
            (at<Doubles>(x, i) + factor * at<Doubles>(p, i)).store(x + i * width);
            const Doubles value = at<Doubles>(r, i) - factor * at<Doubles>(q, i);
            value.store(r + i * width);
            total += value * value;
        }
        total.store(partial);
    }

    static void dot(const float* r, const float* z, double* partial, int first, int last) {
        Doubles total;
        for (std::int64_t i = first; i < last; ++i) total += at<Doubles>(r, i) * at<Doubles>(z, i);
        total.store(partial);
    }

    static void direction(const double* beta, const float* z, float* p, int first, int last) {
        const Floats factor = at<Floats>(beta, 0);
        for (std::int64_t i = first; i < last; ++i)
            (at<Floats>(z, i) + factor * at<Floats>(p, i)).store(p + i * width);
    }

    static constexpr BlockKernels table() {
        return {width,
                forward_from_zero,
                residual_after_forward,
                other_chunks,
                backward,
                multiply,
                multiply_add,
                product,
                residual,
                step,
                dot,
                direction};
    }
};

} // namespace

const BlockKernels CORTICOIL_KERNELS[4] = {Loops<1>::table(), Loops<4>::table(), Loops<8>::table(), // NOLINT
                                           Loops<16>::table()};

} // namespace corticoil::solver
