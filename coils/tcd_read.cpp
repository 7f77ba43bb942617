#include "coils/compact_json.h"
#include "coils/encoded_array.h"
#include "coils/file_bytes.h"
#include "coils/tcd_file.h"
#include "coils/tcd_object.h"
#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::coils {

namespace {

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

Eigen::Matrix3Xd in_metres(const Eigen::Matrix3Xd& millimetres) {
    // A division, because tcd_write.cpp looks for the number whose quotient this is.
    return millimetres / millimetres_per_metre;
}

SampledPotential read_grid(const TcdObject& element) {
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

ElementSource read_source(const TcdObject& element) {
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

CoilElement read_element(const TcdObject& element) {
    CoilElement result;
    result.name = element.text("name");
    result.stimulator = element.index("stimulator");
    result.casing = element.optional_index("elementCasing");
    result.deformations = element.indices("deformations");
    result.source = read_source(element);
    return result;
}

Stimulator read_stimulator(const TcdObject& stimulator) {
    Stimulator result;
    result.name = stimulator.text("name");
    result.brand = stimulator.text("brand");
    // 0 stands for not known, as in .ccd headers.
    if (stimulator.has("maxdIdt") && stimulator.number("maxdIdt") != 0)
        result.largest_didt = stimulator.number("maxdIdt");
    stimulator.for_each("waveformList", [&](const TcdObject& waveform) {
        result.waveforms.push_back({waveform.text("name"), waveform.series("time"), waveform.series("signal"),
                                    waveform.series("fit")});
    });
    return result;
}

DeformationRange read_range(const TcdObject& range) {
    const NumberList* limits = range.numbers("range", 1);
    if (!limits || limits->values.size() != 2) range.fail("range", "must be [minimum, maximum]");
    return {range.number("initial"), limits->values[0], limits->values[1]};
}

Deformation read_deformation(const TcdObject& deformation) {
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

CasingModel read_casing(const TcdObject& casing) {
    for (const char* key : {"points", "faces"}) {
        if (!casing.has(key)) casing.fail(key, "is missing; a casing has 'points' and 'faces'");
    }
    CasingModel result;
    result.surface = {in_metres(casing.vectors("points")), casing.triangles("faces")};
    result.minimum_distance_points = in_metres(casing.vectors("minDistancePoints"));
    return result;
}

std::vector<std::vector<int>> read_groups(const TcdObject& file) {
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

CoilModel read_model(const TcdObject& file) {
    CoilModel model;
    model.name = file.text("name");
    model.brand = file.text("brand");
    model.version = file.text("version");
    if (const auto limits = file.matrix("limits", 3, 2)) model.limits = *limits / millimetres_per_metre;
    if (const auto resolution = file.vector("resolution")) model.resolution = in_metres(*resolution);
    model.casing = file.optional_index("coilCasing");
    file.for_each("deformRangeList",
                  [&](const TcdObject& range) { model.deformation_ranges.push_back(read_range(range)); });
    file.for_each("deformList", [&](const TcdObject& deformation) {
        model.deformations.push_back(read_deformation(deformation));
    });
    file.for_each("stimulatorList", [&](const TcdObject& stimulator) {
        model.stimulators.push_back(read_stimulator(stimulator));
    });
    file.for_each("coilModels",
                  [&](const TcdObject& casing) { model.casings.push_back(read_casing(casing)); });
    for (const char* key : {"coilElementList", "stimulatorList"}) {
        if (!file.has(key))
            file.fail(key, "is missing; a .tcd file has at least one element and one stimulator");
    }
    file.for_each("coilElementList",
                  [&](const TcdObject& element) { model.elements.push_back(read_element(element)); });
    model.self_intersection_groups = read_groups(file);
    return model;
}

} // namespace

CoilModel parse_tcd(std::string_view bytes, const std::string& name) {
    DecompressionBudget budget;
    const JsonObject top = read_compact_json(bytes, name, tcd_scope());
    CoilModel model = read_model(TcdObject(top, name + ": ", budget));
    check(model, name);
    return model;
}

CoilModel read_tcd(const std::filesystem::path& path) {
    CoilModel model = parse_tcd(read_file_bytes(path), path.string());
    if (model.name.empty()) model.name = path.stem().string();
    return model;
}

} // namespace corticoil::coils
