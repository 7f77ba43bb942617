#include "coils/coil_model.h"

#include "coils/sampled_potential.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <type_traits>
#include <utility>

namespace corticoil::coils {

namespace {

/// The value of a range as set.
double value_of(const CoilModel& model, int range, const CoilSettings& settings) {
    const auto found = settings.range_values.find(range);
    return found != settings.range_values.end()
               ? found->second
               : model.deformation_ranges[static_cast<std::size_t>(range)].initial;
}

void check_settings(const CoilModel& model, const CoilSettings& settings) {
    for (const auto& [range, value] : settings.range_values) {
        const int n = static_cast<int>(model.deformation_ranges.size());
        if (range < 0 || range >= n) {
            throw Error(fmt::format("coil {}: it has no deformation range {}; it has {}", model.name, range,
                                    n == 0 ? "none" : fmt::format("0 to {}", n - 1)));
        }
        const DeformationRange& allowed = model.deformation_ranges[static_cast<std::size_t>(range)];
        if (!(value >= allowed.minimum && value <= allowed.maximum)) {
            throw Error(fmt::format("coil {}: deformation range {} goes from {} to {}; {} is outside",
                                    model.name, range, allowed.minimum, allowed.maximum, value));
        }
    }
    for (const auto& [stimulator, current] : settings.relative_currents) {
        const int n = static_cast<int>(model.stimulators.size());
        if (stimulator < 0 || stimulator >= n) {
            throw Error(fmt::format("coil {}: it has no stimulator {}; it has 0 to {}", model.name,
                                    stimulator, n - 1));
        }
        if (!std::isfinite(current)) {
            throw Error(fmt::format("coil {}: the current of stimulator {} is {}; give a finite number",
                                    model.name, stimulator, current));
        }
    }
}

/// The motion of one deformation by `value` degrees or millimetres.
RigidTransform motion(const Deformation& deformation, double value) {
    if (deformation.kind == Deformation::Kind::rotation) {
        const Vector3 axis = (deformation.point2 - deformation.point1).normalized();
        const Eigen::Matrix3d rotation =
            Eigen::AngleAxisd(value * radians_per_degree, axis).toRotationMatrix();
        // p − point1 turns, point1 stays.
        return {rotation, deformation.point1 - rotation * deformation.point1};
    }
    const int axis = deformation.kind == Deformation::Kind::translation_x   ? 0
                     : deformation.kind == Deformation::Kind::translation_y ? 1
                                                                            : 2;
    return {Eigen::Matrix3d::Identity(), value * metres_per_millimetre * Vector3::Unit(axis)};
}

/// An element's dipoles as the coil has them.
struct MovedDipoles {
    const MagneticDipoles* dipoles;
    RigidTransform moved;
    double current;
};

MagneticDipoles together(const std::vector<MovedDipoles>& parts) {
    Eigen::Index n = 0;
    for (const MovedDipoles& part : parts) n += part.dipoles->positions.cols();
    MagneticDipoles all{Points(3, n), VectorField(3, n)};
    Eigen::Index first = 0;
    for (const MovedDipoles& part : parts) {
        const Eigen::Index n_part = part.dipoles->positions.cols();
        all.positions.middleCols(first, n_part) = part.moved.apply_to_points(part.dipoles->positions);
        all.moments.middleCols(first, n_part) =
            part.current * part.moved.apply_to_vectors(part.dipoles->moments);
        first += n_part;
    }
    return all;
}

SampledPotential moved_grid(SampledPotential grid, const RigidTransform& moved, double current) {
    grid.coil_from_voxel = Eigen::Affine3d(moved.matrix()) * grid.coil_from_voxel;
    const Eigen::Matrix3f turned = (current * moved.rotation()).cast<float>();
    grid.values = (turned * grid.values).eval();
    grid.continuation = fit_continuation(grid);
    return grid;
}

/// A casing as the coil has it.
struct MovedCasing {
    const SurfaceMesh* surface;
    RigidTransform moved;
};

/// One surface of all parts. \throws Error where elements share casings so often that it would outgrow the
/// file by far.
std::optional<SurfaceMesh> together(const std::vector<MovedCasing>& parts, const CoilModel& model) {
    constexpr Eigen::Index largest_merged = 1'000'000; // Points or triangles: some 20 MB each.
    Eigen::Index n_nodes = 0;
    Eigen::Index n_triangles = 0;
    for (const MovedCasing& part : parts) {
        n_nodes += part.surface->nodes.cols();
        n_triangles += part.surface->triangles.cols();
    }
    Eigen::Index n_given = 0;
    for (const CasingModel& casing : model.casings) {
        n_given += casing.surface.nodes.cols() + casing.surface.triangles.cols();
    }
    if (parts.empty()) return std::nullopt;
    if (std::max(n_nodes, n_triangles) > std::max(largest_merged, n_given)) {
        throw Error(fmt::format("coil {}: its elements share casings that together have {} points and {} "
                                "triangles; give coarser casings",
                                model.name, n_nodes, n_triangles));
    }
    SurfaceMesh all{Points(3, n_nodes), Triangles(3, n_triangles)};
    Eigen::Index node = 0;
    Eigen::Index triangle = 0;
    for (const MovedCasing& part : parts) {
        const SurfaceMesh& surface = *part.surface;
        all.nodes.middleCols(node, surface.nodes.cols()) = part.moved.apply_to_points(surface.nodes);
        all.triangles.middleCols(triangle, surface.triangles.cols()) =
            surface.triangles.array() + static_cast<int>(node);
        node += surface.nodes.cols();
        triangle += surface.triangles.cols();
    }
    return all;
}

/// Fills in dI/dt, the stimulator's name and the waveforms from the stimulators that elements use; returns
/// what there is to say about them.
std::string apply_stimulators(Coil& coil, const CoilModel& model) {
    std::vector<bool> is_used(model.stimulators.size(), false);
    for (const CoilElement& element : model.elements) {
        is_used[static_cast<std::size_t>(element.stimulator)] = true;
    }
    std::vector<std::string> names;
    std::vector<std::optional<double>> rates;
    for (std::size_t i = 0; i < model.stimulators.size(); ++i) {
        if (!is_used[i]) continue;
        const Stimulator& stimulator = model.stimulators[i];
        if (!stimulator.name.empty() &&
            std::find(names.begin(), names.end(), stimulator.name) == names.end()) {
            names.push_back(stimulator.name);
        }
        rates.push_back(stimulator.largest_didt);
        coil.waveforms.insert(coil.waveforms.end(), stimulator.waveforms.begin(), stimulator.waveforms.end());
    }
    coil.stimulator = fmt::format("{}", fmt::join(names, " + "));
    if (std::all_of(rates.begin(), rates.end(), [&](const auto& rate) { return rate == rates.front(); })) {
        coil.didt_at_full_output = rates.front();
        return "";
    }
    return "; its stimulators differ in dI/dt at 100 % output, so none is given";
}

std::string description_of(const CoilModel& model) {
    std::string kinds;
    const auto add = [&](bool is_there, std::string_view kind) {
        if (is_there) kinds += fmt::format("{}{}", kinds.empty() ? "" : ", ", kind);
    };
    const auto holds = [&]<typename Source>(std::type_identity<Source>) {
        return std::any_of(model.elements.begin(), model.elements.end(), [](const CoilElement& element) {
            return std::holds_alternative<Source>(element.source);
        });
    };
    add(holds(std::type_identity<MagneticDipoles>()), "magnetic dipoles");
    add(holds(std::type_identity<LineElements>()), "line elements");
    add(holds(std::type_identity<SampledPotential>()), "sampled potential");
    return fmt::format("{} in {} element{}", kinds, model.elements.size(),
                       model.elements.size() == 1 ? "" : "s");
}

} // namespace

RigidTransform deformation_of(const CoilModel& model, const CoilElement& element,
                              const CoilSettings& settings) {
    RigidTransform moved;
    for (const int index : element.deformations) {
        const Deformation& deformation = model.deformations[static_cast<std::size_t>(index)];
        moved = motion(deformation, value_of(model, deformation.range, settings)) * moved;
    }
    return moved;
}

Coil assemble(const CoilModel& model, const CoilSettings& settings) {
    check(model, model.name.empty() ? "coil" : "coil " + model.name);
    check_settings(model, settings);
    Coil coil;
    coil.name = model.name;
    coil.brand = model.brand;
    if (model.limits && model.resolution) {
        coil.sampling_region = {{model.limits->col(0), model.limits->col(1)}, *model.resolution};
    }
    coil.description = description_of(model) + apply_stimulators(coil, model);
    std::vector<MovedDipoles> dipoles;
    std::vector<MovedCasing> casings;
    const auto add_casing = [&](const std::optional<int>& casing, const RigidTransform& moved) {
        if (casing) casings.push_back({&model.casings[static_cast<std::size_t>(*casing)].surface, moved});
    };
    add_casing(model.casing, RigidTransform());
    for (const CoilElement& element : model.elements) {
        const RigidTransform moved = deformation_of(model, element, settings);
        const auto set = settings.relative_currents.find(element.stimulator);
        const double current = set == settings.relative_currents.end() ? 1 : set->second;
        if (const auto* own = std::get_if<MagneticDipoles>(&element.source)) {
            dipoles.push_back({own, moved, current});
        } else if (const auto* lines = std::get_if<LineElements>(&element.source)) {
            const LineElements there{moved.apply_to_points(lines->midpoints),
                                     moved.apply_to_vectors(lines->vectors)};
            std::vector<WirePath> wires = wires_of(there, current);
            std::move(wires.begin(), wires.end(), std::back_inserter(coil.wires));
        } else {
            coil.grids.push_back(moved_grid(std::get<SampledPotential>(element.source), moved, current));
        }
        add_casing(element.casing, moved);
    }
    coil.dipoles = together(dipoles);
    coil.casing = together(casings, model);
    coil.induced_direction = find_induced_direction(coil);
    return coil;
}

} // namespace corticoil::coils
