#include "app/segmentation_quality.h"

#include "core/constants.h"
#include "core/tissue.h"
#include "imaging/normal_ranges.h"
#include "imaging/thickness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace corticoil::app {

namespace {

using imaging::LayerQuality;
using imaging::NormalRange;
using imaging::RegionThickness;
using imaging::ThicknessSpread;

constexpr double square_centimetres_per_square_metre = 1e4;
/// The layers of a head lie in order over all but this share of the skull.
constexpr double layers_out_of_order = 1e-3;
/// Less of a region than this in the image says nothing [m²].
constexpr double smallest_region = 5e-4;

struct Volume {
    const NormalRange* range;
    double value;
};

/// In the units of their ranges, in the order of normal_volumes.
std::vector<Volume> volumes_of(const std::array<double, 256>& volumes) {
    const auto ml = [&](int label) {
        return volumes[static_cast<std::size_t>(label)] * millilitres_per_cubic_metre;
    };
    // Lesions are white matter that is ill.
    const double white = ml(tissue::white_matter) + ml(tissue::lesion) + ml(tissue::black_hole);
    const double brain = white + ml(tissue::grey_matter);
    const double intracranial = brain + ml(tissue::csf);
    const double csf_percent = intracranial > 0 ? 100 * ml(tissue::csf) / intracranial : 0;
    const std::array<double, imaging::normal_volumes.size()> values{
        intracranial, brain, ml(tissue::grey_matter), white, csf_percent};
    std::vector<Volume> result;
    for (std::size_t n = 0; n < values.size(); ++n)
        result.push_back({&imaging::normal_volumes[n], values[n]});
    return result;
}

void assess_volumes(const std::array<double, 256>& volumes, SegmentationQuality& quality) {
    quality.json["volumes"] = nlohmann::json::object();
    quality.table += fmt::format("  {:42} {:>8}   healthy adults\n", "Within the field of view", "");
    for (const auto& [range, value] : volumes_of(volumes)) {
        const bool is_usual = value >= range->least && value <= range->most;
        quality.json["volumes"][std::string(range->key)] = {{"value", value},
                                                            {"unit", range->unit},
                                                            {"healthy", {range->least, range->most}},
                                                            {"is_usual", is_usual},
                                                            {"source", range->source}};
        quality.table += fmt::format("  {:42} {:>5.0f} {:2}   {:.0f} to {:.0f}{}\n", range->name, value,
                                     range->unit, range->least, range->most, is_usual ? "" : "  (unusual)");
        if (is_usual) continue;
        quality.warnings.push_back(fmt::format("{} has {:.0f} {}, healthy adults {:.0f} to {:.0f} {} ({}): "
                                               "look at the outlines in segmentation.png",
                                               range->name, value, range->unit, range->least, range->most,
                                               range->unit, range->source));
    }
}

nlohmann::json as_json(const ThicknessSpread& spread) {
    return {{"percentile_5", spread.percentile_5 * millimetres_per_metre},
            {"median", spread.median * millimetres_per_metre},
            {"percentile_95", spread.percentile_95 * millimetres_per_metre}};
}

const NormalRange& skull_range_of(const std::string& region) {
    return *std::find_if(imaging::normal_skull_thickness.begin(), imaging::normal_skull_thickness.end() - 1,
                         [&](const NormalRange& range) { return region.ends_with(range.key); });
}

void assess_region(const RegionThickness& region, SegmentationQuality& quality) {
    if (region.area < smallest_region) {
        quality.table += fmt::format("  {:20} not in the image\n", region.name);
        return;
    }
    const NormalRange& usual = skull_range_of(region.name);
    const double skull = region.skull.median * millimetres_per_metre;
    const double csf = region.csf.median * millimetres_per_metre;
    const bool is_usual = skull >= usual.least && skull <= usual.most;
    quality.json["thickness_mm"].push_back({{"region", region.name},
                                            {"area_cm2", region.area * square_centimetres_per_square_metre},
                                            {"skull", as_json(region.skull)},
                                            {"skull_healthy", {usual.least, usual.most}},
                                            {"skull_source", usual.source},
                                            {"csf", as_json(region.csf)},
                                            {"scalp", as_json(region.scalp)}});
    quality.table += fmt::format("  {:20} {:5.1f} ({:3.1f} to {:4.1f}){:9} {:11.1f} {:7.1f}\n", region.name,
                                 skull, usual.least, usual.most, is_usual ? "" : "  unusual", csf,
                                 region.scalp.median * millimetres_per_metre);
    if (!is_usual) {
        quality.warnings.push_back(fmt::format("skull is {:.1f} mm thick over the {} region, in healthy "
                                               "adults {:.1f} to {:.1f} mm ({}): look at it in "
                                               "segmentation.png; the field under it depends on it",
                                               skull, region.name, usual.least, usual.most, usual.source));
    }
    if (csf > imaging::widest_usual_csf_mm) {
        quality.warnings.push_back(fmt::format("CSF is {:.1f} mm thick over the {} region, twice as much as "
                                               "in healthy adults (up to 3 mm, Rice et al. "
                                               "2013, NeuroImage 64:476): atrophy, or dura and marrow that "
                                               "are taken for CSF; it weakens the field in "
                                               "the cortex below",
                                               csf, region.name));
    }
}

void assess_order(const LayerQuality& layers, SegmentationQuality& quality) {
    quality.json["layers"] = {
        {"nested_percent", 100 * layers.nested()},
        {"csf_under_bone_percent", 100 * layers.csf_under_bone},
        {"bone_under_scalp_percent", 100 * layers.bone_under_scalp},
        {"brain_under_csf_percent", 100 * layers.brain_under_csf},
        {"skull_inner_area_cm2", layers.inner_area * square_centimetres_per_square_metre}};
    if (!(layers.inner_area > 0)) return; // Without a skull there is no order to be out of.
    quality.table +=
        fmt::format("  Above the skull base ({:.0f} cm²) brain, CSF, bone and scalp lie in this order over "
                    "{:.2f} %\n",
                    layers.inner_area * square_centimetres_per_square_metre, 100 * layers.nested());
    const auto warn = [&](double share, const char* what) {
        if (share >= 1 - layers_out_of_order) return;
        quality.warnings.push_back(
            fmt::format("{} over {:.2f} % of its surface: current would short-circuit or stop "
                        "there; correct the labels and import them with --labels",
                        what, 100 * (1 - share)));
    };
    warn(layers.csf_under_bone, "the skull's inside is not CSF under bone");
    warn(layers.bone_under_scalp, "the skull's outside is not bone under scalp");
    warn(layers.brain_under_csf, "the brain touches bone, scalp or air");
}

} // namespace

SegmentationQuality assess_segmentation(const SegmentedHead& head) {
    SegmentationQuality quality;
    quality.json = nlohmann::json::object();
    assess_volumes(head.volumes, quality);
    if (!head.mni) return quality;
    const LayerQuality layers = imaging::measure_layers(head.tissues, *head.mni);
    quality.json["thickness_mm"] = nlohmann::json::array();
    quality.table += fmt::format("  {:20} {:28} {:>10} {:>7}\n", "Median thickness, mm",
                                 "skull (healthy adults)", "CSF", "scalp");
    for (const RegionThickness& region : layers.regions) assess_region(region, quality);
    assess_order(layers, quality);
    return quality;
}

void add_quality(SegmentedHead& head, Session& session) {
    SegmentationQuality quality = assess_segmentation(head);
    for (const std::string& warning : quality.warnings) session.warn(warning);
    head.quality = std::move(quality.json);
    head.quality_table = std::move(quality.table);
}

} // namespace corticoil::app
