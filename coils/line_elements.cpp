#include "coils/coil_model.h"
#include "core/constants.h"

#include <algorithm>
#include <cmath>

namespace corticoil::coils {

namespace {

/// A wire that grows segment by segment.
class GrowingWire {
  public:
    GrowingWire(std::vector<WirePath>& finished, double current) : finished_(finished), current_(current) {}

    void append(const Vector3& start, const Vector3& end) {
        const double length = (end - start).norm();
        if (!vertices_.empty() && meet(vertices_.back(), start, last_length_, length)) {
            vertices_.back() = (vertices_.back() + start) / 2;
        } else {
            finish();
            vertices_.push_back(start);
            first_length_ = length;
        }
        vertices_.push_back(end);
        last_length_ = length;
    }

    void finish() {
        if (vertices_.empty()) return;
        WirePath path;
        path.current = current_;
        path.is_closed =
            vertices_.size() > 2 && meet(vertices_.front(), vertices_.back(), first_length_, last_length_);
        if (path.is_closed) {
            vertices_.front() = (vertices_.front() + vertices_.back()) / 2;
            vertices_.pop_back();
        }
        path.vertices.resize(3, static_cast<Eigen::Index>(vertices_.size()));
        for (std::size_t i = 0; i < vertices_.size(); ++i) {
            path.vertices.col(static_cast<Eigen::Index>(i)) = vertices_[i];
        }
        finished_.push_back(std::move(path));
        vertices_.clear();
    }

  private:
    static bool meet(const Vector3& a, const Vector3& b, double length_a, double length_b) {
        return (a - b).norm() <= wire_joining_tolerance * std::min(length_a, length_b);
    }

    std::vector<WirePath>& finished_;
    double current_;
    std::vector<Vector3> vertices_;
    double first_length_ = 0;
    double last_length_ = 0;
};

/// Appends the straight pieces that stand for the segment from `start` to `end` with `share` > 0 of the
/// current.
void append_pieces(std::vector<Vector3>& midpoints, std::vector<Vector3>& vectors, const Vector3& start,
                   const Vector3& end, double share) {
    constexpr double longest_scaled_piece = 0.001; // [m] see model_of().
    const Vector3 step = end - start;
    const int n_pieces =
        share == 1 ? 1 : std::max(1, static_cast<int>(std::ceil(step.norm() / longest_scaled_piece)));
    for (int i = 0; i < n_pieces; ++i) {
        midpoints.emplace_back(start + (i + 0.5) / n_pieces * step);
        vectors.emplace_back(share / n_pieces * step);
    }
}

Eigen::Matrix3Xd as_columns(const std::vector<Vector3>& points) {
    Eigen::Matrix3Xd columns(3, static_cast<Eigen::Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) columns.col(static_cast<Eigen::Index>(i)) = points[i];
    return columns;
}

LineElements line_elements_of(const std::vector<WirePath>& wires) {
    std::vector<Vector3> midpoints;
    std::vector<Vector3> vectors;
    for (const WirePath& wire : wires) {
        if (wire.current == 0) continue;
        // A negative current runs through the wire from its end, so that the elements follow each other.
        const Points vertices = wire.current > 0 ? wire.vertices : Points(wire.vertices.rowwise().reverse());
        const Eigen::Index n = vertices.cols();
        for (Eigen::Index i = 0; i + (wire.is_closed ? 0 : 1) < n; ++i) {
            append_pieces(midpoints, vectors, vertices.col(i), vertices.col((i + 1) % n),
                          std::abs(wire.current));
        }
    }
    return {as_columns(midpoints), as_columns(vectors)};
}

} // namespace

std::vector<WirePath> wires_of(const LineElements& lines, double current) {
    std::vector<WirePath> wires;
    GrowingWire wire(wires, current);
    for (Eigen::Index i = 0; i < lines.midpoints.cols(); ++i) {
        const Vector3 half = lines.vectors.col(i) / 2;
        if (half.isZero(0)) continue;
        wire.append(lines.midpoints.col(i) - half, lines.midpoints.col(i) + half);
    }
    wire.finish();
    return wires;
}

CoilModel model_of(const Coil& coil) {
    CoilModel model;
    model.name = coil.name;
    model.brand = coil.brand;
    if (coil.sampling_region) {
        model.limits.emplace();
        *model.limits << coil.sampling_region->limits.min(), coil.sampling_region->limits.max();
        model.resolution = coil.sampling_region->resolution;
    }
    Stimulator stimulator;
    stimulator.name = coil.stimulator;
    stimulator.largest_didt = coil.didt_at_full_output;
    stimulator.waveforms = coil.waveforms;
    model.stimulators.push_back(std::move(stimulator));
    const auto add = [&](std::string name, ElementSource source) {
        CoilElement element;
        element.name = std::move(name);
        element.source = std::move(source);
        model.elements.push_back(std::move(element));
    };
    if (coil.dipoles.positions.cols() > 0) add("dipoles", coil.dipoles);
    if (LineElements lines = line_elements_of(coil.wires); lines.midpoints.cols() > 0) {
        add("wires", std::move(lines));
    }
    for (const SampledPotential& grid : coil.grids) add("potential", grid);
    if (coil.casing) {
        model.casing = 0;
        model.casings.push_back({*coil.casing, Points()});
    }
    return model;
}

} // namespace corticoil::coils
