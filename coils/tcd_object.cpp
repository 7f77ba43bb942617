#include "coils/tcd_object.h"

#include "core/error.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace corticoil::coils {

static_assert(std::endian::native == std::endian::little, "Arrays of .tcd files are little-endian.");

std::string TcdObject::place_of(std::string_view key) const {
    return fmt::format("{}{}", place_, key);
}

void TcdObject::fail(std::string_view key, const std::string& what) const {
    throw Error(fmt::format("{} {}", place_of(key), what));
}

bool TcdObject::has(std::string_view key) const {
    return !std::holds_alternative<std::monostate>(object_[key]);
}

bool TcdObject::is_text(std::string_view key) const {
    return std::holds_alternative<std::string>(object_[key]);
}

std::string TcdObject::text(std::string_view key) const {
    if (!has(key)) return "";
    const auto* found = std::get_if<std::string>(&object_[key]);
    if (!found) fail(key, "must be a text");
    return *found;
}

double TcdObject::number(std::string_view key) const {
    const auto* found = std::get_if<double>(&object_[key]);
    if (!found) fail(key, has(key) ? "must be a number" : "is missing");
    return *found;
}

int TcdObject::as_index(double value, std::string_view key) const {
    if (!(value >= 0 && value <= std::numeric_limits<int>::max()) || value != std::floor(value)) {
        fail(key, fmt::format("holds {}, which is no index (0, 1, 2 …)", value));
    }
    return static_cast<int>(value);
}

int TcdObject::index(std::string_view key) const {
    return as_index(number(key), key);
}

std::optional<int> TcdObject::optional_index(std::string_view key) const {
    if (!has(key)) return std::nullopt;
    return index(key);
}

bool TcdObject::is_absent_or_empty(std::string_view key) const {
    const auto* list = std::get_if<std::vector<JsonObject>>(&object_[key]);
    return !has(key) || (list && list->empty());
}

const NumberList* TcdObject::numbers(std::string_view key, std::size_t depth) const {
    if (is_absent_or_empty(key)) return nullptr;
    const auto* found = std::get_if<NumberList>(&object_[key]);
    if (!found || found->shape.size() != depth) {
        fail(key, depth == 1   ? "must be a list of numbers"
                  : depth == 2 ? "must be a list of lists of numbers"
                               : "must be lists of numbers [nx][ny][nz][3]");
    }
    return found;
}

std::optional<Eigen::MatrixXd> TcdObject::matrix(std::string_view key, std::size_t n_rows,
                                                 std::size_t n_columns) const {
    const NumberList* found = numbers(key, 2);
    if (!found) return std::nullopt;
    if (found->shape != std::vector{n_rows, n_columns}) {
        fail(key, fmt::format("must be {} lists of {} numbers", n_rows, n_columns));
    }
    using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const Rows>(found->values.data(), static_cast<Eigen::Index>(n_rows),
                                  static_cast<Eigen::Index>(n_columns));
}

std::optional<Vector3> TcdObject::vector(std::string_view key) const {
    const NumberList* found = numbers(key, 1);
    if (!found) return std::nullopt;
    if (found->values.size() != 3) fail(key, "must be three numbers");
    return Vector3(found->values[0], found->values[1], found->values[2]);
}

std::vector<int> TcdObject::indices(std::string_view key) const {
    std::vector<int> result;
    if (const NumberList* found = numbers(key, 1)) {
        for (const double value : found->values) result.push_back(as_index(value, key));
    }
    return result;
}

template <typename Number>
std::vector<Number> TcdObject::decoded(std::string_view key) const {
    const std::string bytes = decode_array(std::get<std::string>(object_[key]), place_of(key), budget_);
    if (bytes.size() % sizeof(Number) != 0) {
        fail(key, fmt::format("inflates to {} bytes, which is no number of 64-bit values", bytes.size()));
    }
    std::vector<Number> values(bytes.size() / sizeof(Number));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

template <typename Number>
Eigen::Matrix<Number, 3, Eigen::Dynamic> TcdObject::three_columns(std::string_view key) const {
    using Columns = Eigen::Matrix<Number, 3, Eigen::Dynamic>;
    if (is_text(key)) {
        const std::vector<Number> values = decoded<Number>(key);
        if (values.size() % 3 != 0) {
            fail(key, fmt::format("inflates to {} numbers, which are no rows of three", values.size()));
        }
        return Eigen::Map<const Columns>(values.data(), 3, static_cast<Eigen::Index>(values.size() / 3));
    }
    const NumberList* found = numbers(key, 2);
    if (!found) return Columns(3, 0);
    if (found->shape[1] != 3) fail(key, "must be rows of three numbers");
    return Eigen::Map<const Eigen::Matrix3Xd>(found->values.data(), 3,
                                              static_cast<Eigen::Index>(found->shape[0]))
        .template cast<Number>();
}

Eigen::Matrix3Xd TcdObject::vectors(std::string_view key) const {
    return three_columns<double>(key);
}

Triangles TcdObject::triangles(std::string_view key) const {
    if (is_text(key)) {
        const Eigen::Matrix<std::int64_t, 3, Eigen::Dynamic> found = three_columns<std::int64_t>(key);
        constexpr std::int64_t largest = std::numeric_limits<int>::max();
        Triangles result(3, found.cols());
        for (Eigen::Index i = 0; i < found.size(); ++i) {
            const std::int64_t value = found.data()[i];
            if (value < 0 || value > largest) fail(key, fmt::format("holds {}, which is no index", value));
            result.data()[i] = static_cast<int>(value);
        }
        return result;
    }
    const Eigen::Matrix3Xd found = three_columns<double>(key);
    Triangles result(3, found.cols());
    for (Eigen::Index i = 0; i < found.size(); ++i) result.data()[i] = as_index(found.data()[i], key);
    return result;
}

std::vector<double> TcdObject::series(std::string_view key) const {
    if (is_text(key)) return decoded<double>(key);
    const NumberList* found = numbers(key, 1);
    return found ? found->values : std::vector<double>();
}

const std::vector<JsonObject>* TcdObject::objects(std::string_view key) const {
    if (is_absent_or_empty(key)) return nullptr;
    const auto* list = std::get_if<std::vector<JsonObject>>(&object_[key]);
    if (!list) fail(key, "must be a list of objects");
    return list;
}

} // namespace corticoil::coils
