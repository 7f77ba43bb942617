#include "coils/coil_model.h"

#include "coils/plausible.h"
#include "coils/sampled_potential.h"
#include "core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace corticoil::coils {

namespace {

/// Finds faults and says where they are.
class Checker {
  public:
    explicit Checker(const std::string& name) : name_(name) {}

    [[nodiscard]] const std::string& name() const { return name_; }

    [[noreturn]] void fail(const std::string& place, const std::string& what) const {
        throw Error(fmt::format("{}: {} {}", name_, place, what));
    }

    void index(int value, std::size_t size, const std::string& place, std::string_view list) const {
        if (value >= 0 && static_cast<std::size_t>(value) < size) return;
        fail(place, fmt::format("is {}, but {} has {} entries (indices count from 0)", value, list, size));
    }

    template <typename Derived>
    void finite(const Eigen::DenseBase<Derived>& values, const std::string& place) const {
        if (values.allFinite()) return;
        for (Eigen::Index i = 0; i < values.cols(); ++i) {
            if (!values.col(i).allFinite())
                fail(fmt::format("{}[{}]", place, i), "holds a number that is not finite");
        }
    }

    /// Two arrays of vectors that belong together.
    void pair(const Points& points, const VectorField& values, const std::string& place) const {
        if (points.cols() == 0) fail(place + ".points", "is empty; an element needs at least one");
        if (points.cols() != values.cols()) {
            fail(place + ".values",
                 fmt::format("has {} rows, but 'points' has {}", values.cols(), points.cols()));
        }
        finite(points, place + ".points");
        finite(values, place + ".values");
    }

    /// Vectors of at most a length [m or A·m²].
    template <typename Derived>
    void within(const Eigen::MatrixBase<Derived>& vectors, double largest, const std::string& place) const {
        finite(vectors, place);
        if (vectors.size() == 0 || vectors.cwiseAbs().maxCoeff() <= largest) return;
        fail(place, fmt::format("holds {:g}, more than {:g} (SI units): other units, or damaged",
                                vectors.cwiseAbs().maxCoeff(), largest));
    }

    void number(double value, const std::string& place) const {
        if (!std::isfinite(value)) fail(place, "is not finite");
    }

  private:
    const std::string& name_;
};

void check_source(const Checker& checker, const ElementSource& source, const std::string& place) {
    if (const auto* dipoles = std::get_if<MagneticDipoles>(&source)) {
        checker.pair(dipoles->positions, dipoles->moments, place);
        checker.within(dipoles->positions, largest_position, place + ".points");
        checker.within(dipoles->moments, largest_moment, place + ".values");
    } else if (const auto* lines = std::get_if<LineElements>(&source)) {
        checker.pair(lines->midpoints, lines->vectors, place);
        checker.within(lines->midpoints, largest_position, place + ".points");
        checker.within(lines->vectors, longest_line_element, place + ".values");
    } else {
        check_sampled_potential(std::get<SampledPotential>(source), checker.name() + ": " + place + ".data");
    }
}

void check_element(const Checker& checker, const CoilModel& model, const CoilElement& element,
                   const std::string& place) {
    checker.index(element.stimulator, model.stimulators.size(), place + ".stimulator", "stimulatorList");
    if (element.casing) {
        checker.index(*element.casing, model.casings.size(), place + ".elementCasing", "coilModels");
    }
    std::set<int> seen;
    for (std::size_t i = 0; i < element.deformations.size(); ++i) {
        const std::string where = fmt::format("{}.deformations[{}]", place, i);
        const int index = element.deformations[i];
        checker.index(index, model.deformations.size(), where, "deformList");
        if (!seen.insert(index).second) {
            checker.fail(where, fmt::format("repeats deformation {}; each is applied once", index));
        }
    }
    check_source(checker, element.source, place);
}

void check_stimulator(const Checker& checker, const Stimulator& stimulator, const std::string& place) {
    if (stimulator.largest_didt &&
        !(*stimulator.largest_didt > 0 && std::isfinite(*stimulator.largest_didt))) {
        checker.fail(place + ".maxdIdt",
                     fmt::format("is {}; it is a rate in A/s above 0", *stimulator.largest_didt));
    }
    for (std::size_t i = 0; i < stimulator.waveforms.size(); ++i) {
        const Waveform& waveform = stimulator.waveforms[i];
        const std::string where = fmt::format("{}.waveformList[{}]", place, i);
        const auto check_array = [&](const std::vector<double>& values, const std::string& key) {
            if (values.size() != waveform.time.size()) {
                checker.fail(where + key, fmt::format("has {} numbers, but 'time' has {}", values.size(),
                                                      waveform.time.size()));
            }
            const Eigen::Map<const Eigen::RowVectorXd> row(values.data(),
                                                           static_cast<Eigen::Index>(values.size()));
            checker.finite(row, where + key);
        };
        if (waveform.time.size() < 2) checker.fail(where + ".time", "has fewer than 2 numbers");
        check_array(waveform.time, ".time");
        check_array(waveform.signal, ".signal");
        if (!waveform.fit.empty()) check_array(waveform.fit, ".fit");
    }
}

void check_deformations(const Checker& checker, const CoilModel& model) {
    for (std::size_t i = 0; i < model.deformation_ranges.size(); ++i) {
        const DeformationRange& range = model.deformation_ranges[i];
        const std::string place = fmt::format("deformRangeList[{}]", i);
        checker.number(range.minimum, place + ".range[0]");
        checker.number(range.maximum, place + ".range[1]");
        if (std::max(std::abs(range.minimum), std::abs(range.maximum)) > largest_deformation) {
            checker.fail(place + ".range",
                         fmt::format("reaches beyond {:g} mm or degrees", largest_deformation));
        }
        if (!(range.minimum <= range.maximum)) {
            checker.fail(place + ".range", fmt::format("goes from {} down to {}; the smaller number is first",
                                                       range.minimum, range.maximum));
        }
        if (!(range.initial >= range.minimum && range.initial <= range.maximum)) {
            checker.fail(place + ".initial", fmt::format("is {}, outside its range {} to {}", range.initial,
                                                         range.minimum, range.maximum));
        }
    }
    for (std::size_t i = 0; i < model.deformations.size(); ++i) {
        const Deformation& deformation = model.deformations[i];
        const std::string place = fmt::format("deformList[{}]", i);
        checker.index(deformation.range, model.deformation_ranges.size(), place + ".deformRange",
                      "deformRangeList");
        if (deformation.kind != Deformation::Kind::rotation) continue;
        checker.within(deformation.point1, largest_position, place + ".point1");
        checker.within(deformation.point2, largest_position, place + ".point2");
        const double length = (deformation.point2 - deformation.point1).norm();
        constexpr double shortest_axis = 1e-9; // [m] below what a file in mm with six digits can hold
        if (!(length > shortest_axis) || !std::isfinite(length)) {
            checker.fail(place + ".point2", "equals point1, so there is no axis to turn about");
        }
    }
}

void check_casing(const Checker& checker, const CasingModel& casing, const std::string& place) {
    checker.within(casing.surface.nodes, largest_position, place + ".points");
    checker.within(casing.minimum_distance_points, largest_position, place + ".minDistancePoints");
    const Triangles& triangles = casing.surface.triangles;
    for (Eigen::Index t = 0; t < triangles.cols(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const int node = triangles(corner, t);
            if (node >= 0 && node < casing.surface.n_nodes()) continue;
            checker.fail(fmt::format("{}.faces[{}]", place, t),
                         fmt::format("names point {}, but there are {} (counted from 0)", node,
                                     casing.surface.n_nodes()));
        }
    }
}

void check_self_intersections(const Checker& checker, const CoilModel& model) {
    for (std::size_t i = 0; i < model.self_intersection_groups.size(); ++i) {
        std::set<int> seen;
        for (const int part : model.self_intersection_groups[i]) {
            const std::string place = fmt::format("selfIntersectionTest[{}]", i);
            if (part < 0 || static_cast<std::size_t>(part) > model.elements.size()) {
                checker.fail(place, fmt::format("names part {}; 0 is the coil's casing and 1 to {} are the "
                                                "elements",
                                                part, model.elements.size()));
            }
            if (!seen.insert(part).second) checker.fail(place, fmt::format("names part {} twice", part));
        }
    }
}

} // namespace

void check(const CoilModel& model, const std::string& name) {
    const Checker checker(name);
    if (model.limits) {
        checker.within(*model.limits, largest_position, "limits");
        if (!(model.limits->col(0).array() < model.limits->col(1).array()).all()) {
            checker.fail("limits", "has a least value that is not below the largest one");
        }
    }
    if (model.resolution && !(model.resolution->allFinite() && (model.resolution->array() > 0).all())) {
        checker.fail("resolution", "must be three lengths above 0");
    }
    if (model.casing) checker.index(*model.casing, model.casings.size(), "coilCasing", "coilModels");
    if (model.elements.empty())
        checker.fail("coilElementList", "is empty; a coil needs at least one element");
    check_deformations(checker, model);
    for (std::size_t i = 0; i < model.stimulators.size(); ++i) {
        check_stimulator(checker, model.stimulators[i], fmt::format("stimulatorList[{}]", i));
    }
    for (std::size_t i = 0; i < model.casings.size(); ++i) {
        check_casing(checker, model.casings[i], fmt::format("coilModels[{}]", i));
    }
    for (std::size_t i = 0; i < model.elements.size(); ++i) {
        check_element(checker, model, model.elements[i], fmt::format("coilElementList[{}]", i));
    }
    const auto n_grids =
        std::count_if(model.elements.begin(), model.elements.end(), [](const CoilElement& element) {
            return std::holds_alternative<SampledPotential>(element.source);
        });
    if (n_grids > most_grids)
        checker.fail("coilElementList",
                     fmt::format("holds {} grids; at most {} are read", n_grids, most_grids));
    check_self_intersections(checker, model);
}

} // namespace corticoil::coils
