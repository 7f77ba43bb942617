#include "planning/conductivity_study.h"

#include "coils/potential_interpolant.h"
#include "coils/primary_field.h"
#include "core/error.h"
#include "core/tissue.h"
#include "solver/element_space.h"
#include "solver/gradients.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::planning {

namespace {

/// The i-th number of Halton's sequence in a base, 0 … 1.
double halton(int i, int base) {
    double value = 0;
    double digit = 1;
    while (i > 0) {
        digit /= base;
        value += digit * (i % base);
        i /= base;
    }
    return value;
}

/// The i-th sample, even in log σ over every range.
Conductivities sample(std::span<const ConductivityRange> ranges, int i) {
    constexpr std::array<int, 8> primes{2, 3, 5, 7, 11, 13, 17, 19};
    CORTICOIL_ASSERT(ranges.size() <= primes.size());
    Conductivities conductivities;
    for (std::size_t r = 0; r < ranges.size(); ++r) {
        conductivities[ranges[r].label] =
            ranges[r].least * std::pow(ranges[r].most / ranges[r].least, halton(i, primes[r]));
    }
    return conductivities;
}

Conductivity with(const HeadModel& head, const Conductivities& changed) {
    Eigen::VectorXd values = head.conductivity.isotropic();
    for (Eigen::Index t = 0; t < values.size(); ++t) {
        const auto found = changed.find(head.mesh.labels[static_cast<std::size_t>(t)]);
        if (found != changed.end()) values[t] = found->second;
    }
    return values;
}

/// ∂A/∂t at the nodes for 1 A/s [V/m], per field.
std::vector<VectorField> rates_of(const TetMesh& mesh, std::span<const StudiedField> fields) {
    std::vector<VectorField> rates;
    for (const StudiedField& field : fields) {
        rates.push_back(
            field.coil.grids.empty()
                ? coils::rate_of_vector_potential(coils::PotentialInterpolant(field.coil),
                                                  field.head_from_coil, 1, mesh.nodes)
                : coils::rate_of_vector_potential({field.coil, field.head_from_coil, 1}, mesh.nodes));
    }
    return rates;
}

void check_isotropic(const HeadModel& head) {
    if (head.conductivity.is_isotropic()) return;
    throw Error("conductivity study: the head's conductivity is a tensor; give ranges to isotropic heads");
}

/// Potentials of all fields for one set of conductivities, a column each.
Eigen::MatrixXd potentials(const HeadModel& head, const Conductivity& conductivity,
                           std::span<const VectorField> rates, double tolerance) {
    const solver::PotentialSolver solver(head.mesh, conductivity,
                                         {.expected_right_hand_sides = static_cast<int>(rates.size())});
    Eigen::MatrixXd loads(solver.space().n_unknowns(), static_cast<Eigen::Index>(rates.size()));
    for (std::size_t f = 0; f < rates.size(); ++f) {
        loads.col(static_cast<Eigen::Index>(f)) = solver::load_of_rate_of_vector_potential(
            solver.space(), conductivity, solver::projected_nodal(solver.space(), rates[f]));
    }
    const solver::Potentials solved = solver.solve_block(loads, {.tolerance = tolerance});
    for (const solver::SolveReport& report : solved.reports) {
        if (!report.converged) {
            throw ComputationError(fmt::format(
                "conductivity study: a head with other conductivities did not converge (relative residual "
                "{:.2g}); give a larger --tolerance",
                report.relative_residual));
        }
    }
    return solved.values;
}

/// Mean of −∇v − ∂A/∂t over a region's samples, v by column; the rate may be left out.
Eigen::Matrix3Xd mean_minus_gradients(const TetMesh& mesh, const RoiSamples& samples,
                                      const Eigen::MatrixXd& v) {
    Eigen::Matrix3Xd sum = Eigen::Matrix3Xd::Zero(3, v.cols());
    for (std::size_t i = 0; i < samples.tetrahedra.size(); ++i) {
        const int t = samples.tetrahedra[i];
        const solver::TetrahedronGradients geometry = solver::gradients_of(mesh, t);
        for (int a = 0; a < 4; ++a) {
            sum -= samples.volumes[static_cast<Eigen::Index>(i)] * geometry.gradients.col(a) *
                   v.row(mesh.tetrahedra(a, t));
        }
    }
    return sum / samples.volumes.sum();
}

/// Mean of ∂A/∂t over a region's samples, as P1 elements see it: its mean over each tetrahedron.
Vector3 mean_rate(const TetMesh& mesh, const RoiSamples& samples, const VectorField& rate) {
    Vector3 sum = Vector3::Zero();
    for (std::size_t i = 0; i < samples.tetrahedra.size(); ++i) {
        const Eigen::Vector4i nodes = mesh.tetrahedra.col(samples.tetrahedra[i]);
        const Vector3 mean =
            (rate.col(nodes[0]) + rate.col(nodes[1]) + rate.col(nodes[2]) + rate.col(nodes[3])) / 4;
        sum += samples.volumes[static_cast<Eigen::Index>(i)] * mean;
    }
    return sum / samples.volumes.sum();
}

} // namespace

std::vector<ConductivityRange> literature_ranges() {
    return {{tissue::white_matter, 0.1, 0.4},
            {tissue::grey_matter, 0.1, 0.6},
            {tissue::csf, 1.2, 1.8},
            {tissue::bone, 0.003, 0.012},
            {tissue::scalp, 0.2, 0.5}};
}

Conductivities draw_conductivities(std::span<const ConductivityRange> ranges, std::mt19937_64& generator) {
    std::uniform_real_distribution<double> uniform(0, 1);
    Conductivities drawn;
    for (const ConductivityRange& range : ranges) {
        // The median of five uniform numbers has the distribution Beta(3, 3).
        std::array<double, 5> five{};
        for (double& one : five) one = uniform(generator);
        std::nth_element(five.begin(), five.begin() + 2, five.end());
        drawn[range.label] = range.least + five[2] * (range.most - range.least);
    }
    return drawn;
}

std::vector<Vector3> mean_fields(const HeadModel& head, std::span<const StudiedField> fields,
                                 const Conductivities& changed, double tolerance) {
    check_isotropic(head);
    const std::vector<VectorField> rates = rates_of(head.mesh, fields);
    const Eigen::MatrixXd solved = potentials(head, with(head, changed), rates, tolerance);
    std::vector<Vector3> means;
    for (std::size_t f = 0; f < fields.size(); ++f) {
        means.push_back(
            mean_minus_gradients(head.mesh, fields[f].samples, solved.col(static_cast<Eigen::Index>(f))) -
            mean_rate(head.mesh, fields[f].samples, rates[f]));
    }
    return means;
}

ConductivityStudy::ConductivityStudy(const HeadModel& head, std::span<const StudiedField> fields,
                                     std::span<const ConductivityRange> ranges,
                                     const ConductivityStudyOptions& options) {
    check_isotropic(head);
    // A tissue that the mesh does not hold has no conductivity to vary.
    for (const ConductivityRange& range : ranges) {
        const auto found = std::find(head.mesh.labels.begin(), head.mesh.labels.end(), range.label);
        if (found == head.mesh.labels.end()) continue;
        ranges_.push_back(range);
        nominal_[range.label] = head.conductivity[found - head.mesh.labels.begin()];
    }
    const std::vector<VectorField> rates = rates_of(head.mesh, fields);
    const int n_heads = options.n_snapshots + options.n_checks;
    std::vector<Eigen::MatrixXd> bases(fields.size(),
                                       Eigen::MatrixXd(head.mesh.n_nodes(), options.n_snapshots));
    for (int s = 0; s < options.n_snapshots; ++s) {
        report(options.progress, static_cast<double>(s) / n_heads, "other conductivities");
        // The head's own conductivities are the first snapshot.
        const Conductivities sampled = s == 0 ? nominal_ : sample(ranges_, s);
        const Eigen::MatrixXd solved = potentials(head, with(head, sampled), rates, options.tolerance);
        for (std::size_t f = 0; f < fields.size(); ++f) {
            const Eigen::VectorXd column = solved.col(static_cast<Eigen::Index>(f));
            bases[f].col(s) = column;
        }
    }
    for (std::size_t f = 0; f < fields.size(); ++f) reduce(head, fields[f], rates[f], bases[f]);
    for (int c = 0; c < options.n_checks; ++c) {
        report(options.progress, static_cast<double>(options.n_snapshots + c) / n_heads, "checking");
        const Conductivities sampled = sample(ranges_, options.n_snapshots + c);
        const Eigen::MatrixXd solved = potentials(head, with(head, sampled), rates, options.tolerance);
        for (std::size_t f = 0; f < fields.size(); ++f) {
            const Vector3 truth =
                mean_minus_gradients(head.mesh, fields[f].samples, solved.col(static_cast<Eigen::Index>(f))) +
                fields_[f].minus_rate;
            largest_error_ = std::max(largest_error_, (mean_field(f, sampled) - truth).norm() / truth.norm());
        }
    }
}

void ConductivityStudy::reduce(const HeadModel& head, const StudiedField& field, const VectorField& rate,
                               const Eigen::MatrixXd& basis) {
    const Eigen::Index n = basis.cols();
    const std::size_t n_groups = ranges_.size() + 1;
    const TetMesh& mesh = head.mesh;
    // Fixed chunks, summed in order: the result does not depend on the number of threads.
    constexpr int n_chunks = 64;
    std::vector<Reduced> parts(n_chunks);
#pragma omp parallel for schedule(dynamic, 1)
    for (int chunk = 0; chunk < n_chunks; ++chunk) {
        Reduced& part = parts[static_cast<std::size_t>(chunk)];
        part.stiffness.assign(n_groups, Eigen::MatrixXd::Zero(n, n));
        part.load.assign(n_groups, Eigen::VectorXd::Zero(n));
        Eigen::Matrix3Xd gradients(3, n);
        const auto first = static_cast<int>(std::int64_t{mesh.n_tetrahedra()} * chunk / n_chunks);
        const auto last = static_cast<int>(std::int64_t{mesh.n_tetrahedra()} * (chunk + 1) / n_chunks);
        for (int t = first; t < last; ++t) {
            const solver::TetrahedronGradients geometry = solver::gradients_of(mesh, t);
            gradients.setZero();
            Vector3 mean = Vector3::Zero();
            for (int a = 0; a < 4; ++a) {
                const int node = mesh.tetrahedra(a, t);
                gradients += geometry.gradients.col(a) * basis.row(node);
                mean += rate.col(node) / 4;
            }
            const int label = mesh.labels[static_cast<std::size_t>(t)];
            std::size_t group = 0;
            while (group < ranges_.size() && ranges_[group].label != label) ++group;
            const double weight = geometry.volume * (group == ranges_.size() ? head.conductivity[t] : 1.0);
            part.stiffness[group].noalias() += weight * gradients.transpose() * gradients;
            part.load[group].noalias() -= weight * gradients.transpose() * mean;
        }
    }
    Reduced sum = parts.front();
    for (std::size_t chunk = 1; chunk < parts.size(); ++chunk) {
        for (std::size_t g = 0; g < n_groups; ++g) {
            sum.stiffness[g] += parts[chunk].stiffness[g];
            sum.load[g] += parts[chunk].load[g];
        }
    }
    sum.minus_gradients = mean_minus_gradients(mesh, field.samples, basis);
    sum.minus_rate = -mean_rate(mesh, field.samples, rate);
    fields_.push_back(std::move(sum));
}

Eigen::VectorXd ConductivityStudy::coefficients(const Reduced& reduced,
                                                const Conductivities& conductivities) const {
    Eigen::MatrixXd stiffness = reduced.stiffness.back();
    Eigen::VectorXd load = reduced.load.back();
    for (std::size_t r = 0; r < ranges_.size(); ++r) {
        const auto found = conductivities.find(ranges_[r].label);
        const double value = found == conductivities.end() ? nominal_.at(ranges_[r].label) : found->second;
        stiffness += value * reduced.stiffness[r];
        load += value * reduced.load[r];
    }
    // Potentials of similar heads are nearly dependent.
    return stiffness.completeOrthogonalDecomposition().solve(load);
}

Vector3 ConductivityStudy::mean_field(std::size_t field, const Conductivities& conductivities) const {
    const Reduced& reduced = fields_[field];
    return reduced.minus_gradients * coefficients(reduced, conductivities) + reduced.minus_rate;
}

} // namespace corticoil::planning
