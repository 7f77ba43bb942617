// How good the head is: the report's section.
#include "app/comparison.h"
#include "app/report_sections.h"
#include "core/tissue.h"
#include "io/json_file.h"

#include <fmt/format.h>

#include <algorithm>

namespace corticoil::app {

namespace {

using Json = nlohmann::json;

std::string spaced(std::string key) {
    std::replace(key.begin(), key.end(), '_', ' ');
    return key;
}

std::string tissue_name(const std::string& key) {
    const std::optional<TissueInfo> tissue = find_tissue(key);
    return tissue ? std::string(tissue->display_name) : spaced(key);
}

std::string range_text(const Json& range, int decimals) {
    if (!range.is_array() || range.size() != 2) return "–";
    return fmt::format("{:.{}f} to {:.{}f}", range[0].get<double>(), decimals, range[1].get<double>(),
                       decimals);
}

void add_volumes(viz::ReportPage& page, const Json& volumes) {
    if (!volumes.is_object()) return;
    viz::ReportTable table{
        "Volumes beside those of healthy adults", {"", "this head", "healthy adults", ""}, {}};
    std::vector<std::string> sources;
    for (const auto& [key, volume] : volumes.items()) {
        const bool is_usual = volume.value("is_usual", true);
        const std::string name =
            key == "csf_share" ? "CSF, share of the intracranial space" : tissue_name(key);
        const std::string value =
            fmt::format("{:.0f} {}", volume.value("value", 0.0), volume.value("unit", ""));
        table.rows.push_back({name, is_usual ? viz::Html(value) : viz::strong(value),
                              range_text(at(volume, "healthy"), 0) + " " + volume.value("unit", ""),
                              is_usual ? viz::Html("within") : viz::strong("outside")});
        const std::string source = volume.value("source", "");
        if (std::find(sources.begin(), sources.end(), source) == sources.end()) sources.push_back(source);
    }
    page.table(table);
    page.paragraph(fmt::format("Ranges: {}.", fmt::join(sources, "; ")));
}

void add_thickness(viz::ReportPage& page, const Json& regions) {
    if (!regions.is_array() || regions.empty()) return;
    viz::ReportTable table{"Thickness above the skull base in mm: median (5th to 95th percentile)",
                           {"region", "scalp", "skull", "skull, healthy adults", "CSF"},
                           {}};
    const auto layer = [](const Json& region, const char* key) {
        const Json layers = at(region, key);
        if (!layers.is_object()) return std::string("–");
        return fmt::format("{:.1f} ({:.1f} to {:.1f})", layers.value("median", 0.0),
                           layers.value("percentile_5", 0.0), layers.value("percentile_95", 0.0));
    };
    for (const Json& region : regions) {
        table.rows.push_back({region.value("region", ""), layer(region, "scalp"), layer(region, "skull"),
                              range_text(at(region, "skull_healthy"), 1), layer(region, "csf")});
    }
    page.table(table);
    page.paragraph(fmt::format("Skull of healthy adults: {}.", regions.front().value("skull_source", "")));
}

void add_mesh(viz::ReportPage& page, const Json& mesh) {
    const Json quality = at(mesh, "quality");
    if (!quality.is_object()) return;
    page.subsection("Mesh");
    page.paragraph(fmt::format("{:.2f} million tetrahedra, {:.2f} million nodes, {} inverted, {} {}. "
                               "Dihedral angles {:.1f}° to {:.1f}° (1 % of "
                               "tetrahedra have one below {:.1f}°).",
                               quality.value("tetrahedra", 0.0) / 1e6, quality.value("nodes", 0.0) / 1e6,
                               quality.value("inverted", 0), quality.value("parts", 0),
                               quality.value("parts", 0) == 1 ? "part" : "parts",
                               quality.value("dihedral_min_deg", 0.0), quality.value("dihedral_max_deg", 0.0),
                               quality.value("dihedral_percentile_1_deg", 0.0)));
    viz::ReportTable table{
        "Tissues of the mesh",
        {"", "tetrahedra", "mean edge, mm", "volume, ml", "boundary off the label map, mm"},
        {}};
    const Json tissues = at(quality, "tissues");
    for (const auto& [key, tissue] : tissues.items()) {
        table.rows.push_back({tissue_name(key), fmt::format("{}", tissue.value("tetrahedra", 0)),
                              figure_text(at(tissue, "edge_mean_mm")),
                              figure_text(at(tissue, "volume_mm3"), 1e-3),
                              figure_text(at(tissue, "boundary_distance_mean_mm"))});
    }
    page.table(table);
}

} // namespace

void add_head_section(viz::ReportPage& page, const ReportedHead& head) {
    page.section("head", "The head");
    if (!head.subject) {
        page.notice(head.why_missing + " Its quality is not shown.");
        return;
    }
    const Json files = at(head.description, "files");
    const Json tissues = at(files, "tissues.nii.gz");
    const Json mesh = at(files, "head.msh");
    const Json t1 = at(files, "t1.nii.gz");
    if (t1.is_object() && t1.contains("source")) page.paragraph("T1: " + t1.value("source", "") + ".");
    Json warnings = at(tissues, "warnings");
    if (!warnings.is_array()) warnings = Json::array();
    const Json of_mesh = at(mesh, "warnings");
    if (of_mesh.is_array()) warnings.insert(warnings.end(), of_mesh.begin(), of_mesh.end());
    add_warnings(page, warnings);
    const Json quality = at(tissues, "quality");
    if (quality.is_object()) {
        page.subsection("Segmentation");
        add_volumes(page, at(quality, "volumes"));
        add_thickness(page, at(quality, "thickness_mm"));
        const Json layers = at(quality, "layers");
        if (layers.is_object()) {
            page.paragraph(fmt::format(
                "CSF lies under bone over {:.1f} %, bone under scalp over {:.1f} %, brain under "
                "CSF over {:.1f} % of the surface.",
                layers.value("csf_under_bone_percent", 0.0), layers.value("bone_under_scalp_percent", 0.0),
                layers.value("brain_under_csf_percent", 0.0)));
        }
    }
    const Json lesions = at(tissues, "lesions");
    if (lesions.is_object()) page.table(table_of("Lesions that were given as masks", lesions));
    add_mesh(page, mesh);
}

} // namespace corticoil::app
