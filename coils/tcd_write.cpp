#include "coils/encoded_array.h"
#include "coils/file_bytes.h"
#include "coils/tcd_file.h"
#include "core/constants.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>

namespace corticoil::coils {

namespace {

/// The number of millimetres whose thousandth is `metres` to the last bit, where there is one; what was read
/// from a file has one.
double in_millimetres(double metres) {
    const double nearest = metres * millimetres_per_metre;
    for (const double candidate :
         {nearest, std::nextafter(nearest, -INFINITY), std::nextafter(nearest, INFINITY)}) {
        if (candidate / millimetres_per_metre == metres) return candidate;
    }
    return nearest;
}

Eigen::MatrixXd in_millimetres(const Eigen::Ref<const Eigen::MatrixXd>& metres) {
    return metres.unaryExpr([](double value) { return in_millimetres(value); });
}

std::string text_of(const std::string& value) {
    return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// "[1, 2.5, 3]"; each number reads back as the same. Adding 0 makes −0 a 0: JSON reads "-0" as an integer,
/// which has no such thing.
template <typename Number>
void append_list(std::string& text, std::span<const Number> values) {
    text += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
        fmt::format_to(std::back_inserter(text), "{}{}", i == 0 ? "" : ", ", values[i] + Number{0});
    }
    text += ']';
}

template <typename Number>
std::string list_of(const std::vector<Number>& values) {
    std::string text;
    append_list(text, std::span<const Number>(values));
    return text;
}

/// The columns of a matrix as lists, one a line.
template <typename Number>
std::string columns_of(const Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>& matrix) {
    std::string text = "[";
    for (Eigen::Index i = 0; i < matrix.cols(); ++i) {
        text += i == 0 ? "\n" : ",\n";
        append_list(text,
                    std::span<const Number>(matrix.col(i).data(), static_cast<std::size_t>(matrix.rows())));
    }
    return text + "]";
}

/// Lists in the chosen format.
class Arrays {
  public:
    explicit Arrays(ArrayFormat format) : format_(format) {}

    [[nodiscard]] std::string vectors(const Eigen::MatrixXd& columns) const {
        return format_ == ArrayFormat::text ? columns_of<double>(columns) : encoded<double>(columns);
    }
    [[nodiscard]] std::string triangles(const Triangles& triangles) const {
        return format_ == ArrayFormat::text ? columns_of<int>(triangles)
                                            : encoded<std::int64_t>(triangles.cast<std::int64_t>());
    }
    [[nodiscard]] std::string series(const std::vector<double>& values) const {
        if (format_ == ArrayFormat::text) return list_of(values);
        return encoded<double>(
            Eigen::Map<const Eigen::RowVectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
    }

  private:
    template <typename Number>
    static std::string encoded(const Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>& columns) {
        const std::string_view bytes(reinterpret_cast<const char*>(columns.data()),
                                     static_cast<std::size_t>(columns.size()) * sizeof(Number));
        return '"' + encode_array(bytes) + '"';
    }

    ArrayFormat format_;
};

/// An object's text, member by member.
class ObjectText {
  public:
    void add(std::string_view key, const std::string& value) {
        text_ += text_.empty() ? "{" : ",\n";
        text_ += fmt::format("\"{}\": ", key);
        text_ += value;
    }
    void add_text(std::string_view key, const std::string& value) {
        if (!value.empty()) add(key, text_of(value));
    }
    [[nodiscard]] std::string finish() const { return text_.empty() ? "{}" : text_ + "}"; }

  private:
    std::string text_;
};

/// A list with what `write` makes of each item, or nothing for an empty list.
template <typename Item, typename Write>
void add_list(ObjectText& object, std::string_view key, const std::vector<Item>& items, Write write) {
    if (items.empty()) return;
    std::string text = "[";
    for (std::size_t i = 0; i < items.size(); ++i) {
        text += i == 0 ? "\n" : ",\n";
        text += write(items[i]);
    }
    object.add(key, text + "]");
}

std::string grid_text(const SampledPotential& grid) {
    std::string text = "[";
    for (int i = 0; i < grid.size[0]; ++i) {
        text += i == 0 ? "[" : ",\n[";
        for (int j = 0; j < grid.size[1]; ++j) {
            text += j == 0 ? "[" : ",\n[";
            for (int k = 0; k < grid.size[2]; ++k) {
                if (k > 0) text += ", ";
                const Eigen::Index from =
                    i + grid.size[0] * (j + static_cast<Eigen::Index>(grid.size[1]) * k);
                append_list(text, std::span<const float>(grid.values.col(from).data(), 3));
            }
            text += ']';
        }
        text += ']';
    }
    return text + "]";
}

void add_source(ObjectText& object, const ElementSource& source, const Arrays& arrays) {
    if (const auto* dipoles = std::get_if<MagneticDipoles>(&source)) {
        object.add("type", "1");
        object.add("points", arrays.vectors(in_millimetres(dipoles->positions)));
        object.add("values", arrays.vectors(dipoles->moments));
    } else if (const auto* lines = std::get_if<LineElements>(&source)) {
        object.add("type", "2");
        object.add("points", arrays.vectors(in_millimetres(lines->midpoints)));
        object.add("values", arrays.vectors(in_millimetres(lines->vectors)));
    } else {
        const auto& grid = std::get<SampledPotential>(source);
        Eigen::MatrixXd affine = in_millimetres(grid.coil_from_voxel.matrix());
        affine.row(3) = Eigen::RowVector4d(0, 0, 0, 1);
        object.add("type", "3");
        object.add("affine", columns_of<double>(affine.transpose()));
        object.add("data", grid_text(grid));
    }
}

std::string element_text(const CoilElement& element, const Arrays& arrays) {
    ObjectText object;
    object.add_text("name", element.name);
    object.add("stimulator", fmt::format("{}", element.stimulator));
    if (element.casing) object.add("elementCasing", fmt::format("{}", *element.casing));
    if (!element.deformations.empty()) object.add("deformations", list_of(element.deformations));
    add_source(object, element.source, arrays);
    return object.finish();
}

std::string stimulator_text(const Stimulator& stimulator, const Arrays& arrays) {
    ObjectText object;
    // Named even if nameless: the format wants at least one key.
    object.add("name", text_of(stimulator.name));
    object.add_text("brand", stimulator.brand);
    if (stimulator.largest_didt) object.add("maxdIdt", fmt::format("{}", *stimulator.largest_didt));
    add_list(object, "waveformList", stimulator.waveforms, [&](const Waveform& waveform) {
        ObjectText inner;
        inner.add_text("name", waveform.name);
        inner.add("time", arrays.series(waveform.time));
        inner.add("signal", arrays.series(waveform.signal));
        if (!waveform.fit.empty()) inner.add("fit", arrays.series(waveform.fit));
        return inner.finish();
    });
    return object.finish();
}

std::string deformation_text(const Deformation& deformation) {
    using Kind = Deformation::Kind;
    ObjectText object;
    object.add("deformRange", fmt::format("{}", deformation.range));
    switch (deformation.kind) {
    case Kind::translation_x:
        object.add("type", "\"x\"");
        break;
    case Kind::translation_y:
        object.add("type", "\"y\"");
        break;
    case Kind::translation_z:
        object.add("type", "\"z\"");
        break;
    case Kind::rotation:
        object.add("type", "\"rot2p\"");
        for (const auto& [key, point] :
             {std::pair("point1", deformation.point1), std::pair("point2", deformation.point2)}) {
            std::string text;
            const Vector3 millimetres = in_millimetres(point);
            append_list(text, std::span<const double>(millimetres.data(), 3));
            object.add(key, text);
        }
    }
    return object.finish();
}

std::string casing_text(const CasingModel& casing, const Arrays& arrays) {
    ObjectText object;
    object.add("points", arrays.vectors(in_millimetres(casing.surface.nodes)));
    object.add("faces", arrays.triangles(casing.surface.triangles));
    if (casing.minimum_distance_points.cols() > 0) {
        object.add("minDistancePoints", arrays.vectors(in_millimetres(casing.minimum_distance_points)));
    }
    return object.finish();
}

std::string range_text(const DeformationRange& range) {
    return fmt::format("{{\"initial\": {}, \"range\": [{}, {}]}}", range.initial + 0.0, range.minimum + 0.0,
                       range.maximum + 0.0);
}

} // namespace

std::string tcd_text(const CoilModel& model, ArrayFormat format) {
    check(model, model.name.empty() ? "coil" : "coil " + model.name);
    const Arrays arrays(format);
    ObjectText object;
    object.add_text("name", model.name);
    object.add_text("brand", model.brand);
    object.add_text("version", model.version);
    if (model.limits) object.add("limits", columns_of<double>(in_millimetres(*model.limits).transpose()));
    if (model.resolution) {
        const Vector3 millimetres = in_millimetres(*model.resolution);
        object.add("resolution", list_of(std::vector<double>(millimetres.begin(), millimetres.end())));
    }
    if (model.casing) object.add("coilCasing", fmt::format("{}", *model.casing));
    add_list(object, "coilElementList", model.elements,
             [&](const CoilElement& element) { return element_text(element, arrays); });
    add_list(object, "stimulatorList", model.stimulators,
             [&](const Stimulator& stimulator) { return stimulator_text(stimulator, arrays); });
    add_list(object, "deformRangeList", model.deformation_ranges, range_text);
    add_list(object, "deformList", model.deformations, deformation_text);
    add_list(object, "coilModels", model.casings,
             [&](const CasingModel& casing) { return casing_text(casing, arrays); });
    add_list(object, "selfIntersectionTest", model.self_intersection_groups,
             [](const std::vector<int>& group) { return list_of(group); });
    return object.finish() + "\n";
}

void write_tcd(const std::filesystem::path& path, const CoilModel& model, ArrayFormat format) {
    write_file_bytes(path, tcd_text(model, format));
}

} // namespace corticoil::coils
