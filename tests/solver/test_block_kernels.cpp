#include "solver/block_kernels.h"

#include <Eigen/Core>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace corticoil::solver {
namespace {

constexpr int n = 90;
constexpr int n_chunks = 2;
constexpr int chunk_rows = n / n_chunks;

/// Rows of all lengths from 1 to 40, in the forms of the kernels; entries at random.
struct Matrices {
    Matrices() {
        std::mt19937 random(3);
        std::uniform_real_distribution<double> value_of(-0.02, 0.02);
        for (int i = 0; i < n; ++i) {
            const int first = i / chunk_rows * chunk_rows;
            const std::size_t border_before = border_column.size();
            lower_end.push_back(-1);
            for (int j = 0; j < n; ++j) {
                if (j == i) lower_end.back() = static_cast<int>(column.size());
                if (j != i && random() % n >= static_cast<unsigned>(i % 40)) continue;
                const double entry = j == i ? 1 + value_of(random) : value_of(random);
                full_column.push_back(j);
                full_value.push_back(entry);
                dense(i, j) = static_cast<double>(static_cast<float>(entry));
                if (j == i) {
                    inverse_diagonal.push_back(static_cast<float>(1 / entry));
                } else if (j >= first && j < first + chunk_rows) {
                    column.push_back(j);
                    value.push_back(static_cast<float>(entry));
                } else {
                    border_column.push_back(j);
                    border_value.push_back(static_cast<float>(entry));
                }
            }
            start.push_back(static_cast<int>(column.size()));
            full_start.push_back(static_cast<int>(full_column.size()));
            if (border_column.size() > border_before) {
                border.push_back(i);
                border_start.push_back(static_cast<int>(border_column.size()));
            }
            if (i % chunk_rows == chunk_rows - 1) first_border.push_back(static_cast<int>(border.size()));
        }
        full_float.assign(full_value.begin(), full_value.end());
    }
    std::vector<int> start{0}, lower_end, column, border, border_start{0}, border_column, first_border{0};
    std::vector<float> value, inverse_diagonal, border_value;
    std::vector<int> full_start{0}, full_column;
    std::vector<double> full_value;
    std::vector<float> full_float;
    Eigen::MatrixXd dense = Eigen::MatrixXd::Zero(n, n);

    [[nodiscard]] SweepRows sweep() const {
        return {start.data(),        lower_end.data(),        column.data(),
                value.data(),        inverse_diagonal.data(), border.data(),
                border_start.data(), border_column.data(),    border_value.data()};
    }
    [[nodiscard]] FloatRows floats() const {
        return {full_start.data(), full_column.data(), full_float.data()};
    }
    [[nodiscard]] DoubleRows doubles() const {
        return {full_start.data(), full_column.data(), full_value.data()};
    }
};

using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatBlock = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Block random_block(int rows, int width, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> value_of(-1, 1);
    Block block(rows, width);
    for (double& value : block.reshaped()) value = value_of(random);
    return block;
}

/// What every kernel makes of the same input.
struct Outputs {
    std::vector<Block> blocks;
};

Outputs run_all(const Matrices& matrices, const BlockKernels& kernels) {
    const int width = kernels.width;
    const SweepRows sweep = matrices.sweep();
    const FloatBlock b = random_block(n, width, 1).cast<float>();
    const Block b_double = random_block(n, width, 2);
    FloatBlock x = FloatBlock::Zero(n, width);
    FloatBlock r = FloatBlock::Zero(n, width);
    FloatBlock g = FloatBlock::Zero(static_cast<Eigen::Index>(matrices.border.size()), width);
    Outputs out;
    const auto keep = [&](const auto& block) { out.blocks.emplace_back(block.template cast<double>()); };
    const auto for_each_chunk = [&](const auto& call) {
        for (int chunk = 0; chunk < n_chunks; ++chunk)
            call(chunk * chunk_rows, (chunk + 1) * chunk_rows,
                 matrices.first_border[static_cast<std::size_t>(chunk)],
                 matrices.first_border[static_cast<std::size_t>(chunk) + 1]);
    };
    for_each_chunk([&](int first, int last, int, int) {
        kernels.forward_from_zero(sweep, b.data(), x.data(), first, last);
    });
    keep(x);
    for_each_chunk([&](int first, int last, int first_border, int last_border) {
        kernels.residual_after_forward(sweep, x.data(), r.data(), first, last, first_border, last_border);
    });
    keep(r);
    for_each_chunk([&](int, int, int first_border, int last_border) {
        kernels.other_chunks(sweep, x.data(), g.data(), first_border, last_border);
    });
    keep(g);
    for_each_chunk([&](int first, int last, int first_border, int last_border) {
        kernels.backward(sweep, b.data(), g.data(), x.data(), first, last, first_border, last_border);
    });
    keep(x);
    FloatBlock y(n, width);
    kernels.multiply(matrices.floats(), x.data(), y.data(), 0, n);
    keep(y);
    kernels.multiply_add(matrices.floats(), b.data(), y.data(), 0, n);
    keep(y);
    FloatBlock q(n, width);
    Block partial(1, width);
    kernels.product(matrices.doubles(), b.data(), q.data(), partial.data(), 0, n);
    keep(q);
    keep(partial);
    FloatBlock residual(n, width);
    Block position = random_block(n, width, 4);
    kernels.residual(matrices.doubles(), b_double.data(), position.data(), residual.data(), partial.data(), 0,
                     n);
    keep(residual);
    keep(partial);
    const Block alpha = random_block(1, width, 5);
    kernels.step(alpha.data(), b.data(), q.data(), position.data(), residual.data(), partial.data(), 0, n);
    keep(position);
    keep(residual);
    keep(partial);
    kernels.dot(residual.data(), b.data(), partial.data(), 0, n);
    keep(partial);
    FloatBlock direction = b;
    kernels.direction(alpha.data(), y.data(), direction.data(), 0, n);
    keep(direction);
    return out;
}

class BlockKernelsOfWidth : public ::testing::TestWithParam<int> {};

TEST_P(BlockKernelsOfWidth, AgreeForEveryInstructionSetOfThisProcessor) {
    const Matrices matrices;
    const Outputs portable = run_all(matrices, block_kernels(GetParam(), InstructionSet::portable));
    for (const InstructionSet set : {InstructionSet::avx2, InstructionSet::avx512}) {
        if (set > best_instruction_set()) continue;
        const Outputs own = run_all(matrices, block_kernels(GetParam(), set));
        for (std::size_t i = 0; i < own.blocks.size(); ++i)
            EXPECT_LT((own.blocks[i] - portable.blocks[i]).cwiseAbs().maxCoeff(),
                      1e-6 * (1 + portable.blocks[i].cwiseAbs().maxCoeff()))
                << "output " << i << ", instruction set " << static_cast<int>(set);
    }
}

TEST_P(BlockKernelsOfWidth, DoWhatTheySay) {
    const Matrices matrices;
    const int width = GetParam();
    const Outputs outputs = run_all(matrices, block_kernels(width, InstructionSet::portable));
    const Block b = random_block(n, width, 1).cast<float>().cast<double>();
    // The matrix without what lies between the chunks.
    Eigen::MatrixXd inner = Eigen::MatrixXd::Zero(n, n);
    for (int first = 0; first < n; first += chunk_rows)
        inner.block(first, first, chunk_rows, chunk_rows) =
            matrices.dense.block(first, first, chunk_rows, chunk_rows);
    const Block forward = inner.triangularView<Eigen::Lower>().solve(b);
    constexpr double float_error = 1e-5;
    EXPECT_LT((outputs.blocks[0] - forward).cwiseAbs().maxCoeff(), float_error);
    const Block residual = b - matrices.dense * forward;
    EXPECT_LT((outputs.blocks[1] - residual).cwiseAbs().maxCoeff(), float_error);
    const Block backward = inner.triangularView<Eigen::Upper>().solve(
        b - (matrices.dense - Eigen::MatrixXd(inner.triangularView<Eigen::Upper>())) * forward);
    EXPECT_GT((backward - forward).cwiseAbs().maxCoeff(), 100 * float_error);
    // Downwards each row sees what lies below as it is now, and what lies above and in other chunks as it
    // was.
    EXPECT_LT((outputs.blocks[3] - backward).cwiseAbs().maxCoeff(), float_error);
    EXPECT_LT((outputs.blocks[6] - matrices.dense * b).cwiseAbs().maxCoeff(), float_error);
}

INSTANTIATE_TEST_SUITE_P(Widths, BlockKernelsOfWidth, ::testing::Values(1, 4, 8, 16));

TEST(BlockKernels, OtherWidthsAreACallersMistake) {
    EXPECT_THROW((void)block_kernels(3), std::logic_error);
}

} // namespace
} // namespace corticoil::solver
