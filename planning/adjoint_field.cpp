#include "planning/adjoint_field.h"

#include "core/constants.h"
#include "core/error.h"
#include "solver/adjoint_current.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace corticoil::planning {

namespace {

/// Where the source needs ∂A/∂t.
Points source_positions(const Simulator& simulator, SourceForm form) {
    return form == SourceForm::interfaces ? simulator.interfaces()->points() : simulator.space().positions();
}

/// Σ_j c_kj·a_j per set k.
Eigen::VectorXd products(const Eigen::MatrixXd& currents, const VectorField& rate) {
    CORTICOIL_ASSERT(currents.cols() == rate.cols());
    Eigen::VectorXd sums = Eigen::VectorXd::Zero(currents.rows() / 3);
    for (Eigen::Index j = 0; j < rate.cols(); ++j) {
        for (Eigen::Index k = 0; k < sums.size(); ++k)
            sums[k] += currents.col(j).segment<3>(3 * k).dot(rate.col(j));
    }
    return sums;
}

/// B of one element per column of `elements` at a point.
void add_exact_field(const Points& positions, const Eigen::MatrixXd& elements, const Vector3& point,
                     Eigen::Ref<Eigen::VectorXd> field) {
    constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);
    for (Eigen::Index j = 0; j < positions.cols(); ++j) {
        const Vector3 away = positions.col(j) - point;
        const double scale = mu0_over_4pi / (away.squaredNorm() * away.norm());
        for (Eigen::Index k = 0; k < field.size(); k += 3)
            field.segment<3>(k) += scale * away.cross(elements.col(j).segment<3>(k));
    }
}

} // namespace

std::shared_ptr<const CurrentTree> current_tree(const Simulator& simulator) {
    return std::make_shared<const CurrentTree>(source_positions(simulator, simulator.source_form()));
}

AdjointField::AdjointField(const Simulator& simulator, std::span<const solver::FieldFunctional> functionals,
                           const AdjointOptions& options)
    : AdjointField(simulator, current_tree(simulator), functionals, options) {}

AdjointField::AdjointField(const Simulator& simulator, std::shared_ptr<const CurrentTree> tree,
                           std::span<const solver::FieldFunctional> functionals,
                           const AdjointOptions& options)
    : simulator_(simulator), tree_(std::move(tree)) {
    solver::Potentials adjoint = solver::solve_adjoint(
        simulator.solver(), functionals, {.tolerance = options.tolerance, .progress = options.progress});
    for (const solver::SolveReport& report : adjoint.reports) {
        if (report.converged) continue;
        throw ComputationError(
            fmt::format("adjoint field: a solve did not converge; relative residual {:.2g} "
                        "after {} iterations",
                        report.relative_residual, report.iterations));
    }
    potentials_ = std::move(adjoint.values);
    reports_ = std::move(adjoint.reports);
    find_local_currents(functionals);
    currents_ = currents(simulator.source_form());
    CORTICOIL_ASSERT(currents_.cols() == tree_->positions().cols());
    local_tree_.emplace(local_.positions);
}

void AdjointField::find_local_currents(std::span<const solver::FieldFunctional> functionals) {
    std::vector<solver::CurrentAtUnknowns> parts;
    for (const solver::FieldFunctional& functional : functionals) {
        parts.push_back(solver::functional_current(simulator_.space(), functional));
        local_.unknowns.insert(local_.unknowns.end(), parts.back().unknowns.begin(),
                               parts.back().unknowns.end());
    }
    std::sort(local_.unknowns.begin(), local_.unknowns.end());
    local_.unknowns.erase(std::unique(local_.unknowns.begin(), local_.unknowns.end()), local_.unknowns.end());
    const Points all = simulator_.space().positions();
    local_.positions = all(Eigen::all, local_.unknowns);
    local_.elements = Eigen::MatrixXd::Zero(3 * n_functionals(), local_.positions.cols());
    for (std::size_t f = 0; f < parts.size(); ++f) {
        for (std::size_t i = 0; i < parts[f].unknowns.size(); ++i) {
            const auto place =
                std::lower_bound(local_.unknowns.begin(), local_.unknowns.end(), parts[f].unknowns[i]) -
                local_.unknowns.begin();
            local_.elements.col(place).segment<3>(3 * static_cast<Eigen::Index>(f)) =
                -parts[f].elements.col(static_cast<Eigen::Index>(i));
        }
    }
}

Eigen::MatrixXd AdjointField::currents(SourceForm form) const {
    Eigen::MatrixXd result(3 * potentials_.cols(), source_positions(simulator_, form).cols());
#pragma omp parallel for schedule(dynamic)
    for (Eigen::Index f = 0; f < potentials_.cols(); ++f) {
        result.middleRows<3>(3 * f) =
            form == SourceForm::interfaces
                ? -simulator_.interfaces()->current(potentials_.col(f))
                : -solver::volume_current(simulator_.space(), simulator_.head().conductivity,
                                          potentials_.col(f));
    }
    return result;
}

Eigen::VectorXd AdjointField::values(const coils::Coil& coil, const RigidTransform& head_from_coil,
                                     double didt) const {
    const auto rate = [&](const Points& points) {
        return simulator_.rate_at(coil, head_from_coil, didt, points);
    };
    const Eigen::VectorXd of_functionals = products(local_.elements, rate(local_.positions));
    const SourceForm form = simulator_.source_form(coil);
    if (form == simulator_.source_form())
        return of_functionals + products(currents_, rate(tree_->positions()));
    if (!volume_currents_) volume_currents_ = currents(form);
    return of_functionals + products(*volume_currents_, rate(source_positions(simulator_, form)));
}

Eigen::MatrixXf AdjointField::magnetic_field(const Points& points) const {
    return tree_->magnetic_field(currents_, points) + local_tree_->magnetic_field(local_.elements, points);
}

Eigen::MatrixXd AdjointField::exact_magnetic_field(const Points& points) const {
    Eigen::MatrixXd field = Eigen::MatrixXd::Zero(3 * n_functionals(), points.cols());
#pragma omp parallel for schedule(static)
    for (Eigen::Index i = 0; i < points.cols(); ++i) {
        add_exact_field(tree_->positions(), currents_, points.col(i), field.col(i));
        add_exact_field(local_.positions, local_.elements, points.col(i), field.col(i));
    }
    return field;
}

} // namespace corticoil::planning
