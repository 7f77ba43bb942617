#include "imaging/brain_classes.h"

#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

constexpr std::size_t n_classes = 3;
constexpr std::array<int, n_classes> class_labels{tissue::csf, tissue::grey_matter, tissue::white_matter};

/// Intensities of a set of voxels as counts.
struct Histogram {
    double low = 0;
    double width = 1; ///< Of one bin.
    std::vector<double> counts;

    [[nodiscard]] double centre(std::size_t bin) const {
        return low + (static_cast<double>(bin) + 0.5) * width;
    }
    [[nodiscard]] double quantile(double fraction) const {
        double total = 0;
        for (const double count : counts) total += count;
        double sum = 0;
        for (std::size_t bin = 0; bin < counts.size(); ++bin) {
            sum += counts[bin];
            if (sum >= fraction * total) return centre(bin);
        }
        return centre(counts.size() - 1);
    }
};

Histogram histogram_of(const ScalarImage& t1, const Mask& brain) {
    std::vector<float> values;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (brain.voxels[n] != 0) values.push_back(t1.voxels[n]);
    }
    constexpr std::size_t fewest = 1000; // Fewer voxels say nothing about three classes.
    if (values.size() < fewest) {
        throw Error(fmt::format("the brain has only {} voxels of the T1; does the brain mask overlap the T1?",
                                values.size()));
    }
    // Vessels and other outliers above the 99.9th percentile take no part.
    const auto top =
        values.begin() + static_cast<std::ptrdiff_t>(0.999 * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), top, values.end());
    Histogram histogram;
    histogram.low = 0;
    constexpr std::size_t n_bins = 512;
    histogram.width = static_cast<double>(*top) / n_bins;
    if (!(histogram.width > 0))
        throw Error("the T1 is 0 or less within the brain; is the brain mask on the right image?");
    histogram.counts.assign(n_bins, 0);
    for (const float value : values) {
        if (value > *top || value < 0) continue;
        const auto bin = static_cast<std::size_t>(value / histogram.width);
        histogram.counts[std::min(bin, n_bins - 1)] += 1;
    }
    return histogram;
}

/// The three tissues at 0, 2, 4 and their mixtures at 1, 3.
struct Mixture {
    static constexpr std::size_t n = 5;
    std::array<double, n> mean{};
    std::array<double, n> weight{0.1, 0.1, 0.35, 0.15, 0.3};
    std::array<double, n> deviation{};
};

Mixture start_of(const Histogram& histogram) {
    // Typical fractions in a brain mask: a tenth CSF, then half grey, then white matter.
    Mixture mixture;
    mixture.mean[0] = histogram.quantile(0.02);
    mixture.mean[2] = histogram.quantile(0.4);
    mixture.mean[4] = histogram.quantile(0.85);
    mixture.deviation.fill(0.25 * (mixture.mean[4] - mixture.mean[2]));
    return mixture;
}

void iterate(const Histogram& histogram, Mixture& mixture) {
    mixture.mean[1] = 0.5 * (mixture.mean[0] + mixture.mean[2]);
    mixture.mean[3] = 0.5 * (mixture.mean[2] + mixture.mean[4]);
    mixture.deviation[1] = 0.5 * (mixture.deviation[0] + mixture.deviation[2]);
    mixture.deviation[3] = 0.5 * (mixture.deviation[2] + mixture.deviation[4]);
    std::array<double, Mixture::n> mass{};
    std::array<double, Mixture::n> moment{};
    std::array<double, Mixture::n> square{};
    double total = 0;
    for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
        if (histogram.counts[bin] == 0) continue;
        std::array<double, Mixture::n> density{};
        double sum = 1e-300;
        for (std::size_t c = 0; c < Mixture::n; ++c) {
            const double z = (histogram.centre(bin) - mixture.mean[c]) / mixture.deviation[c];
            density[c] = mixture.weight[c] / mixture.deviation[c] * std::exp(-0.5 * z * z);
            sum += density[c];
        }
        for (std::size_t c = 0; c < Mixture::n; ++c) {
            const double share = histogram.counts[bin] * density[c] / sum;
            mass[c] += share;
            moment[c] += share * histogram.centre(bin);
            square[c] += share * histogram.centre(bin) * histogram.centre(bin);
            total += share;
        }
    }
    for (std::size_t c = 0; c < Mixture::n; ++c) {
        mixture.weight[c] = std::max(mass[c] / total, 1e-3);
        if (c % 2 != 0 || mass[c] <= 0) continue;
        mixture.mean[c] = moment[c] / mass[c];
        const double variance = square[c] / mass[c] - mixture.mean[c] * mixture.mean[c];
        mixture.deviation[c] = std::max(std::sqrt(std::max(variance, 0.0)), histogram.width);
    }
}

} // namespace

BrainIntensities fit_brain_intensities(const ScalarImage& t1, const Mask& brain) {
    const Histogram histogram = histogram_of(t1, brain);
    Mixture mixture = start_of(histogram);
    constexpr int n_iterations = 60;
    for (int iteration = 0; iteration < n_iterations; ++iteration) iterate(histogram, mixture);
    const BrainIntensities found{mixture.mean[0], mixture.mean[2], mixture.mean[4],
                                 0.5 * (mixture.deviation[2] + mixture.deviation[4])};
    constexpr double least_contrast = 0.05; // White over grey matter; a T1 has 0.2 to 0.4.
    if (!(found.grey > found.csf && found.white > (1 + least_contrast) * found.grey)) {
        throw Error(fmt::format("the brain does not show the three classes of a T1 (CSF {:.4g}, grey {:.4g}, "
                                "white matter {:.4g}); "
                                "is it T1-weighted, and is the brain mask on the right image?",
                                found.csf, found.grey, found.white));
    }
    return found;
}

LabelImage classify_brain(const ScalarImage& t1, const Mask& region, const BrainIntensities& intensities) {
    const std::array<double, n_classes> mean{intensities.csf, intensities.grey, intensities.white};
    // The region's voxels in a list, with their neighbours in it.
    std::vector<std::size_t> voxels;
    std::vector<std::int32_t> number(t1.voxels.size(), -1);
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (region.voxels[n] == 0) continue;
        number[n] = static_cast<std::int32_t>(voxels.size());
        voxels.push_back(n);
    }
    std::vector<std::array<float, n_classes>> energy(voxels.size());
    std::vector<std::array<float, n_classes>> probability(voxels.size());
    const auto normalise = [](const std::array<float, n_classes>& exponent) {
        const float least = *std::min_element(exponent.begin(), exponent.end());
        std::array<float, n_classes> result{};
        float sum = 0;
        for (std::size_t c = 0; c < n_classes; ++c) sum += result[c] = std::exp(least - exponent[c]);
        for (float& value : result) value /= sum;
        return result;
    };
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        for (std::size_t c = 0; c < n_classes; ++c) {
            const double value =
                std::clamp(static_cast<double>(t1.voxels[voxels[v]]), mean.front(), mean.back());
            const double z = (value - mean[c]) / intensities.deviation;
            energy[v][c] = static_cast<float>(0.5 * z * z);
        }
        probability[v] = normalise(energy[v]);
    }
    // Mean field: energy of class c = ½ ((y − μ_c)/σ)² − β Σ over neighbours of their probability of c.
    constexpr float coupling = 0.35F; // β: weak, so that thin sulci and gyri of a voxel or two survive.
    constexpr int n_iterations = 4;
    const auto row = static_cast<std::ptrdiff_t>(t1.size[0]);
    const std::ptrdiff_t slice = row * t1.size[1];
    const auto n_all = static_cast<std::ptrdiff_t>(t1.voxels.size());
    for (int iteration = 0; iteration < n_iterations; ++iteration) {
        std::vector<std::array<float, n_classes>> next(voxels.size());
        for (std::size_t v = 0; v < voxels.size(); ++v) {
            std::array<float, n_classes> total = energy[v];
            for (const std::ptrdiff_t step :
                 {std::ptrdiff_t{-1}, std::ptrdiff_t{1}, -row, row, -slice, slice}) {
                const std::ptrdiff_t neighbour = static_cast<std::ptrdiff_t>(voxels[v]) + step;
                if (neighbour < 0 || neighbour >= n_all || number[static_cast<std::size_t>(neighbour)] < 0)
                    continue;
                const auto& there =
                    probability[static_cast<std::size_t>(number[static_cast<std::size_t>(neighbour)])];
                for (std::size_t c = 0; c < n_classes; ++c) total[c] -= coupling * there[c];
            }
            next[v] = normalise(total);
        }
        probability = std::move(next);
    }
    LabelImage labels(t1.size, t1.head_from_voxel);
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        const auto best =
            std::max_element(probability[v].begin(), probability[v].end()) - probability[v].begin();
        labels.voxels[voxels[v]] = static_cast<std::uint8_t>(class_labels[static_cast<std::size_t>(best)]);
    }
    return labels;
}

} // namespace corticoil::imaging
