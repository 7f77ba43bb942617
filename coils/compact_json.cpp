#include "coils/compact_json.h"

#include "core/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace corticoil::coils {

namespace {

using nlohmann::json;

std::string line_and_column(std::string_view text, std::size_t position) {
    const std::string_view before = text.substr(0, std::min(position, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t break_at = before.rfind('\n');
    const std::size_t line_start = break_at == std::string_view::npos ? 0 : break_at + 1;
    return fmt::format("line {}, column {}", line, before.size() - line_start);
}

/// The library's reason without its prefixes, in one line of a bearable length.
std::string reason_of(std::string reason) {
    if (const std::size_t found = reason.find("] "); found != std::string::npos) reason.erase(0, found + 2);
    if (reason.starts_with("parse error at ")) {
        if (const std::size_t found = reason.find(": "); found != std::string::npos)
            reason.erase(0, found + 2);
    }
    constexpr std::size_t most_shown = 160;
    for (char& c : reason) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    }
    return reason.size() > most_shown ? reason.substr(0, most_shown) + "…" : reason;
}

/// Builds a list of numbers from the parser's events.
class NumberListBuilder {
  public:
    [[nodiscard]] bool is_open() const { return !open_sizes_.empty(); }

    void start_list() {
        count_item();
        open_sizes_.push_back(0);
    }
    /// False if the list does not fit to the ones before.
    [[nodiscard]] bool end_list() {
        const std::size_t depth = open_sizes_.size() - 1;
        const std::size_t size = open_sizes_.back();
        open_sizes_.pop_back();
        if (depth > 0 && size == 0) return false;
        if (list_.shape.size() <= depth) {
            list_.shape.resize(depth + 1, unset);
        }
        if (depth > 0 && depth + 1 == depth_of_numbers_) {
            list_.row_sizes.push_back(static_cast<std::uint32_t>(
                std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max())));
        }
        std::size_t& known = list_.shape[depth];
        known = known == unset || known == size ? size : 0;
        return true;
    }
    /// False if numbers stood at another depth before.
    [[nodiscard]] bool add(double number) {
        count_item();
        if (list_.values.empty()) depth_of_numbers_ = open_sizes_.size();
        list_.values.push_back(number);
        return open_sizes_.size() == depth_of_numbers_;
    }
    /// The finished list; the builder is then new.
    [[nodiscard]] NumberList take() {
        NumberList list = std::move(list_);
        *this = NumberListBuilder();
        return list;
    }

  private:
    static constexpr std::size_t unset = std::numeric_limits<std::size_t>::max();

    void count_item() {
        if (!open_sizes_.empty()) ++open_sizes_.back();
    }

    NumberList list_;
    std::vector<std::size_t> open_sizes_; ///< Items so far of each list that is open, outermost first.
    std::size_t depth_of_numbers_ = 0;
};

/// Takes the parser's events and keeps what is in scope.
class Collector : public nlohmann::json_sax<json> {
  public:
    Collector(JsonObject& top, std::string_view text, const std::string& name, const JsonScope& scope)
        : top_(top), text_(text), name_(name), scope_(scope) {}

    bool null() override { return scalar(std::monostate(), "null"); }
    bool boolean(bool value) override { return scalar(value, "true or false"); }
    bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
    bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
    bool number_float(number_float_t value, const string_t& /*digits*/) override { return number(value); }
    bool string(string_t& value) override {
        if (is_skipping()) return end_skipped();
        return scalar(std::move(value), "a text");
    }
    bool binary(binary_t& /*value*/) override { fail("holds binary data"); }

    bool start_object(std::size_t /*size*/) override {
        enter();
        if (is_skipping()) return true;
        if (objects_.empty()) {
            objects_.push_back({&top_, "", ListKind::none});
            return true;
        }
        OpenObject& open = objects_.back();
        if (open.list == ListKind::none) fail("is an object; a list, a number or a text is expected");
        if (open.list == ListKind::numbers) fail("mixes numbers and objects");
        open.list = ListKind::objects;
        if (++n_objects_ > scope_.n_objects) {
            fail(fmt::format("is one object too many; a coil file may hold {}", scope_.n_objects));
        }
        auto& list = std::get<std::vector<JsonObject>>(last_value());
        list.emplace_back();
        objects_.push_back({&list.back(), "", ListKind::none});
        return true;
    }
    bool end_object() override {
        leave();
        if (is_skipping()) return end_skipped();
        objects_.pop_back();
        return true;
    }
    bool key(string_t& name) override {
        if (is_skipping()) return true;
        auto& members = objects_.back().object->members;
        objects_.back().key = name.substr(0, longest_key_shown);
        if (!scope_.keys.contains(name)) {
            skip_from_ = depth_;
            return true;
        }
        for (const auto& member : members) {
            if (member.first == name) fail("is given twice");
        }
        members.emplace_back(std::move(name), std::monostate());
        return true;
    }
    bool start_array(std::size_t /*size*/) override {
        enter();
        if (is_skipping()) return true;
        if (objects_.empty()) fail_at_top();
        OpenObject& open = objects_.back();
        switch (open.list) {
        case ListKind::none:
            last_value() = std::vector<JsonObject>();
            open.list = ListKind::undecided;
            break;
        case ListKind::undecided:
            numbers_.start_list();
            open.list = ListKind::numbers;
            [[fallthrough]];
        case ListKind::numbers:
            numbers_.start_list();
            break;
        case ListKind::objects:
            fail("mixes objects and lists");
        }
        return true;
    }
    bool end_array() override {
        leave();
        if (is_skipping()) return end_skipped();
        ListKind& list = objects_.back().list;
        if (list == ListKind::numbers) {
            if (!numbers_.end_list()) fail("holds an empty list");
            if (numbers_.is_open()) return true;
            last_value() = numbers_.take();
        }
        list = ListKind::none;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::detail::exception& error) override {
        throw Error(fmt::format("{}: {}: is not JSON: {}", name_, line_and_column(text_, position),
                                reason_of(error.what())));
    }

  private:
    /// What the list behind the present key holds; its first item decides.
    enum class ListKind { none, undecided, numbers, objects };
    struct OpenObject {
        JsonObject* object;
        std::string key; ///< The present one, for messages.
        ListKind list;
    };
    static constexpr std::size_t longest_key_shown = 40;

    [[nodiscard]] bool is_skipping() const { return skip_from_.has_value(); }

    /// What a key out of scope holds is over when its depth is reached again.
    bool end_skipped() {
        if (depth_ == *skip_from_) skip_from_.reset();
        return true;
    }

    void enter() {
        if (++depth_ > scope_.depth) fail(fmt::format("is nested more than {} deep", scope_.depth));
    }
    void leave() { --depth_; }

    JsonValue& last_value() { return objects_.back().object->members.back().second; }

    bool number(double value) {
        if (is_skipping()) return end_skipped();
        if (objects_.empty()) fail_at_top();
        ListKind& list = objects_.back().list;
        if (list == ListKind::none) {
            last_value() = value;
            return true;
        }
        if (list == ListKind::objects) fail("mixes objects and numbers");
        if (list == ListKind::undecided) numbers_.start_list();
        list = ListKind::numbers;
        if (!numbers_.add(value)) fail("mixes numbers and lists of numbers");
        return true;
    }

    bool scalar(JsonValue value, std::string_view kind) {
        if (is_skipping()) return end_skipped();
        if (objects_.empty()) fail_at_top();
        if (objects_.back().list != ListKind::none)
            fail(fmt::format("holds {} where a number is expected", kind));
        last_value() = std::move(value);
        return true;
    }

    [[noreturn]] void fail_at_top() const {
        throw Error(fmt::format("{}: is JSON but no object; a coil file starts with {{", name_));
    }

    [[noreturn]] void fail(const std::string& what) const {
        std::string place;
        for (const OpenObject& open : objects_) {
            place += (place.empty() ? "" : ".") + open.key;
            const auto& members = open.object->members;
            if (&open == &objects_.back() || members.empty()) continue;
            if (const auto* list = std::get_if<std::vector<JsonObject>>(&members.back().second)) {
                place += fmt::format("[{}]", list->empty() ? 0 : list->size() - 1);
            }
        }
        throw Error(fmt::format("{}: {}{}{}", name_, place, place.empty() ? "" : " ", what));
    }

    JsonObject& top_;
    std::string_view text_;
    const std::string& name_;
    const JsonScope& scope_;
    int depth_ = 0;
    std::optional<int> skip_from_; ///< Depth of the object whose present key is out of scope.
    std::size_t n_objects_ = 0;
    std::vector<OpenObject> objects_;
    NumberListBuilder numbers_;
};

} // namespace

const JsonValue& JsonObject::operator[](std::string_view key) const {
    static const JsonValue nothing;
    for (const auto& [name, value] : members) {
        if (name == key) return value;
    }
    return nothing;
}

JsonObject read_compact_json(std::string_view text, const std::string& name, const JsonScope& scope) {
    JsonObject top;
    Collector collector(top, text, name, scope);
    json::sax_parse(text.begin(), text.end(), &collector);
    return top;
}

} // namespace corticoil::coils
