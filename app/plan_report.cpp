#include "app/plan_report.h"

#include "app/comparison.h"
#include "app/direction_words.h"
#include "app/plan_figures.h"
#include "core/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

constexpr double per_cent = 100;

std::string point_text(const Vector3& point) {
    const Vector3 mm = point * millimetres_per_metre;
    return fmt::format("{:.1f} {:.1f} {:.1f}", mm[0], mm[1], mm[2]);
}

std::string pose_text(const PlanRequest& request, const PlanResult& result) {
    const PlanRun& best = result.best;
    std::string text = fmt::format(
        "{} over {}: the best of {:.2f} million placements\n", best.request.coil.name, request.aim.name,
        static_cast<double>(result.searches[result.coil].counts.n_placements) / 1e6);
    if (!request.affected_side.empty()) text += fmt::format("  affected side: {}\n", request.affected_side);
    text +=
        fmt::format("  coil centre             {} mm", point_text(best.request.head_from_coil.translation()));
    if (request.mni) {
        text += fmt::format(" (MNI {})", point_text(request.mni->to_mni(
                                             result.places[result.shortlist.front().ranked.place].point)));
    }
    text += fmt::format("; mean E towards {}\n", towards(best.mean_field));
    return text;
}

std::string field_rows(const PlanResult& result) {
    const auto row = [](const std::string& label, double planned, double conventional,
                        const std::string& unit) {
        return fmt::format("  {:<38}{:>10}{:>14}  {}\n", label, three_digits(planned),
                           three_digits(conventional), unit);
    };
    const PlanRun& best = result.best;
    const PlanRun& usual = result.conventional;
    std::string text = fmt::format("  {:<38}{:>10}{:>14}\n", "at 1 A/µs", "planned", "conventional");
    text += row("mean |E| in the ROI", best.roi.mean_magnitude, usual.roi.mean_magnitude,
                fmt::format("V/m ({:+.1f} %)", per_cent * gain(result)));
    text += row("|mean E| in the ROI", best.roi.mean_vector_norm, usual.roi.mean_vector_norm, "V/m");
    text += row("99.9th percentile, grey matter", best.metrics.p999, usual.metrics.p999, "V/m");
    text += row("grey matter above half of it",
                best.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre / 1000,
                usual.metrics.focality_volume_50 * cubic_millimetres_per_cubic_metre / 1000, "cm3");
    if (result.wall_axis) {
        text += row("E to the normal of the sulcal walls", angle_to_wall(best, *result.wall_axis),
                    angle_to_wall(usual, *result.wall_axis), "degrees");
    }
    if (result.bank) {
        text +=
            row("E to the cortex' normal at the target", angle_between(best.mean_field, result.bank->normal),
                angle_between(usual.mean_field, result.bank->normal), "degrees");
    }
    if (best.roi.mean_magnitude_relative_error) {
        text += fmt::format(
            "  from discretisation ± {:.2g} % (not the error of the answer: see the ranges below)\n",
            per_cent * *best.roi.mean_magnitude_relative_error);
    }
    return text;
}

std::string places_text(const PlanRequest& request, const PlanResult& result) {
    if (request.places.empty()) return "";
    std::string text =
        fmt::format("  {:<38}{:>10}{:>14}\n", "|mean E| there, % of the target's", "planned", "conventional");
    for (std::size_t p = 0; p < request.places.size(); ++p) {
        const PlanPlace& place = request.places[p];
        text += fmt::format("  {:<38}{:>8.0f} %{:>12.0f} %{}\n", place.name,
                            per_cent * share_of(result.best, p), per_cent * share_of(result.conventional, p),
                            place.largest_share
                                ? fmt::format("  at most {:.0f} % asked for", per_cent * *place.largest_share)
                                : "  a target too");
    }
    return text;
}

std::string ranking_text(const PlanResult& result) {
    const planning::ShortlistedPose& first = result.shortlist.front();
    const auto by_search = std::find_if(result.shortlist.begin(), result.shortlist.end(),
                                        [](const auto& pose) { return pose.rank_by_search == 1; });
    return fmt::format(
        "  ranks of the planned pose: {} by the search, {} by parts of the ROI, {} by forward solves "
        "of {}; the search's own first gives {:.1f} % of its mean |E|\n",
        first.rank_by_search, first.rank_by_parts, first.rank_by_mean, result.shortlist.size(),
        per_cent * by_search->mean_magnitude / first.mean_magnitude);
}

std::string range_rows(const PlanResult& result) {
    std::string text = fmt::format("  {:<38}{:>10}{:>14}  {}\n", "|mean E|, % of planned", "mean",
                                   "5th percentile", "below 80 %");
    const auto row = [](const std::string& label, const planning::Spread& spread) {
        return fmt::format("  {:<38}{:>8.0f} %{:>12.0f} %  {:.1f} % of draws\n", label,
                           per_cent * spread.mean / spread.planned, per_cent * spread.p5 / spread.planned,
                           per_cent * spread.share_below_80);
    };
    for (const PlacementSpread& spread : result.placement) {
        text += row(fmt::format("placement: {} ({:g} mm, {:.0f} degrees)", spread.error.name,
                                spread.error.position * millimetres_per_metre,
                                spread.error.angle * degrees_per_radian),
                    spread.planned);
    }
    if (result.conductivity) text += row("conductivities of the literature", result.conductivity->roi);
    const StandOffField& further = result.stand_off[1];
    text += fmt::format("  {:<38}{:>8.0f} %\n",
                        fmt::format("{:g} mm further from the head", further.extra * millimetres_per_metre),
                        per_cent * further.field / result.stand_off.front().field);
    for (const LesionSpread& lesion : result.lesions) {
        text += fmt::format("  lesions as {:<27}{:>8.1f} %\n", lesion.what,
                            per_cent * lesion.field / result.best.roi.mean_vector_norm);
    }
    return text;
}

std::string dose_text(const PlanRequest& request, const PlanResult& result) {
    if (!result.dose) return "  no dose: give --motor-threshold or --e-dose\n";
    const planning::DosePlan& dose = *result.dose;
    std::string text = fmt::format("  E-matched dose          {:8.1f} %MSO for {} V/m in the ROI ({} A/µs)\n",
                                   dose.percent_mso, three_digits(dose.wanted_field),
                                   three_digits(dose.didt / ampere_per_microsecond));
    if (dose.percent_mso_of_threshold) {
        text += fmt::format(
            "  %MT dose                {:8.1f} %MSO ({:.0f} % of the {} threshold), {} V/m in the ROI\n",
            *dose.percent_mso_of_threshold, per_cent * request.fraction, request.threshold->kind,
            three_digits(*dose.field_of_threshold));
    }
    const auto range = [&](const std::vector<double>& outputs, const std::string& what) {
        if (outputs.empty()) return;
        const auto [least, most] = planning::output_range(dose.percent_mso, outputs);
        text += fmt::format("  E-matched over {:<20} {:.1f} … {:.1f} %MSO\n", what, least, most);
    };
    if (result.conductivity) range(result.conductivity->outputs, "conductivities");
    range(lesion_outputs(result), "lesion scenarios");
    for (const std::string& warning : dose.warnings) text += "  note: " + warning + "\n";
    return text;
}

std::string sham_text(const PlanResult& result) {
    std::string text =
        fmt::format("  {:<46}{:>6}{:>8}\n", "sham: E over that of the planned pose", "ROI", "scalp");
    for (const ShamPose& sham : result.shams) {
        text += fmt::format("  {:<46}{:>4.0f} %{:>6.0f} %\n", sham.name, per_cent * sham.roi_ratio,
                            per_cent * sham.scalp_ratio);
    }
    return text;
}

std::string side_text(const PlanResult& result) {
    if (!result.other_side) return "";
    return fmt::format(
        "  the other side ({}) gets {:.0f} % of this side's mean |E| under its own conventional pose\n",
        result.other_side->target, per_cent * result.other_side->other_side / result.other_side->this_side);
}

std::string implant_text(const ImplantReport& implants) {
    std::string text;
    for (const ImplantField& field : implants.fields) {
        text +=
            fmt::format("  implant {}: |B| {:.3g} µT per ampere of coil current, |dA/dt| {} V/m at 1 A/µs\n",
                        field.name, field.flux_density * 1e6, three_digits(field.rate));
    }
    if (implants.lead_voltage) {
        text += fmt::format("  lead: {} V along it at 1 A/µs, without the charges that tissue puts on it\n",
                            three_digits(std::abs(*implants.lead_voltage)));
    }
    return text;
}

} // namespace

std::string poses_as_csv(const PlanResult& result) {
    std::string csv =
        "rank,rank_by_search,rank_by_parts,objective_by_search_v_per_m,e_mean_roi_by_parts_v_per_m,"
        "e_mean_roi_v_per_m,e_mean_vector_roi_v_per_m";
    for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 4; ++column) csv += fmt::format(",m{}{}", row, column);
    }
    csv += "\n";
    for (std::size_t i = 0; i < result.shortlist.size(); ++i) {
        const planning::ShortlistedPose& pose = result.shortlist[i];
        csv += fmt::format("{},{},{},{:.6g},{:.6g},{:.6g},{:.6g}", i + 1, pose.rank_by_search,
                           pose.rank_by_parts, pose.by_search, pose.mean_by_parts, pose.mean_magnitude,
                           pose.mean_vector);
        const RigidTransform& matrix = pose.ranked.head_from_coil;
        for (int row = 0; row < 3; ++row) {
            for (int column = 0; column < 3; ++column)
                csv += fmt::format(",{:.9f}", matrix.rotation()(row, column));
            csv += fmt::format(",{:.6f}", matrix.translation()[row] * millimetres_per_metre);
        }
        csv += "\n";
    }
    return csv;
}

std::string plan_as_text(const PlanRequest& request, const PlanResult& result,
                         const ImplantReport& implants) {
    return pose_text(request, result) + field_rows(result) + places_text(request, result) +
           ranking_text(result) + range_rows(result) + dose_text(request, result) + side_text(result) +
           sham_text(result) + implant_text(implants);
}

} // namespace corticoil::app
