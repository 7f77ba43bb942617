#include "io/gmsh_builder.h"

#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace corticoil::io::detail {

namespace {

/// A coordinate beyond 1 km is damage or another unit, and its cube could leave the range of a double.
constexpr double largest_coordinate_mm = 1e6;

/// Six times the volume, relative to the longest edge cubed, that rounding of coordinates of 100 mm can fake
/// in a tetrahedron with edges of 0.1 mm (1e3 × 2⁻⁵²): below it, the tetrahedron is flat.
constexpr double flat_volume_ratio = 2e-13;

std::string at_mm(const Vector3& p) {
    return fmt::format("at {:.6g} {:.6g} {:.6g} mm", p[0], p[1], p[2]);
}

} // namespace

void GmshBuilder::reserve_nodes(std::int64_t n) {
    node_numbers_.reserve(static_cast<std::size_t>(n));
    coordinates_mm_.reserve(3 * static_cast<std::size_t>(n));
}

void GmshBuilder::add_node(std::int64_t number, const Vector3& position_mm) {
    if (number < 1) cursor_.fail(fmt::format("a node has the number {}; numbers start from 1", number));
    if (!(position_mm.cwiseAbs().maxCoeff() <= largest_coordinate_mm)) {
        cursor_.fail(
            fmt::format("node {} lies {}, more than 1 km away; the file is damaged or not in millimetres",
                        number, at_mm(position_mm)));
    }
    node_numbers_.push_back(number);
    coordinates_mm_.insert(coordinates_mm_.end(), position_mm.data(), position_mm.data() + 3);
}

void GmshBuilder::finish_nodes() {
    has_nodes_ = true;
    const std::size_t n = node_numbers_.size();
    if (n == 0) cursor_.fail("there are no nodes");
    if (!std::is_sorted(node_numbers_.begin(), node_numbers_.end())) {
        std::vector<int> order(n);
        std::iota(order.begin(), order.end(), 0);
        const auto number = [&](int i) { return node_numbers_[static_cast<std::size_t>(i)]; };
        std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return number(a) < number(b); });
        std::vector<std::int64_t> numbers;
        std::vector<double> coordinates;
        numbers.reserve(n);
        coordinates.reserve(3 * n);
        for (const int i : order) {
            numbers.push_back(number(i));
            const auto first = coordinates_mm_.begin() + 3 * static_cast<std::ptrdiff_t>(i);
            coordinates.insert(coordinates.end(), first, first + 3);
        }
        node_numbers_ = std::move(numbers);
        coordinates_mm_ = std::move(coordinates);
    }
    const auto twice = std::adjacent_find(node_numbers_.begin(), node_numbers_.end());
    if (twice != node_numbers_.end()) cursor_.fail(fmt::format("the node number {} occurs twice", *twice));
    // A table of at most four entries per node, in which looking up is fastest.
    constexpr std::int64_t most_entries_per_node = 4;
    const std::int64_t range = node_numbers_.back() - node_numbers_.front();
    if (range / most_entries_per_node >= static_cast<std::int64_t>(n)) return;
    index_of_number_.assign(static_cast<std::size_t>(range) + 1, -1);
    for (std::size_t i = 0; i < n; ++i) {
        index_of_number_[static_cast<std::size_t>(node_numbers_[i] - node_numbers_.front())] =
            static_cast<int>(i);
    }
}

int GmshBuilder::node_index(const GmshTetrahedron& tetrahedron, std::size_t corner) const {
    const std::int64_t number = tetrahedron.nodes[corner];
    int index = -1;
    if (number >= node_numbers_.front() && number <= node_numbers_.back()) {
        if (!index_of_number_.empty()) {
            index = index_of_number_[static_cast<std::size_t>(number - node_numbers_.front())];
        } else {
            const auto found = std::lower_bound(node_numbers_.begin(), node_numbers_.end(), number);
            if (*found == number) index = static_cast<int>(found - node_numbers_.begin());
        }
    }
    if (index < 0) {
        cursor_.fail(
            fmt::format("tetrahedron {} uses node {}, which does not exist", tetrahedron.number, number));
    }
    return index;
}

Vector3 GmshBuilder::position_mm(int node) const {
    return Eigen::Map<const Vector3>(coordinates_mm_.data() + 3 * static_cast<std::size_t>(node));
}

void GmshBuilder::add_tetrahedron(const GmshTetrahedron& tetrahedron) {
    for (const std::int64_t tag : {tetrahedron.physical, tetrahedron.entity}) {
        if (tag < 0 || tag > std::numeric_limits<int>::max()) {
            cursor_.fail(
                fmt::format("tetrahedron {} has the tag {}; the file is damaged", tetrahedron.number, tag));
        }
    }
    if (tetrahedron.physical > largest_label) {
        cursor_.fail(fmt::format("tetrahedron {} has the physical tag {}; tissues have 1 to {}",
                                 tetrahedron.number, tetrahedron.physical, largest_label));
    }
    Tetrahedron result{
        tetrahedron.number, {}, static_cast<int>(tetrahedron.physical), static_cast<int>(tetrahedron.entity)};
    for (std::size_t corner = 0; corner < 4; ++corner) result.nodes[corner] = node_index(tetrahedron, corner);
    const Vector3 a = position_mm(result.nodes[0]);
    const Vector3 ab = position_mm(result.nodes[1]) - a;
    const Vector3 ac = position_mm(result.nodes[2]) - a;
    const Vector3 ad = position_mm(result.nodes[3]) - a;
    const double six_volumes = ab.cross(ac).dot(ad);
    const double longest_squared =
        std::max({ab.squaredNorm(), ac.squaredNorm(), ad.squaredNorm(), (ac - ab).squaredNorm(),
                  (ad - ac).squaredNorm(), (ab - ad).squaredNorm()});
    if (!(std::abs(six_volumes) > flat_volume_ratio * longest_squared * std::sqrt(longest_squared))) {
        cursor_.fail(
            fmt::format("tetrahedron {} ({}) has no volume; repair the mesh", tetrahedron.number, at_mm(a)));
    }
    if (six_volumes < 0) {
        std::swap(result.nodes[2], result.nodes[3]);
        ++n_reoriented_;
    }
    tetrahedra_.push_back(result);
}

void GmshBuilder::order_tetrahedra() {
    const auto by_number = [](const Tetrahedron& a, const Tetrahedron& b) { return a.number < b.number; };
    if (std::is_sorted(tetrahedra_.begin(), tetrahedra_.end(), by_number)) return;
    std::stable_sort(tetrahedra_.begin(), tetrahedra_.end(), by_number);
}

void GmshBuilder::refuse_duplicates() const {
    // Tetrahedra in lists by their lowest node: few share one, so comparing within a list is quick.
    const auto lowest = [](const Tetrahedron& t) {
        return static_cast<std::size_t>(*std::min_element(t.nodes.begin(), t.nodes.end()));
    };
    std::vector<int> start(node_numbers_.size() + 1, 0);
    for (const Tetrahedron& t : tetrahedra_) ++start[lowest(t) + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<int> listed(tetrahedra_.size());
    std::vector<int> next(start.begin(), start.end() - 1);
    for (std::size_t t = 0; t < tetrahedra_.size(); ++t) {
        listed[static_cast<std::size_t>(next[lowest(tetrahedra_[t])]++)] = static_cast<int>(t);
    }
    std::vector<std::pair<std::array<int, 4>, int>> list;
    for (std::size_t node = 0; node + 1 < start.size(); ++node) {
        list.clear();
        for (int i = start[node]; i < start[node + 1]; ++i) {
            const int t = listed[static_cast<std::size_t>(i)];
            std::array<int, 4> nodes = tetrahedra_[static_cast<std::size_t>(t)].nodes;
            std::sort(nodes.begin(), nodes.end());
            list.emplace_back(nodes, t);
        }
        std::sort(list.begin(), list.end());
        const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
        const auto twice = std::adjacent_find(list.begin(), list.end(), same);
        if (twice == list.end()) continue;
        const auto number = [&](int t) { return tetrahedra_[static_cast<std::size_t>(t)].number; };
        throw Error(
            fmt::format("{}: $Elements: the tetrahedra {} and {} have the same four corners; keep one (is a "
                        "volume in two physical groups?)",
                        cursor_.file_name(), number(twice->second), number((twice + 1)->second)));
    }
}

std::vector<int> GmshBuilder::labels(bool& are_entities) const {
    const auto has_none = [](const Tetrahedron& t) { return t.physical == 0; };
    const auto n_without = std::count_if(tetrahedra_.begin(), tetrahedra_.end(), has_none);
    are_entities = static_cast<std::size_t>(n_without) == tetrahedra_.size();
    std::vector<int> result;
    result.reserve(tetrahedra_.size());
    for (const Tetrahedron& t : tetrahedra_) {
        const int label = are_entities ? t.entity : t.physical;
        if (label >= 1 && label <= largest_label) {
            result.push_back(label);
            continue;
        }
        if (are_entities) {
            throw Error(fmt::format(
                "{}: $Elements: no tetrahedron has a physical tag, and the entity tag {} of "
                "tetrahedron {} is no tissue label (1 to {}); put the volumes into physical groups",
                cursor_.file_name(), label, t.number, largest_label));
        }
        throw Error(
            fmt::format("{}: $Elements: {} of {} tetrahedra have no physical tag, the first is number {} in "
                        "entity {}; put every volume into a physical group",
                        cursor_.file_name(), n_without, tetrahedra_.size(), t.number, t.entity));
    }
    return result;
}

GmshMesh GmshBuilder::build() {
    if (!has_elements_)
        throw Error(fmt::format("{}: has no $Elements; the file is cut off", cursor_.file_name()));
    if (tetrahedra_.empty()) {
        throw Error(
            fmt::format("{}: $Elements: has no tetrahedra; mesh the volumes first", cursor_.file_name()));
    }
    order_tetrahedra();
    refuse_duplicates();
    GmshMesh result;
    result.n_reoriented = n_reoriented_;
    result.mesh.labels = labels(result.labels_are_entities);
    std::vector<int> new_index(node_numbers_.size(), -1);
    for (const Tetrahedron& t : tetrahedra_) {
        for (const int node : t.nodes) new_index[static_cast<std::size_t>(node)] = 0;
    }
    int n_used = 0;
    for (int& index : new_index) {
        if (index == 0) index = n_used++;
    }
    result.n_unused_nodes = static_cast<int>(node_numbers_.size()) - n_used;
    result.mesh.nodes.resize(3, n_used);
    for (std::size_t i = 0; i < new_index.size(); ++i) {
        if (new_index[i] < 0) continue;
        // Dividing rounds once; 1e-3 is not a double, so multiplying by it would round twice.
        result.mesh.nodes.col(new_index[i]) = position_mm(static_cast<int>(i)) / millimetres_per_metre;
    }
    result.mesh.tetrahedra.resize(4, static_cast<Eigen::Index>(tetrahedra_.size()));
    for (std::size_t t = 0; t < tetrahedra_.size(); ++t) {
        for (std::size_t corner = 0; corner < 4; ++corner) {
            const int node = tetrahedra_[t].nodes[corner];
            result.mesh.tetrahedra(static_cast<Eigen::Index>(corner), static_cast<Eigen::Index>(t)) =
                new_index[static_cast<std::size_t>(node)];
        }
    }
    tetrahedra_.clear();
    return result;
}

} // namespace corticoil::io::detail
