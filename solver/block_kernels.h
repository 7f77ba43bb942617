#pragma once

#include <cstdint>

/// The inner loops of multigrid and of block conjugate gradients, for vectors stored as blocks: `width`
/// values per row, row after row. Each kernel works on rows [first, last) and is compiled for several
/// instruction sets; the best one that the processor has is chosen at run time. No Eigen here: its inline
/// functions, compiled for AVX-512 in one file, could be linked into another.
namespace corticoil::solver {

/// A square float matrix, its rows cut into chunks that are swept independently. Each row's entries are its
/// columns of the same chunk, those before the diagonal first; the diagonal is kept apart, as its inverse.
/// Entries of other chunks are a matrix of their own over the rows that have any.
struct SweepRows {
    const int* start;     ///< n+1.
    const int* lower_end; ///< n: where the entries before the diagonal end.
    const int* column;
    const float* value;
    const float* inverse_diagonal; ///< n.
    const int* border;             ///< The rows with entries of other chunks, ascending.
    const int* border_start;       ///< Their entries.
    const int* border_column;
    const float* border_value;
};

/// A float matrix by rows: prolongation and restriction.
struct FloatRows {
    const int* start;
    const int* column;
    const float* value;
};

/// A double matrix by rows: the system's own.
struct DoubleRows {
    const int* start;
    const int* column;
    const double* value;
};

/// The kernels for one block width. All pointers to blocks of `width` values per row; `partial` holds `width`
/// sums.
struct BlockKernels {
    int width;
    /// Gauss–Seidel in ascending order from x = 0: x = (L + D)⁻¹ b within each chunk. [first, last) is one
    /// chunk.
    void (*forward_from_zero)(const SweepRows&, const float* b, float* x, int first, int last);
    /// r = b − A x after forward_from_zero: what the sweep has not used yet, −(U + others) x. Borders
    /// [first_border, last_border) are those of the rows.
    void (*residual_after_forward)(const SweepRows&, const float* x, float* r, int first, int last,
                                   int first_border, int last_border);
    /// g = (entries of other chunks) x, one row of g per border.
    void (*other_chunks)(const SweepRows&, const float* x, float* g, int first_border, int last_border);
    /// Gauss–Seidel in descending order in place, with g of other_chunks. [first, last) is one chunk.
    void (*backward)(const SweepRows&, const float* b, const float* g, float* x, int first, int last,
                     int first_border, int last_border);
    /// y = M x.
    void (*multiply)(const FloatRows&, const float* x, float* y, int first, int last);
    /// y += M x.
    void (*multiply_add)(const FloatRows&, const float* x, float* y, int first, int last);
    /// q = K p, summed in double; partial = Σ p q.
    void (*product)(const DoubleRows&, const float* p, float* q, double* partial, int first, int last);
    /// r = b − K x, in double until stored; partial = Σ r².
    void (*residual)(const DoubleRows&, const double* b, const double* x, float* r, double* partial,
                     int first, int last);
    /// x += α p, r −= α q; partial = Σ r².
    void (*step)(const double* alpha, const float* p, const float* q, double* x, float* r, double* partial,
                 int first, int last);
    /// partial = Σ r z.
    void (*dot)(const float* r, const float* z, double* partial, int first, int last);
    /// p = z + β p.
    void (*direction)(const double* beta, const float* z, float* p, int first, int last);
};

/// Instruction sets that kernels exist for.
enum class InstructionSet { portable, avx2, avx512 };

/// The best one of this processor.
[[nodiscard]] InstructionSet best_instruction_set();

/// Kernels for a width of 1, 4, 8 or 16. \throws std::logic_error for another width.
[[nodiscard]] const BlockKernels& block_kernels(int width, InstructionSet set = best_instruction_set());

} // namespace corticoil::solver
