#include "app/comparison.h"
#include "core/constants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace corticoil::app {

namespace {

constexpr double per_cent = 100;

/// A table with a column per coil.
class Table {
  public:
    explicit Table(const std::vector<ComparedCoil>& coils) : coils_(coils) {
        for (const ComparedCoil& coil : coils) width_ = std::max(width_, coil.folder.size() + 2);
        row("", [](const ComparedCoil& coil) { return coil.folder; });
    }

    void heading(const std::string& text) { text_ += text + "\n"; }

    void row(const std::string& label, const std::function<std::string(const ComparedCoil&)>& cell) {
        text_ += fmt::format("{:<{}}", label, label_width_);
        for (const ComparedCoil& coil : coils_) text_ += fmt::format("{:>{}}", cell(coil), width_);
        text_ += "\n";
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    static constexpr std::size_t label_width_ = 44;
    const std::vector<ComparedCoil>& coils_;
    std::size_t width_ = 14;
    std::string text_;
};

std::string number_or_dash(const std::optional<double>& value, double factor = 1) {
    return value ? three_digits(*value * factor) : "-";
}

/// Of the stimulator's output, with a mark where that is more than it has.
std::string output_needed(const planning::Dose& dose) {
    if (!dose.percent_mso) return "-";
    return fmt::format("{:.1f}{}", *dose.percent_mso, dose.exceeds_output().value() ? " (!)" : "");
}

void add_matched_rows(Table& table, const Comparison& comparison) {
    const auto factor = [&](const ComparedCoil& coil) { return coil.factor_for_mean(comparison.roi_mean); };
    const auto dose = [&](const ComparedCoil& coil) {
        return planning::dose_at(coil.request.coil, factor(coil) * comparison.didt);
    };
    table.heading(fmt::format("Each at the dose that gives a mean of {} V/m in the ROI",
                              three_digits(comparison.roi_mean)));
    table.row("  dI/dt, A/µs", [&](const ComparedCoil& coil) {
        return three_digits(dose(coil).didt / ampere_per_microsecond);
    });
    table.row("  % of the stimulator's output",
              [&](const ComparedCoil& coil) { return output_needed(dose(coil)); });
    table.row("  99.9th percentile, grey matter, V/m",
              [&](const ComparedCoil& coil) { return three_digits(factor(coil) * coil.metrics.p999); });
    table.row("  99th percentile, scalp, V/m",
              [&](const ComparedCoil& coil) { return number_or_dash(coil.p99_scalp, factor(coil)); });
    if (comparison.coils.front().p99_eyes) {
        table.row("  99th percentile, eyes, V/m",
                  [&](const ComparedCoil& coil) { return number_or_dash(coil.p99_eyes, factor(coil)); });
    }
    for (std::size_t i = 0; i < comparison.regions.size(); ++i) {
        const planning::Region& region = comparison.regions[i];
        table.row(
            fmt::format("  mean in {}{}, V/m", region.name, region.overlaps_roi ? " outside the ROI" : ""),
            [&](const ComparedCoil& coil) { return three_digits(factor(coil) * coil.region_means[i]); });
    }
    const std::vector<double>& depths = comparison.coils.front().profile.depths;
    for (std::size_t i = 1; i < depths.size(); i += 2) {
        table.row(fmt::format("  {:.0f} mm under the scalp, V/m", depths[i] * millimetres_per_metre),
                  [&](const ComparedCoil& coil) {
                      return number_or_dash(coil.profile.magnitudes[i], factor(coil));
                  });
    }
}

} // namespace

std::string three_digits(double value) {
    constexpr int most_decimals = 6;
    const double magnitude = std::abs(value);
    const int decimals = magnitude > 0 ? 2 - static_cast<int>(std::floor(std::log10(magnitude))) : 2;
    return fmt::format("{:.{}f}", value, std::clamp(decimals, 0, most_decimals));
}

std::string comparison_as_text(const Comparison& comparison) {
    Table table(comparison.coils);
    table.row("lift beyond the stand-off, mm", [](const ComparedCoil& coil) {
        return fmt::format("{:.1f}", coil.lift * millimetres_per_metre);
    });
    table.row("clearance of casing and scalp, mm", [](const ComparedCoil& coil) {
        return fmt::format("{:.1f}", coil.clearance * millimetres_per_metre);
    });
    table.heading("Whatever the dose");
    table.row("  selectivity: mean in the ROI / 99.9th perc.",
              [](const ComparedCoil& coil) { return fmt::format("{:.2f}", coil.selectivity()); });
    table.row("  grey matter above 50 % of 99.9th perc., ml", [](const ComparedCoil& coil) {
        return three_digits(coil.metrics.focality_volume_50 * millilitres_per_cubic_metre);
    });
    table.row("  grey matter above 75 % of 99.9th perc., ml", [](const ComparedCoil& coil) {
        return three_digits(coil.metrics.focality_volume_75 * millilitres_per_cubic_metre);
    });
    table.heading(fmt::format("All at {:g} A/µs", comparison.didt / ampere_per_microsecond));
    table.row("  mean in the ROI, V/m",
              [](const ComparedCoil& coil) { return three_digits(coil.metrics.roi->mean_magnitude); });
    table.row("    ± % from discretisation alone", [](const ComparedCoil& coil) {
        const std::optional<double> error = coil.metrics.roi->mean_magnitude_relative_error;
        return error ? fmt::format("{:.1f}", per_cent * *error) : "-";
    });
    table.row("  99.9th percentile, grey matter, V/m",
              [](const ComparedCoil& coil) { return three_digits(coil.metrics.p999); });
    table.heading("Each at 100 % of its stimulator's output");
    table.row("  mean in the ROI, V/m", [](const ComparedCoil& coil) {
        return number_or_dash(coil.factor_for_full_output(), coil.metrics.roi->mean_magnitude);
    });
    add_matched_rows(table, comparison);
    return table.text();
}

std::string comparison_as_csv(const Comparison& comparison) {
    const nlohmann::json json = comparison_as_json(comparison);
    std::vector<std::string> keys{"didt_a_per_s",      "percent_mso",         "e_mean_roi_v_per_m",
                                  "e_p999_gm_v_per_m", "e_p99_scalp_v_per_m", "e_p99_eyes_v_per_m"};
    const std::vector<std::string> coil_keys{
        "lift_mm",     "clearance_mm",           "e_mean_roi_relative_error",
        "selectivity", "focality_volume_50_mm3", "focality_volume_75_mm3"};
    std::string text = "coil,matched_by";
    for (const std::string& key : keys) text += "," + key;
    for (const std::string& key : coil_keys) text += "," + key;
    for (const planning::Region& region : comparison.regions) text += "," + region.name + "_mean_v_per_m";
    text += "\n";
    const auto cell = [](const nlohmann::json& value) { return value.is_null() ? "" : value.dump(); };
    for (const nlohmann::json& coil : json.at("coils")) {
        for (const char* matching : {"equal_didt", "equal_mso", "equal_roi_mean"}) {
            const nlohmann::json& dose = coil.at(matching);
            if (dose.is_null()) continue;
            text += coil.at("name").get<std::string>() + "," + matching;
            for (const std::string& key : keys) text += "," + cell(dose.at(key));
            for (const std::string& key : coil_keys) text += "," + cell(coil.at(key));
            for (const planning::Region& region : comparison.regions)
                text += "," + cell(dose.at("e_mean_regions_v_per_m").at(region.name));
            text += "\n";
        }
    }
    return text;
}

} // namespace corticoil::app
