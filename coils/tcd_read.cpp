#include "coils/compact_json.h"
#include "coils/encoded_array.h"
#include "coils/file_bytes.h"
#include "coils/tcd_file.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace corticoil::coils {

namespace {

static_assert(std::endian::native == std::endian::little, "Arrays of .tcd files are little-endian.");

const JsonScope& tcd_scope() {
    static const JsonScope scope{{"name",
                                  "brand",
                                  "version",
                                  "limits",
                                  "resolution",
                                  "coilCasing",
                                  "coilElementList",
                                  "stimulatorList",
                                  "deformRangeList",
                                  "deformList",
                                  "coilModels",
                                  "selfIntersectionTest",
                                  "stimulator",
                                  "elementCasing",
                                  "deformations",
                                  "type",
                                  "points",
                                  "values",
                                  "data",
                                  "affine",
                                  "maxdIdt",
                                  "waveformList",
                                  "time",
                                  "signal",
                                  "fit",
                                  "initial",
                                  "range",
                                  "deformRange",
                                  "point1",
                                  "point2",
                                  "faces",
                                  "minDistancePoints"}};
    return scope;
}

/// An object of the file with its place, which messages start with.
class Reader {
  public:
    Reader(const JsonObject& object, std::string place, DecompressionBudget& budget)
        : object_(object), place_(std::move(place)), budget_(budget) {}

    /// "file: coilElementList[3].points".
    [[nodiscard]] std::string place_of(std::string_view key) const {
        return fmt::format("{}{}", place_, key);
    }
    [[noreturn]] void fail(std::string_view key, const std::string& what) const {
        throw Error(fmt::format("{} {}", place_of(key), what));
    }

    [[nodiscard]] bool has(std::string_view key) const {
        return !std::holds_alternative<std::monostate>(object_[key]);
    }

    [[nodiscard]] bool is_text(std::string_view key) const {
        return std::holds_alternative<std::string>(object_[key]);
    }

    [[nodiscard]] std::string text(std::string_view key) const {
        if (!has(key)) return "";
        const auto* found = std::get_if<std::string>(&object_[key]);
        if (!found) fail(key, "must be a text");
        return *found;
    }

    [[nodiscard]] double number(std::string_view key) const {
        const auto* found = std::get_if<double>(&object_[key]);
        if (!found) fail(key, has(key) ? "must be a number" : "is missing");
        return *found;
    }

    int as_index(double value, std::string_view key) const {
        if (!(value >= 0 && value <= std::numeric_limits<int>::max()) || value != std::floor(value)) {
            fail(key, fmt::format("holds {}, which is no index (0, 1, 2 …)", value));
        }
        return static_cast<int>(value);
    }

    [[nodiscard]] int index(std::string_view key) const { return as_index(number(key), key); }

    [[nodiscard]] std::optional<int> optional_index(std::string_view key) const {
        if (!has(key)) return std::nullopt;
        return index(key);
    }

    /// A list of numbers; nothing where the key is absent or the list empty.
    [[nodiscard]] const NumberList* numbers(std::string_view key, std::size_t depth) const {
        if (is_absent_or_empty(key)) return nullptr;
        const auto* found = std::get_if<NumberList>(&object_[key]);
        if (!found || found->shape.size() != depth) {
            fail(key, depth == 1   ? "must be a list of numbers"
                      : depth == 2 ? "must be a list of lists of numbers"
                                   : "must be lists of numbers [nx][ny][nz][3]");
        }
        return found;
    }

    /// A matrix of known size, by rows.
    [[nodiscard]] std::optional<Eigen::MatrixXd> matrix(std::string_view key, std::size_t n_rows,
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

    [[nodiscard]] std::optional<Vector3> vector(std::string_view key) const {
        const NumberList* found = numbers(key, 1);
        if (!found) return std::nullopt;
        if (found->values.size() != 3) fail(key, "must be three numbers");
        return Vector3(found->values[0], found->values[1], found->values[2]);
    }

    [[nodiscard]] std::vector<int> indices(std::string_view key) const {
        std::vector<int> result;
        if (const NumberList* found = numbers(key, 1)) {
            for (const double value : found->values) result.push_back(as_index(value, key));
        }
        return result;
    }

    /// Vectors as columns, from lists or compressed; no columns where the key is absent.
    [[nodiscard]] Eigen::Matrix3Xd vectors(std::string_view key) const { return three_columns<double>(key); }

    /// The same of whole numbers.
    [[nodiscard]] Triangles triangles(std::string_view key) const {
        if (is_text(key)) {
            const Eigen::Matrix<std::int64_t, 3, Eigen::Dynamic> found = three_columns<std::int64_t>(key);
            constexpr std::int64_t largest = std::numeric_limits<int>::max();
            Triangles result(3, found.cols());
            for (Eigen::Index i = 0; i < found.size(); ++i) {
                const std::int64_t value = found.data()[i];
                if (value < 0 || value > largest)
                    fail(key, fmt::format("holds {}, which is no index", value));
                result.data()[i] = static_cast<int>(value);
            }
            return result;
        }
        const Eigen::Matrix3Xd found = three_columns<double>(key);
        Triangles result(3, found.cols());
        for (Eigen::Index i = 0; i < found.size(); ++i) result.data()[i] = as_index(found.data()[i], key);
        return result;
    }

    /// Numbers of a plain list or compressed; none where the key is absent.
    [[nodiscard]] std::vector<double> series(std::string_view key) const {
        if (is_text(key)) return decoded<double>(key);
        const NumberList* found = numbers(key, 1);
        return found ? found->values : std::vector<double>();
    }

    /// Calls `read` with each object of a list.
    template <typename Read>
    void for_each(std::string_view key, Read read) const {
        if (is_absent_or_empty(key)) return;
        const auto* list = std::get_if<std::vector<JsonObject>>(&object_[key]);
        if (!list) fail(key, "must be a list of objects");
        for (std::size_t i = 0; i < list->size(); ++i) {
            read(Reader((*list)[i], fmt::format("{}{}[{}].", place_, key, i), budget_));
        }
    }

  private:
    [[nodiscard]] bool is_absent_or_empty(std::string_view key) const {
        const auto* list = std::get_if<std::vector<JsonObject>>(&object_[key]);
        return !has(key) || (list && list->empty());
    }

    template <typename Number>
    [[nodiscard]] std::vector<Number> decoded(std::string_view key) const {
        const std::string bytes = decode_array(std::get<std::string>(object_[key]), place_of(key), budget_);
        if (bytes.size() % sizeof(Number) != 0) {
            fail(key, fmt::format("inflates to {} bytes, which is no number of 64-bit values", bytes.size()));
        }
        std::vector<Number> values(bytes.size() / sizeof(Number));
        if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
        return values;
    }

    template <typename Number>
    [[nodiscard]] Eigen::Matrix<Number, 3, Eigen::Dynamic> three_columns(std::string_view key) const {
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

    const JsonObject& object_;
    std::string place_;
    DecompressionBudget& budget_;
};

Eigen::Matrix3Xd in_metres(const Eigen::Matrix3Xd& millimetres) {
    // A division, because tcd_write.cpp looks for the number whose quotient this is.
    return millimetres / millimetres_per_metre;
}

SampledPotential read_grid(const Reader& element) {
    if (element.is_text("data")) {
        element.fail("data",
                     "is compressed: a sampled potential in that form is a Python pickle, which can run "
                     "any program when it is read, so it is never read; write the potential as lists "
                     "of numbers [nx][ny][nz][3] (text), or as a .nii.gz file");
    }
    const NumberList* data = element.numbers("data", 4);
    if (!data) element.fail("data", "is missing; an element of type 3 has 'data' and 'affine'");
    const std::vector<std::size_t>& shape = data->shape;
    if (shape[3] != 3 || shape[0] == 0 || shape[1] == 0 || shape[2] == 0) {
        element.fail("data", "must be lists of numbers [nx][ny][nz][3], of one length at each depth");
    }
    const std::optional<Eigen::MatrixXd> affine = element.matrix("affine", 4, 4);
    if (!affine) element.fail("affine", "is missing; an element of type 3 has 'data' and 'affine'");
    if (affine->row(3) != Eigen::RowVector4d(0, 0, 0, 1)) {
        element.fail("affine", "must have 0 0 0 1 as its last row");
    }
    SampledPotential grid;
    for (std::size_t axis = 0; axis < 3; ++axis) grid.size[axis] = static_cast<int>(shape[axis]);
    grid.coil_from_voxel.matrix() = *affine;
    grid.coil_from_voxel.matrix().topRows<3>() /= millimetres_per_metre;
    grid.values.resize(3, static_cast<Eigen::Index>(data->values.size() / 3));
    // The file runs fastest over z, memory over x.
    Eigen::Index from = 0;
    for (int i = 0; i < grid.size[0]; ++i) {
        for (int j = 0; j < grid.size[1]; ++j) {
            for (int k = 0; k < grid.size[2]; ++k, ++from) {
                const Eigen::Index to = i + grid.size[0] * (j + static_cast<Eigen::Index>(grid.size[1]) * k);
                grid.values.col(to) = Eigen::Map<const Vector3>(data->values.data() + 3 * from).cast<float>();
            }
        }
    }
    return grid;
}

ElementSource read_source(const Reader& element) {
    constexpr int dipoles = 1;
    constexpr int lines = 2;
    constexpr int potential = 3;
    const int type = element.index("type");
    if (type == potential) return read_grid(element);
    if (type != dipoles && type != lines) {
        element.fail(
            "type",
            fmt::format("is {}; it is 1 (dipoles), 2 (line elements) or 3 (sampled potential)", type));
    }
    for (const char* key : {"points", "values"}) {
        if (!element.has(key))
            element.fail(key, "is missing; elements of type 1 and 2 have 'points' and 'values'");
    }
    Points points = in_metres(element.vectors("points"));
    if (type == dipoles) return MagneticDipoles{std::move(points), element.vectors("values")};
    return LineElements{std::move(points), in_metres(element.vectors("values"))};
}

CoilElement read_element(const Reader& element) {
    CoilElement result;
    result.name = element.text("name");
    result.stimulator = element.index("stimulator");
    result.casing = element.optional_index("elementCasing");
    result.deformations = element.indices("deformations");
    result.source = read_source(element);
    return result;
}

Stimulator read_stimulator(const Reader& stimulator) {
    Stimulator result;
    result.name = stimulator.text("name");
    result.brand = stimulator.text("brand");
    if (stimulator.has("maxdIdt")) result.largest_didt = stimulator.number("maxdIdt");
    stimulator.for_each("waveformList", [&](const Reader& waveform) {
        result.waveforms.push_back({waveform.text("name"), waveform.series("time"), waveform.series("signal"),
                                    waveform.series("fit")});
    });
    return result;
}

DeformationRange read_range(const Reader& range) {
    const NumberList* limits = range.numbers("range", 1);
    if (!limits || limits->values.size() != 2) range.fail("range", "must be [minimum, maximum]");
    return {range.number("initial"), limits->values[0], limits->values[1]};
}

Deformation read_deformation(const Reader& deformation) {
    using Kind = Deformation::Kind;
    Deformation result;
    result.range = deformation.index("deformRange");
    const std::string type = deformation.text("type");
    if (type == "x") {
        result.kind = Kind::translation_x;
    } else if (type == "y") {
        result.kind = Kind::translation_y;
    } else if (type == "z") {
        result.kind = Kind::translation_z;
    } else if (type == "rot2p") {
        result.kind = Kind::rotation;
        const std::optional<Vector3> point1 = deformation.vector("point1");
        const std::optional<Vector3> point2 = deformation.vector("point2");
        if (!point1)
            deformation.fail("point1", "is missing; a rotation turns about the line through two points");
        if (!point2)
            deformation.fail("point2", "is missing; a rotation turns about the line through two points");
        result.point1 = in_metres(*point1);
        result.point2 = in_metres(*point2);
    } else {
        deformation.fail("type", fmt::format("is '{:.20}'; it is x, y, z or rot2p", type));
    }
    return result;
}

CasingModel read_casing(const Reader& casing) {
    for (const char* key : {"points", "faces"}) {
        if (!casing.has(key)) casing.fail(key, "is missing; a casing has 'points' and 'faces'");
    }
    CasingModel result;
    result.surface = {in_metres(casing.vectors("points")), casing.triangles("faces")};
    result.minimum_distance_points = in_metres(casing.vectors("minDistancePoints"));
    return result;
}

std::vector<std::vector<int>> read_groups(const Reader& file) {
    std::vector<std::vector<int>> groups;
    const NumberList* found = file.numbers("selfIntersectionTest", 2);
    if (!found) return groups;
    std::size_t next = 0;
    for (const std::uint32_t size : found->row_sizes) {
        std::vector<int>& group = groups.emplace_back();
        for (std::uint32_t i = 0; i < size; ++i) {
            group.push_back(file.as_index(found->values[next++], "selfIntersectionTest"));
        }
    }
    return groups;
}

CoilModel read_model(const Reader& file) {
    CoilModel model;
    model.name = file.text("name");
    model.brand = file.text("brand");
    model.version = file.text("version");
    if (const auto limits = file.matrix("limits", 3, 2)) model.limits = *limits / millimetres_per_metre;
    if (const auto resolution = file.vector("resolution")) model.resolution = in_metres(*resolution);
    model.casing = file.optional_index("coilCasing");
    file.for_each("deformRangeList",
                  [&](const Reader& range) { model.deformation_ranges.push_back(read_range(range)); });
    file.for_each("deformList", [&](const Reader& deformation) {
        model.deformations.push_back(read_deformation(deformation));
    });
    file.for_each("stimulatorList", [&](const Reader& stimulator) {
        model.stimulators.push_back(read_stimulator(stimulator));
    });
    file.for_each("coilModels", [&](const Reader& casing) { model.casings.push_back(read_casing(casing)); });
    for (const char* key : {"coilElementList", "stimulatorList"}) {
        if (!file.has(key))
            file.fail(key, "is missing; a .tcd file has at least one element and one stimulator");
    }
    file.for_each("coilElementList",
                  [&](const Reader& element) { model.elements.push_back(read_element(element)); });
    model.self_intersection_groups = read_groups(file);
    return model;
}

} // namespace

CoilModel parse_tcd(std::string_view bytes, const std::string& name) {
    DecompressionBudget budget;
    const JsonObject top = read_compact_json(bytes, name, tcd_scope());
    CoilModel model = read_model(Reader(top, name + ": ", budget));
    check(model, name);
    return model;
}

CoilModel read_tcd(const std::filesystem::path& path) {
    CoilModel model = parse_tcd(read_file_bytes(path), path.string());
    if (model.name.empty()) model.name = path.stem().string();
    return model;
}

} // namespace corticoil::coils
