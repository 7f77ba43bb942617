#pragma once

#include "coils/compact_json.h"
#include "coils/encoded_array.h"
#include "core/types.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace corticoil::coils {

/// An object of a `.tcd` file with its place in it. Everything throws Error naming file and key path
/// (`coil.tcd: coilElementList[3].points`) for a value of another kind than asked for.
class TcdObject {
  public:
    /// `place` goes before its keys: `coil.tcd: coilElementList[3].`.
    TcdObject(const JsonObject& object, std::string place, DecompressionBudget& budget)
        : object_(object), place_(std::move(place)), budget_(budget) {}

    [[noreturn]] void fail(std::string_view key, const std::string& what) const;

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] bool is_text(std::string_view key) const;
    /// Empty where the key is absent.
    [[nodiscard]] std::string text(std::string_view key) const;
    [[nodiscard]] double number(std::string_view key) const;
    [[nodiscard]] int index(std::string_view key) const;
    [[nodiscard]] std::optional<int> optional_index(std::string_view key) const;
    /// A number of the key's value as an index, from 0 to the largest int.
    [[nodiscard]] int as_index(double value, std::string_view key) const;

    /// Lists of numbers of this depth; nothing where the key is absent or the list empty.
    [[nodiscard]] const NumberList* numbers(std::string_view key, std::size_t depth) const;
    /// A matrix of this size, by rows.
    [[nodiscard]] std::optional<Eigen::MatrixXd> matrix(std::string_view key, std::size_t n_rows,
                                                        std::size_t n_columns) const;
    [[nodiscard]] std::optional<Vector3> vector(std::string_view key) const;
    [[nodiscard]] std::vector<int> indices(std::string_view key) const;

    // From lists or compressed; empty where the key is absent.

    /// Vectors as columns, in the file's unit.
    [[nodiscard]] Eigen::Matrix3Xd vectors(std::string_view key) const;
    [[nodiscard]] Triangles triangles(std::string_view key) const;
    [[nodiscard]] std::vector<double> series(std::string_view key) const;

    /// Calls `read` with each object of a list, which may be absent.
    template <typename Read>
    void for_each(std::string_view key, Read read) const {
        const std::vector<JsonObject>* list = objects(key);
        for (std::size_t i = 0; list && i < list->size(); ++i) {
            read(TcdObject((*list)[i], place_of(key) + "[" + std::to_string(i) + "].", budget_));
        }
    }

  private:
    [[nodiscard]] std::string place_of(std::string_view key) const;
    [[nodiscard]] bool is_absent_or_empty(std::string_view key) const;
    [[nodiscard]] const std::vector<JsonObject>* objects(std::string_view key) const;
    template <typename Number>
    [[nodiscard]] std::vector<Number> decoded(std::string_view key) const;
    template <typename Number>
    [[nodiscard]] Eigen::Matrix<Number, 3, Eigen::Dynamic> three_columns(std::string_view key) const;

    const JsonObject& object_;
    std::string place_;
    DecompressionBudget& budget_;
};

} // namespace corticoil::coils
