#include "benchmarks/system_file.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>
#include <string>

namespace corticoil::benchmarks {

namespace {

constexpr std::array<char, 8> magic{'C', 'O', 'R', 'T', 'S', 'Y', 'S', '1'};

template <typename Number>
void put(std::ofstream& stream, const Number* first, std::size_t count) {
    stream.write(reinterpret_cast<const char*>(first), static_cast<std::streamsize>(count * sizeof(Number)));
}

template <typename Number>
std::vector<Number> get(std::ifstream& stream, std::int64_t offset, std::int64_t count) {
    std::vector<Number> numbers(static_cast<std::size_t>(count));
    stream.seekg(offset);
    stream.read(reinterpret_cast<char*>(numbers.data()),
                static_cast<std::streamsize>(numbers.size() * sizeof(Number)));
    if (!stream) throw std::runtime_error("linear system file: cut off; delete it and run again");
    return numbers;
}

} // namespace

void write_system(const std::filesystem::path& path, const System& system) {
    std::ofstream stream(path, std::ios::binary);
    put(stream, magic.data(), magic.size());
    const std::array<std::int64_t, 3> sizes{system.n_rows, static_cast<std::int64_t>(system.value.size()),
                                            static_cast<std::int64_t>(system.right_hand_sides.size())};
    put(stream, sizes.data(), sizes.size());
    put(stream, system.row_start.data(), system.row_start.size());
    put(stream, system.column.data(), system.column.size());
    put(stream, system.value.data(), system.value.size());
    for (const std::vector<double>& b : system.right_hand_sides) put(stream, b.data(), b.size());
    stream.close();
    if (!stream) throw std::runtime_error(path.string() + ": cannot be written; is the disk full?");
}

System read_system(const std::filesystem::path& path, const SystemPart& part) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error(path.string() + ": cannot be opened");
    if (get<char>(stream, 0, 8) != std::vector<char>(magic.begin(), magic.end()))
        throw std::runtime_error(path.string() + ": not a linear system of this benchmark");
    const std::vector<std::int64_t> sizes = get<std::int64_t>(stream, 8, 3);
    const std::int64_t n = sizes[0];
    const std::int64_t rows_at = 8 + 3 * 8;
    const std::int64_t columns_at = rows_at + (n + 1) * 4;
    const std::int64_t values_at = columns_at + sizes[1] * 4;
    const std::int64_t loads_at = values_at + sizes[1] * 8;
    System system;
    system.n_rows = n;
    system.first_row = n * part.part / part.n_parts;
    const std::int64_t held = n * (part.part + 1) / part.n_parts - system.first_row;
    system.row_start = get<std::int32_t>(stream, rows_at + system.first_row * 4, held + 1);
    const std::int32_t first_entry = system.row_start.front();
    for (std::int32_t& start : system.row_start) start -= first_entry;
    const std::int64_t entries = system.row_start.back();
    system.column = get<std::int32_t>(stream, columns_at + std::int64_t{first_entry} * 4, entries);
    system.value = get<double>(stream, values_at + std::int64_t{first_entry} * 8, entries);
    const std::int64_t n_loads = std::min<std::int64_t>(sizes[2], part.most_right_hand_sides);
    for (std::int64_t i = 0; i < n_loads; ++i)
        system.right_hand_sides.push_back(
            get<double>(stream, loads_at + (i * n + system.first_row) * 8, held));
    return system;
}

} // namespace corticoil::benchmarks
