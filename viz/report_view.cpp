#include "viz/report_view.h"

#include "core/base64.h"
#include "core/constants.h"
#include "core/error.h"
#include "viz/ambient_shading.h"
#include "viz/decimated_surface.h"
#include "viz/field_bodies.h"
#include "viz/field_rendering.h"
#include "viz/picture_theme.h"
#include "viz/report_assets.h"
#include "viz/solid_shapes.h"
#include "viz/surface_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace corticoil::viz {

namespace {

static_assert(std::endian::native == std::endian::little, "the view reads little-endian numbers");

constexpr double most_counts = 65535; ///< Of 16 bits.
constexpr Colour skin{0.80F, 0.66F, 0.58F};

template <typename T>
std::string encoded(const std::vector<T>& values) {
    return to_base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        // Also < : the data stand in a script element.
        if (c == '"' || c == '\\' || c == '<' || static_cast<unsigned char>(c) < 0x20) {
            result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result + "\"";
}

std::string list(const Vector3& v) {
    return fmt::format("[{:.5g},{:.5g},{:.5g}]", v[0], v[1], v[2]);
}

std::string list(const Colour& colour) {
    return fmt::format("[{:.3f},{:.3f},{:.3f}]", colour.red, colour.green, colour.blue);
}

/// The members of a surface: positions as counts of one step from the lowest corner, triangles as indices of
/// 16 bits where they suffice.
std::string surface_members(const SurfaceMesh& surface) {
    const Vector3 low = surface.nodes.rowwise().minCoeff() * millimetres_per_metre;
    const Vector3 high = surface.nodes.rowwise().maxCoeff() * millimetres_per_metre;
    const double step = std::max((high - low).maxCoeff(), 1e-6) / most_counts;
    std::vector<std::uint16_t> points;
    points.reserve(3 * static_cast<std::size_t>(surface.n_nodes()));
    for (int node = 0; node < surface.n_nodes(); ++node) {
        const Vector3 counts = (surface.nodes.col(node) * millimetres_per_metre - low) / step;
        for (const double count : counts)
            points.push_back(static_cast<std::uint16_t>(std::lround(std::clamp(count, 0.0, most_counts))));
    }
    const bool is_wide = surface.n_nodes() > static_cast<int>(most_counts);
    const std::vector<std::uint32_t> wide(surface.triangles.data(),
                                          surface.triangles.data() + surface.triangles.size());
    const std::string triangles =
        is_wide ? encoded(wide) : encoded(std::vector<std::uint16_t>(wide.begin(), wide.end()));
    return fmt::format(R"("low":{},"step":{:.9g},"points":"{}","wide":{},"triangles":"{}")", list(low), step,
                       encoded(points), is_wide, triangles);
}

std::string body(const char* group, const SurfaceMesh& surface, const Colour& colour, double opacity) {
    return fmt::format(R"({{"group":"{}","colour":{},"opacity":{},{}}})", group, list(colour), opacity,
                       surface_members(surface));
}

/// The coil, the marks at it and the outline of the region of interest.
std::string bodies(const FieldScene& scene, const SurfaceMesh& cortex, const ReportViewOptions& options) {
    std::vector<std::string> parts;
    const auto add = [&](const char* group, const SurfaceMesh& surface, const Colour& colour,
                         double opacity) {
        if (surface.n_triangles() > 0) parts.push_back(body(group, surface, colour, opacity));
    };
    constexpr double handle_radius = 0.0030; // [m]
    constexpr double arrow_radius = 0.0018;
    constexpr double outline_radius = 0.0005;
    constexpr double casing_opacity = 0.22;
    const CoilMarks marks = coil_marks(scene);
    Points handle(3, 2);
    handle << marks.handle_start, marks.handle_end;
    add("coil", tube(handle, handle_radius), PictureTheme{}.handle, 1);
    if (marks.induced)
        add("coil", arrow(marks.induced->first, marks.induced->second, arrow_radius), induced_colour, 1);
    if (!scene.windings.empty()) {
        const SurfaceMesh windings = winding_body(scene, false).surface;
        add("coil", decimated(windings, options.most_coil_triangles).surface, copper, 1);
    }
    if (scene.casing && scene.casing->n_triangles() > 0) {
        add("coil", decimated(*scene.casing, options.most_coil_triangles).surface, casing_colour,
            casing_opacity);
    }
    if (scene.roi_radius > 0) {
        std::vector<SurfaceMesh> outline;
        for (const Points& piece : sphere_cut(cortex, scene.roi_centre, scene.roi_radius))
            outline.push_back(tube(piece, outline_radius));
        add("roi", joined(outline), black, 1);
    }
    return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string place_object(const ReportPlace& place, const DecimatedSurface& cortex,
                         const ReportViewOptions& options) {
    const Eigen::VectorXd& all = place.scene.magnitude;
    const double scale = all.maxCoeff() / most_counts;
    std::vector<std::uint16_t> magnitude;
    magnitude.reserve(cortex.nearest.size());
    for (const int node : cortex.nearest)
        magnitude.push_back(static_cast<std::uint16_t>(std::lround(std::max(0.0, all[node]) / scale)));
    return fmt::format(R"({{"name":{},"outward":{},"scale":{:.9g},"magnitude":"{}","bodies":{}}})",
                       quoted(place.name), list(-place.scene.head_from_coil.rotation().col(2)), scale,
                       encoded(magnitude), bodies(place.scene, cortex.surface, options));
}

std::string cortex_object(const SurfaceMesh& original, const DecimatedSurface& cortex) {
    const Eigen::VectorXd openness = node_openness(original);
    std::vector<std::uint8_t> shade;
    shade.reserve(cortex.nearest.size());
    for (const int node : cortex.nearest) shade.push_back(to_byte(static_cast<float>(openness[node])));
    return fmt::format(R"({{{},"shade":"{}"}})", surface_members(cortex.surface), encoded(shade));
}

std::string colour_table() {
    constexpr int n_colours = 256;
    std::vector<std::uint8_t> table;
    for (int i = 0; i < n_colours; ++i) {
        const Colour colour = field_colour(static_cast<double>(i) / (n_colours - 1));
        for (const float channel : {colour.red, colour.green, colour.blue}) table.push_back(to_byte(channel));
    }
    return encoded(table);
}

std::string rate_text(double didt) {
    return fmt::format("{:.3g} A/µs", std::abs(didt) / ampere_per_microsecond);
}

void check_places(const std::vector<ReportPlace>& places) {
    CORTICOIL_ASSERT(!places.empty());
    const FieldScene& first = places.front().scene;
    for (const ReportPlace& place : places) {
        check(place.scene);
        if (!place.scene.magnitude.allFinite()) {
            throw Error(
                fmt::format("{}: |E| on the cortex is not a finite number; simulate again", place.name));
        }
        CORTICOIL_ASSERT(place.scene.magnitude.size() == first.magnitude.size());
    }
}

} // namespace

bool has_report_view() {
    return !report_script().empty();
}

std::string report_view_data(const std::vector<ReportPlace>& places, const ReportViewOptions& options) {
    check_places(places);
    const FieldScene& first = places.front().scene;
    double cap = 0;
    for (const ReportPlace& place : places)
        cap = std::max(cap, colour_cap(place.scene, options.cap_percentile));
    const DecimatedSurface cortex = decimated(first.cortex, options.most_cortex_triangles);
    std::vector<std::string> objects;
    for (const ReportPlace& place : places) objects.push_back(place_object(place, cortex, options));
    std::string scalp = "null";
    if (first.scalp.n_triangles() > 0) {
        scalp = fmt::format(
            R"({{"colour":{},{}}})", list(skin),
            surface_members(decimated(scalp_without_neck(first), options.most_scalp_triangles).surface));
    }
    const std::string note =
        fmt::format("the scale ends at the {:g}th percentile over the cortex{}", options.cap_percentile,
                    places.size() > 1 ? " of the strongest" : "");
    return fmt::format(
        R"({{"label":{},"choice_label":{},"didt_text":{},"cap":{:.9g},"cap_text":"{:.3g}","cap_note":{},)"
        R"("ticks":["0","{:.2g}","≥ {:.3g}"],"colours":"{}","cortex":{},"scalp":{},"places":[{}]}})",
        quoted(options.label), quoted(options.choice_label), quoted(rate_text(first.didt)), cap, cap,
        quoted(note), cap / 2, cap, colour_table(), cortex_object(first.cortex, cortex), scalp,
        fmt::join(objects, ","));
}

} // namespace corticoil::viz
