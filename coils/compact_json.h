#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace corticoil::coils {

/// Numbers of a list, or of lists of equal depth, one after the other as they stand in the file.
struct NumberList {
    std::vector<double> values;
    /// Length of the lists at each depth, outermost first; 0 at a depth where they differ.
    std::vector<std::size_t> shape;
    /// Length of each innermost list; empty for a plain list.
    std::vector<std::uint32_t> row_sizes;
};

struct JsonObject;

/// What stands behind a key: null or nothing, true or false, a number, a text, numbers, or objects.
using JsonValue =
    std::variant<std::monostate, bool, double, std::string, NumberList, std::vector<JsonObject>>;

/// An object of the kind that coil files are made of.
struct JsonObject {
    std::vector<std::pair<std::string, JsonValue>> members;

    /// The value of a key; null where there is none.
    [[nodiscard]] const JsonValue& operator[](std::string_view key) const;
};

/// What to read of a JSON text, and how much of it.
struct JsonScope {
    std::set<std::string, std::less<>> keys; ///< At any place; other keys are passed over with all they hold.
    int depth = 64;                          ///< Nested lists and objects, also in what is passed over.
    std::size_t n_objects = 4096;            ///< Of the whole text.
};

/// Reads a JSON text whose top is an object. Lists of numbers are kept flat, so memory stays below 20 times
/// the text whatever it holds. \throws Error naming `name` and the line and column, or the key path, for what
/// is not JSON, nested too deep, given twice, of too many objects, or a list that mixes kinds.
[[nodiscard]] JsonObject read_compact_json(std::string_view text, const std::string& name,
                                           const JsonScope& scope);

} // namespace corticoil::coils
