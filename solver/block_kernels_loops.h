// The loops of block_kernels.h, compiled once per instruction set: the including file defines
// CORTICOIL_KERNELS, the name of its table. Vectors of the compiler's own (GCC, Clang) over the width of a
// block, which it splits into what the instruction set has; no headers with inline functions.
#include "solver/block_kernels.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace corticoil::solver {

extern const BlockKernels CORTICOIL_KERNELS[4]; // NOLINT: an array so that files without <array> can share it

namespace {

/// A block's values of one row, as the compiler's vector; unaligned, since it views plain arrays.
template <typename Value, int width>
struct RowOf {
    using Type __attribute__((vector_size(sizeof(Value) * width), aligned(alignof(Value)), may_alias)) =
        Value;
};
template <typename Value>
struct RowOf<Value, 1> {
    using Type = Value;
};

#if defined(__AVX512F__)

/// The first n of 16 lanes.
inline __mmask16 first_lanes(int n) {
    return static_cast<__mmask16>(n >= 16 ? 0xFFFFU : (1U << static_cast<unsigned>(n)) - 1U);
}

// Rows are short and of all lengths: masks instead of loops over single entries, which mispredict at each
// row's end.
inline float gathered_sum(int from, int to, const int* column, const float* value, const float* x) {
    __m512 total = _mm512_setzero_ps();
    for (int k = from; k < to; k += 16) {
        const __mmask16 lanes = first_lanes(to - k);
        const __m512i columns = _mm512_maskz_loadu_epi32(lanes, column + k);
        const __m512 gathered = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), lanes, columns, x, 4);
        total = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(lanes, value + k), gathered, total);
    }
    return _mm512_reduce_add_ps(total);
}
inline double gathered_sum(int from, int to, const int* column, const double* value, const float* x) {
    __m512d low = _mm512_setzero_pd();
    __m512d high = _mm512_setzero_pd();
    for (int k = from; k < to; k += 16) {
        const __mmask16 lanes = first_lanes(to - k);
        const __m512i columns = _mm512_maskz_loadu_epi32(lanes, column + k);
        const __m512 gathered = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), lanes, columns, x, 4);
        const __m512d first = _mm512_cvtps_pd(_mm512_castps512_ps256(gathered));
        const __m512d second = _mm512_cvtps_pd(_mm512_extractf32x8_ps(gathered, 1));
        low = _mm512_fmadd_pd(_mm512_maskz_loadu_pd(static_cast<__mmask8>(lanes), value + k), first, low);
        high = _mm512_fmadd_pd(_mm512_maskz_loadu_pd(static_cast<__mmask8>(lanes >> 8U), value + k + 8),
                               second, high);
    }
    return _mm512_reduce_add_pd(_mm512_add_pd(low, high));
}
inline double gathered_sum(int from, int to, const int* column, const double* value, const double* x) {
    __m512d total = _mm512_setzero_pd();
    for (int k = from; k < to; k += 8) {
        const auto lanes = static_cast<__mmask8>(first_lanes(to - k));
        const __m256i columns = _mm256_maskz_loadu_epi32(lanes, column + k);
        const __m512d gathered = _mm512_mask_i32gather_pd(_mm512_setzero_pd(), lanes, columns, x, 8);
        total = _mm512_fmadd_pd(_mm512_maskz_loadu_pd(lanes, value + k), gathered, total);
    }
    return _mm512_reduce_add_pd(total);
}

#else

template <typename Value, typename Vector>
inline Value gathered_sum(int from, int to, const int* column, const Value* value, const Vector* x) {
    // Four sums: one alone would wait for each addition.
    Value part[4] = {};
    int k = from;
    for (; k + 4 <= to; k += 4) {
        for (int u = 0; u < 4; ++u) part[u] += value[k + u] * static_cast<Value>(x[column[k + u]]);
    }
    for (; k < to; ++k) part[0] += value[k] * static_cast<Value>(x[column[k]]);
    return (part[0] + part[1]) + (part[2] + part[3]);
}

#endif

template <int width>
struct Loops {
    using Floats = typename RowOf<float, width>::Type;
    using Doubles = typename RowOf<double, width>::Type;

    static inline const Floats& at(const float* block, std::int64_t row) {
        return *reinterpret_cast<const Floats*>(block + row * width); // NOLINT: may_alias
    }
    static inline Floats& at(float* block, std::int64_t row) {
        return *reinterpret_cast<Floats*>(block + row * width); // NOLINT: may_alias
    }
    static inline const Doubles& at(const double* block, std::int64_t row) {
        return *reinterpret_cast<const Doubles*>(block + row * width); // NOLINT: may_alias
    }
    static inline Doubles& at(double* block, std::int64_t row) {
        return *reinterpret_cast<Doubles*>(block + row * width); // NOLINT: may_alias
    }
    static inline Doubles widened(const Floats& values) {
        if constexpr (width == 1) {
            return static_cast<double>(values);
        } else {
            return __builtin_convertvector(values, Doubles);
        }
    }
    static inline Doubles widened(const Doubles& values) { return values; }
    static inline Floats narrowed(const Doubles& values) {
        if constexpr (width == 1) {
            return static_cast<float>(values);
        } else {
            return __builtin_convertvector(values, Floats);
        }
    }

    /// Σ value · x over entries [from, to) of a row, in float.
    static inline Floats sum(int from, int to, const int* column, const float* value, const float* x) {
        if constexpr (width == 1) return gathered_sum(from, to, column, value, x);
        // Two sums: one alone would wait for each addition.
        Floats a{};
        Floats b{};
        int k = from;
        for (; k + 2 <= to; k += 2) {
            a += value[k] * at(x, column[k]);
            b += value[k + 1] * at(x, column[k + 1]);
        }
        if (k < to) a += value[k] * at(x, column[k]);
        return a + b;
    }
    /// The same in double, from a vector in either.
    template <typename Vector>
    static inline Doubles sum(int from, int to, const int* column, const double* value, const Vector* x) {
        if constexpr (width == 1) return gathered_sum(from, to, column, value, x);
        Doubles a{};
        Doubles b{};
        int k = from;
        for (; k + 2 <= to; k += 2) {
            a += value[k] * widened(at(x, column[k]));
            b += value[k + 1] * widened(at(x, column[k + 1]));
        }
        if (k < to) a += value[k] * widened(at(x, column[k]));
        return a + b;
    }

    static void forward_from_zero(const SweepRows& a, const float* b, float* x, int first, int last) {
        for (int i = first; i < last; ++i)
            at(x, i) =
                a.inverse_diagonal[i] * (at(b, i) - sum(a.start[i], a.lower_end[i], a.column, a.value, x));
    }

    static void residual_after_forward(const SweepRows& a, const float* x, float* r, int first, int last,
                                       int first_border, int last_border) {
        for (int i = first; i < last; ++i)
            at(r, i) = -sum(a.lower_end[i], a.start[i + 1], a.column, a.value, x);
        for (int k = first_border; k < last_border; ++k)
            at(r, a.border[k]) -=
                sum(a.border_start[k], a.border_start[k + 1], a.border_column, a.border_value, x);
    }

    static void other_chunks(const SweepRows& a, const float* x, float* g, int first_border,
                             int last_border) {
        for (int k = first_border; k < last_border; ++k)
            at(g, k) = sum(a.border_start[k], a.border_start[k + 1], a.border_column, a.border_value, x);
    }

    static void backward(const SweepRows& a, const float* b, const float* g, float* x, int first, int last,
                         int first_border, int last_border) {
        int k = last_border - 1;
        for (int i = last - 1; i >= first; --i) {
            Floats rest = at(b, i) - sum(a.start[i], a.start[i + 1], a.column, a.value, x);
            if (k >= first_border && a.border[k] == i) rest -= at(g, k--);
            at(x, i) = a.inverse_diagonal[i] * rest;
        }
    }

    static void multiply(const FloatRows& m, const float* x, float* y, int first, int last) {
        for (int i = first; i < last; ++i) at(y, i) = sum(m.start[i], m.start[i + 1], m.column, m.value, x);
    }

    static void multiply_add(const FloatRows& m, const float* x, float* y, int first, int last) {
        for (int i = first; i < last; ++i) at(y, i) += sum(m.start[i], m.start[i + 1], m.column, m.value, x);
    }

    static void product(const DoubleRows& m, const float* p, double* q, double* partial, int first,
                        int last) {
        Doubles total{};
        for (int i = first; i < last; ++i) {
            const Doubles value = sum(m.start[i], m.start[i + 1], m.column, m.value, p);
            at(q, i) = value;
            total += widened(at(p, i)) * value;
        }
        at(partial, 0) = total;
    }

    static void residual(const DoubleRows& m, const double* b, const double* x, double* r, double* partial,
                         int first, int last) {
        Doubles total{};
        for (int i = first; i < last; ++i) {
            const Doubles value = at(b, i) - sum(m.start[i], m.start[i + 1], m.column, m.value, x);
            at(r, i) = value;
            total += value * value;
        }
        at(partial, 0) = total;
    }

    static void step(const double* alpha, const float* p, const double* q, double* x, double* r,
                     float* r_float, double* partial, int first, int last) {
        const Doubles factor = at(alpha, 0);
        Doubles total{};
        for (int i = first; i < last; ++i) {
            at(x, i) += factor * widened(at(p, i));
            const Doubles value = at(r, i) - factor * at(q, i);
            at(r, i) = value;
            at(r_float, i) = narrowed(value);
            total += value * value;
        }
        at(partial, 0) = total;
    }

    static void dot(const double* r, const float* z, double* partial, int first, int last) {
        Doubles total{};
        for (int i = first; i < last; ++i) total += at(r, i) * widened(at(z, i));
        at(partial, 0) = total;
    }

    static void direction(const double* beta, const float* z, float* p, int first, int last) {
        const Floats factor = narrowed(at(beta, 0));
        for (int i = first; i < last; ++i) at(p, i) = at(z, i) + factor * at(p, i);
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
