#include "planning/roi_parts.h"

#include "core/error.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace corticoil::planning {

namespace {

using Numbers = std::vector<int>;

RoiSamples taken(const RoiSamples& samples, const Numbers& numbers) {
    RoiSamples part;
    part.points = samples.points(Eigen::all, numbers);
    part.barycentric = samples.barycentric(Eigen::all, numbers);
    part.volumes = samples.volumes(numbers);
    for (const int i : numbers) part.tetrahedra.push_back(samples.tetrahedra[static_cast<std::size_t>(i)]);
    return part;
}

/// Splits `numbers` into n_parts parts and appends them to `parts`.
void split(const RoiSamples& samples, Numbers numbers, int n_parts, std::vector<RoiSamples>& parts) {
    n_parts = std::min(n_parts, static_cast<int>(numbers.size()));
    if (n_parts == 1) {
        std::sort(numbers.begin(), numbers.end());
        parts.push_back(taken(samples, numbers));
        return;
    }
    Vector3 lowest = samples.points.col(numbers.front());
    Vector3 highest = lowest;
    double volume = 0;
    for (const int i : numbers) {
        lowest = lowest.cwiseMin(samples.points.col(i));
        highest = highest.cwiseMax(samples.points.col(i));
        volume += samples.volumes[i];
    }
    Eigen::Index axis = 0;
    (highest - lowest).maxCoeff(&axis);
    std::stable_sort(numbers.begin(), numbers.end(),
                     [&](int a, int b) { return samples.points(axis, a) < samples.points(axis, b); });
    const int n_low = n_parts / 2;
    const double wanted = volume * n_low / n_parts;
    double below = 0;
    auto cut = numbers.begin();
    while (below < wanted) below += samples.volumes[*cut++];
    // Each side has a sample for each of its parts.
    cut = std::clamp(cut, numbers.begin() + n_low, numbers.end() - (n_parts - n_low));
    split(samples, Numbers(numbers.begin(), cut), n_low, parts);
    split(samples, Numbers(cut, numbers.end()), n_parts - n_low, parts);
}

} // namespace

std::array<solver::FieldFunctional, 3> mean_field_functionals(const RoiSamples& samples) {
    std::array<solver::FieldFunctional, 3> functionals;
    const Eigen::RowVectorXd shares = samples.volumes.transpose() / samples.volumes.sum();
    for (int axis = 0; axis < 3; ++axis) {
        solver::FieldFunctional& functional = functionals[static_cast<std::size_t>(axis)];
        functional = {samples.tetrahedra, samples.barycentric, VectorField::Zero(3, shares.size())};
        functional.weights.row(axis) = shares;
    }
    return functionals;
}

std::vector<solver::FieldFunctional> mean_field_functionals(const std::vector<RoiSamples>& parts) {
    std::vector<solver::FieldFunctional> functionals;
    for (const RoiSamples& part : parts) {
        for (solver::FieldFunctional& functional : mean_field_functionals(part))
            functionals.push_back(std::move(functional));
    }
    return functionals;
}

std::vector<RoiSamples> roi_parts(const RoiSamples& samples, int n_parts) {
    CORTICOIL_ASSERT(n_parts >= 1 && samples.volumes.size() > 0);
    std::vector<RoiSamples> parts;
    Numbers all(static_cast<std::size_t>(samples.volumes.size()));
    std::iota(all.begin(), all.end(), 0);
    split(samples, std::move(all), n_parts, parts);
    return parts;
}

} // namespace corticoil::planning
