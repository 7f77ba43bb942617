#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace corticoil::benchmarks {

/// A linear system K X = B as every solver of a benchmark run gets it: the matrix by rows, both triangles,
/// and one or more right-hand sides. Plain vectors, so that peers need no Eigen.
///
/// The file, in the machine's byte order: the eight bytes "CORTSYS1"; n, the number of entries and the number
/// of right-hand sides (int64 each); row starts (int32, n+1); columns (int32) and values (double) of the
/// entries; right-hand sides (double, n each, one after the other).
struct System {
    std::int64_t n_rows = 0;
    std::int64_t first_row = 0;          ///< Of the rows held here; 0 for the whole system.
    std::vector<std::int32_t> row_start; ///< Of the rows held here, from 0; one more than rows.
    std::vector<std::int32_t> column;
    std::vector<double> value;
    std::vector<std::vector<double>> right_hand_sides; ///< Parts of the rows held here.

    [[nodiscard]] std::int64_t n_held() const { return static_cast<std::int64_t>(row_start.size()) - 1; }
};

/// Writes a whole system. \throws std::runtime_error if the file cannot be written.
void write_system(const std::filesystem::path& path, const System& system);

/// Which part of a system to read.
struct SystemPart {
    int part = 0;
    int n_parts = 1;               ///< Contiguous parts of about equal numbers of rows.
    int most_right_hand_sides = 1; ///< Read at most so many.
};
/// \throws std::runtime_error for a file that is none, or is cut off.
[[nodiscard]] System read_system(const std::filesystem::path& path, const SystemPart& part);

} // namespace corticoil::benchmarks
