#include "imaging/brain_classes.h"

#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::imaging {

namespace {

constexpr std::array<int, n_brain_classes> class_labels{tissue::csf, tissue::grey_matter,
                                                        tissue::white_matter, tissue::grey_matter};
/// Place of deep grey matter among the classes.
constexpr std::size_t deep = 3;
/// Deep grey matter is a class, and left out of the others' fit, only where it is twice as likely as all
/// else: with a mean half-way to white matter it would take the internal capsule. Its own mean comes from
/// where it is nearly sure.
constexpr float likely_deep = 2.0F / 3;
constexpr float surely_deep = 0.8F;
/// Least prior of a class: a template never rules out what the T1 shows.
constexpr float least_prior = 0.05F;

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

float value_of(const ScalarImage& image, std::size_t n) {
    return image.voxels.empty() ? 0.0F : image.voxels[n];
}

Histogram histogram_of(const ScalarImage& t1, const Mask& brain, const ScalarImage& deep_prior) {
    std::vector<float> values;
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (brain.voxels[n] != 0 && value_of(deep_prior, n) < likely_deep) values.push_back(t1.voxels[n]);
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

/// The median of what is surely deep grey matter and neither CSF nor white matter; 0 where there are few.
double fit_deep_grey(const ScalarImage& t1, const Mask& brain, const ScalarImage& deep_prior,
                     const BrainIntensities& found) {
    std::vector<float> values;
    const double darkest = 0.5 * (found.csf + found.grey);
    for (std::size_t n = 0; n < deep_prior.voxels.size(); ++n) {
        const double value = t1.voxels[n];
        if (brain.voxels[n] != 0 && deep_prior.voxels[n] > surely_deep && value > darkest &&
            value < found.white) {
            values.push_back(t1.voxels[n]);
        }
    }
    constexpr std::size_t fewest = 100;
    if (values.size() < fewest) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    // Nearer to white matter than this (share of the way from cortex) the atlas lies beside the nuclei; they
    // have 0.3 to 0.6 of it.
    constexpr double most_like_white = 0.75;
    if (*middle > found.grey + most_like_white * (found.white - found.grey)) return 0;
    return std::max(static_cast<double>(*middle), found.grey);
}

} // namespace

BrainIntensities fit_brain_intensities(const ScalarImage& t1, const Mask& brain, const BrainPriors& priors) {
    const Histogram histogram = histogram_of(t1, brain, priors.deep_grey);
    Mixture mixture = start_of(histogram);
    constexpr int n_iterations = 60;
    for (int iteration = 0; iteration < n_iterations; ++iteration) iterate(histogram, mixture);
    BrainIntensities found{.csf = mixture.mean[0],
                           .grey = mixture.mean[2],
                           .white = mixture.mean[4],
                           .deviation = 0.5 * (mixture.deviation[2] + mixture.deviation[4])};
    constexpr double least_contrast = 0.05; // White over grey matter; a T1 has 0.2 to 0.4.
    if (!(found.grey > found.csf && found.white > (1 + least_contrast) * found.grey)) {
        throw Error(fmt::format("the brain does not show the three classes of a T1 (CSF {:.4g}, grey {:.4g}, "
                                "white matter {:.4g}); "
                                "is it T1-weighted, and is the brain mask on the right image?",
                                found.csf, found.grey, found.white));
    }
    found.deep_grey = fit_deep_grey(t1, brain, priors.deep_grey, found);
    return found;
}

ClassEnergies::ClassEnergies(const BrainIntensities& intensities, const BrainPriors& priors)
    : priors_(priors), mean_{intensities.csf, intensities.grey, intensities.white, intensities.deep_grey},
      darkest_(intensities.csf), brightest_(intensities.white), deviation_(intensities.deviation) {}

ClassValues ClassEnergies::at(std::size_t voxel, double intensity) const {
    const double value = std::clamp(intensity, darkest_, brightest_);
    const float tissue = priors_.tissue.voxels.empty() ? 0.5F : priors_.tissue.voxels[voxel];
    const float log_tissue = std::log(std::max(tissue, least_prior));
    const float log_csf = std::log(std::max(1 - tissue, least_prior));
    ClassValues energy{};
    for (std::size_t c = 0; c < n_brain_classes; ++c) {
        const double z = (value - mean_[c]) / deviation_;
        energy[c] = static_cast<float>(0.5 * z * z) - (c == 0 ? log_csf : log_tissue);
    }
    constexpr float impossible = 1e4F;
    if (mean_[deep] <= 0 || value_of(priors_.deep_grey, voxel) < likely_deep) energy[deep] = impossible;
    return energy;
}

ClassValues probabilities_of(const ClassValues& energies) {
    const float least = *std::min_element(energies.begin(), energies.end());
    ClassValues result{};
    float sum = 0;
    for (std::size_t c = 0; c < n_brain_classes; ++c) sum += result[c] = std::exp(least - energies[c]);
    for (float& value : result) value /= sum;
    return result;
}

LabelImage classify_brain(const ScalarImage& t1, const Mask& region, const BrainIntensities& intensities,
                          const BrainPriors& priors) {
    // The region's voxels in a list, with their neighbours in it.
    std::vector<std::size_t> voxels;
    std::vector<std::int32_t> number(t1.voxels.size(), -1);
    for (std::size_t n = 0; n < t1.voxels.size(); ++n) {
        if (region.voxels[n] == 0) continue;
        number[n] = static_cast<std::int32_t>(voxels.size());
        voxels.push_back(n);
    }
    const ClassEnergies energies(intensities, priors);
    std::vector<ClassValues> energy(voxels.size());
    std::vector<ClassValues> probability(voxels.size());
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        energy[v] = energies.at(voxels[v], t1.voxels[voxels[v]]);
        probability[v] = probabilities_of(energy[v]);
    }
    // Mean field: energy of class c − β Σ over neighbours of their probability of c.
    constexpr float coupling = 0.7F; // β: weak, so that thin sulci and gyri of a voxel or two survive.
    constexpr int n_iterations = 4;
    const auto row = static_cast<std::ptrdiff_t>(t1.size[0]);
    const std::ptrdiff_t slice = row * t1.size[1];
    const auto n_all = static_cast<std::ptrdiff_t>(t1.voxels.size());
    for (int iteration = 0; iteration < n_iterations; ++iteration) {
        std::vector<ClassValues> next(voxels.size());
        for (std::size_t v = 0; v < voxels.size(); ++v) {
            ClassValues total = energy[v];
            for (const std::ptrdiff_t step :
                 {std::ptrdiff_t{-1}, std::ptrdiff_t{1}, -row, row, -slice, slice}) {
                const std::ptrdiff_t neighbour = static_cast<std::ptrdiff_t>(voxels[v]) + step;
                if (neighbour < 0 || neighbour >= n_all || number[static_cast<std::size_t>(neighbour)] < 0)
                    continue;
                const ClassValues& there =
                    probability[static_cast<std::size_t>(number[static_cast<std::size_t>(neighbour)])];
                // Both kinds of grey matter are one tissue.
                const float grey = there[1] + there[deep];
                const ClassValues same{there[0], grey, there[2], grey};
                for (std::size_t c = 0; c < n_brain_classes; ++c) total[c] -= coupling * same[c];
            }
            next[v] = probabilities_of(total);
        }
        probability = std::move(next);
    }
    LabelImage labels(t1.size, t1.head_from_voxel);
    for (std::size_t v = 0; v < voxels.size(); ++v) {
        ClassValues share = probability[v];
        share[1] += share[deep];
        share[deep] = 0;
        const auto best = std::max_element(share.begin(), share.end()) - share.begin();
        labels.voxels[voxels[v]] = static_cast<std::uint8_t>(class_labels[static_cast<std::size_t>(best)]);
    }
    return labels;
}

} // namespace corticoil::imaging
