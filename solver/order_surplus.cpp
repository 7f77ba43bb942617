#include "solver/order_surplus.h"

#include "core/error.h"
#include "core/face_neighbours.h"
#include "solver/gradients.h"

namespace corticoil::solver {

namespace {

/// Conjugate-gradient steps; more change the correction by less than the next order would
/// (docs/decisions/0007).
constexpr int n_steps = 5;

/// Which pair (p, q) of corners each of the ten products belongs to.
constexpr std::array<std::array<int, 2>, 10> corner_pairs{
    {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}};

/// ∇N = Σ_p c_p(λ) ∇λ_p of a bubble: its c_p at a point. Edges first, in the order of edge_corners, then for
/// order 2 the faces opposite to each corner.
Eigen::Vector4d gradient_coefficients(int order, int bubble, const Eigen::Vector4d& l) {
    Eigen::Vector4d c = Eigen::Vector4d::Zero();
    if (bubble < 6) {
        const auto [i, j] = edge_corners[static_cast<std::size_t>(bubble)];
        if (order == 1) {
            // N = 4 λ_i λ_j
            c[i] = 4 * l[j];
            c[j] = 4 * l[i];
        } else {
            // N = 9 λ_i λ_j (λ_i − λ_j)
            c[i] = 9 * (2 * l[i] * l[j] - l[j] * l[j]);
            c[j] = 9 * (l[i] * l[i] - 2 * l[i] * l[j]);
        }
        return c;
    }
    // N = 27 λ_i λ_j λ_k
    const std::array<int, 3> face = face_corners[static_cast<std::size_t>(bubble - 6)];
    for (std::size_t m = 0; m < 3; ++m) c[face[m]] = 27 * l[face[(m + 1) % 3]] * l[face[(m + 2) % 3]];
    return c;
}

} // namespace

OrderSurplus::OrderSurplus(const ElementSpace& space, const Conductivity& conductivity)
    : space_(space), conductivity_(conductivity), n_bubbles_(space.order() == 1 ? 6 : most_bubbles) {
    const QuadratureRule rule = quadrature_rule(Quadrature::degree_4);
    means_ = Eigen::MatrixXf::Zero(Eigen::Index{n_bubbles_} * n_bubbles_, n_pairs);
    projections_.assign(static_cast<std::size_t>(n_bubbles_), Eigen::Matrix4d::Zero());
    source_means_.assign(static_cast<std::size_t>(n_bubbles_), Eigen::MatrixXd::Zero(4, space.n_local()));
    for (Eigen::Index q = 0; q < rule.weights.size(); ++q) {
        const Eigen::Vector4d point = rule.barycentric.col(q);
        const ElementSpace::ShapeValues shapes = space.shape_values(point);
        // L2 projection: at corner i, 20 Σ_q w_q (λ_i(q) − 1/5) f(q); see element_field.cpp.
        const Eigen::Vector4d onto_corners = 20 * rule.weights[q] * (point.array() - 0.2);
        for (int a = 0; a < n_bubbles_; ++a) {
            const Eigen::Vector4d of_a = rule.weights[q] * gradient_coefficients(space.order(), a, point);
            source_means_[static_cast<std::size_t>(a)] += of_a * shapes.transpose();
            projections_[static_cast<std::size_t>(a)] +=
                gradient_coefficients(space.order(), a, point) * onto_corners.transpose();
            for (int b = 0; b < n_bubbles_; ++b) {
                const Eigen::Vector4d of_b = gradient_coefficients(space.order(), b, point);
                for (int pair = 0; pair < n_pairs; ++pair) {
                    const auto [i, j] = corner_pairs[static_cast<std::size_t>(pair)];
                    const double both = of_a[i] * of_b[j] + (i == j ? 0 : of_a[j] * of_b[i]);
                    means_(a + n_bubbles_ * b, pair) += static_cast<float>(both);
                }
            }
        }
    }
    number_bubbles();
    const int n_tetrahedra = space.mesh().n_tetrahedra();
    pairs_.resize(static_cast<std::size_t>(n_tetrahedra));
    std::vector<double> diagonals(unknown_.size());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        const TetrahedronGradients element = gradients_of(space.mesh(), t);
        const Eigen::Matrix4d g =
            element.volume * element.gradients.transpose() *
            (conductivity.is_isotropic()
                 ? Eigen::Matrix<double, 3, 4>(conductivity[t] * element.gradients)
                 : Eigen::Matrix<double, 3, 4>(conductivity.tensor(t) * element.gradients));
        Pairs& pairs = pairs_[static_cast<std::size_t>(t)];
        for (int pair = 0; pair < n_pairs; ++pair) {
            const auto [i, j] = corner_pairs[static_cast<std::size_t>(pair)];
            pairs[pair] = static_cast<float>(g(i, j));
        }
        for (int a = 0; a < n_bubbles_; ++a) {
            diagonals[static_cast<std::size_t>(n_bubbles_) * static_cast<std::size_t>(t) +
                      static_cast<std::size_t>(a)] =
                static_cast<double>(means_.row(a + n_bubbles_ * a).dot(pairs));
        }
    }
    diagonal_ = gathered(diagonals);
}

void OrderSurplus::number_bubbles() {
    const TetMesh& mesh = space_.mesh();
    const ElementSpace edges(mesh, 2); // For its numbers of edges.
    const auto n_edges = static_cast<int>(edges.edges().cols());
    const auto n = static_cast<std::size_t>(n_bubbles_);
    unknown_.resize(n * static_cast<std::size_t>(mesh.n_tetrahedra()));
    sign_.assign(space_.order() == 2 ? unknown_.size() : 0, 1);
    n_unknowns_ = n_edges;
    const Eigen::Matrix4Xi neighbours = space_.order() == 2 ? face_neighbours(mesh) : Eigen::Matrix4Xi();
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const std::size_t first = n * static_cast<std::size_t>(t);
        for (std::size_t e = 0; e < 6; ++e) {
            unknown_[first + e] = edges.unknown(t, 4 + static_cast<int>(e)) - mesh.n_nodes();
            if (space_.order() == 1) continue;
            const auto [i, j] = edge_corners[e];
            if (mesh.tetrahedra(i, t) > mesh.tetrahedra(j, t)) sign_[first + e] = -1;
        }
        if (space_.order() == 1) continue;
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            int& own = unknown_[first + 6 + static_cast<std::size_t>(corner)];
            if (other < 0 || other > t) {
                own = n_unknowns_++;
                continue;
            }
            int across = 0;
            while (neighbours(across, other) != t) ++across;
            own = unknown_[n * static_cast<std::size_t>(other) + 6 + static_cast<std::size_t>(across)];
        }
    }
    start_.assign(static_cast<std::size_t>(n_unknowns_) + 1, 0);
    for (const int unknown : unknown_) ++start_[static_cast<std::size_t>(unknown) + 1];
    for (std::size_t i = 1; i < start_.size(); ++i) start_[i] += start_[i - 1];
    slot_.resize(unknown_.size());
    std::vector<int> next(start_.begin(), start_.end() - 1);
    for (std::size_t place = 0; place < unknown_.size(); ++place)
        slot_[static_cast<std::size_t>(next[static_cast<std::size_t>(unknown_[place])]++)] =
            static_cast<int>(place);
}

OrderSurplus::Local OrderSurplus::local_values(int tetrahedron, const Eigen::VectorXd& surplus) const {
    Local values(n_bubbles_);
    const std::size_t first = static_cast<std::size_t>(n_bubbles_) * static_cast<std::size_t>(tetrahedron);
    for (int a = 0; a < n_bubbles_; ++a) {
        const std::size_t place = first + static_cast<std::size_t>(a);
        values[a] = surplus[unknown_[place]];
        if (!sign_.empty()) values[a] *= static_cast<double>(sign_[place]);
    }
    return values;
}

OrderSurplus::LocalMatrix OrderSurplus::element_matrix(const Pairs& pairs) const {
    LocalMatrix matrix(n_bubbles_, n_bubbles_);
    Eigen::Map<Eigen::VectorXf>(matrix.data(), matrix.size()).noalias() = means_ * pairs;
    return matrix;
}

Eigen::VectorXd OrderSurplus::gathered(const std::vector<double>& parts) const {
    Eigen::VectorXd result(n_unknowns_);
#pragma omp parallel for schedule(static)
    for (int i = 0; i < n_unknowns_; ++i) {
        double sum = 0;
        for (int k = start_[static_cast<std::size_t>(i)]; k < start_[static_cast<std::size_t>(i) + 1]; ++k)
            sum += parts[static_cast<std::size_t>(slot_[static_cast<std::size_t>(k)])];
        result[i] = sum;
    }
    return result;
}

Eigen::VectorXd OrderSurplus::residual(const Eigen::VectorXd& potential, const SurplusSource& source) const {
    // r = ∫ ∇N·σE + Σ w·∇N with E = −∇φ − ∂A/∂t by its values at the tetrahedron's own unknowns.
    const TetMesh& mesh = space_.mesh();
    CORTICOIL_ASSERT(potential.size() == space_.n_unknowns());
    std::vector<double> parts(unknown_.size());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const TetrahedronGradients element = gradients_of(mesh, t);
        ElementSpace::ShapeValues values(space_.n_local());
        for (int i = 0; i < space_.n_local(); ++i) values[i] = potential[space_.unknown(t, i)];
        Eigen::Matrix<double, 3, Eigen::Dynamic, 0, 3, ElementSpace::most_local> current(3, space_.n_local());
        for (int i = 0; i < space_.n_local(); ++i) {
            Eigen::Vector4d point = Eigen::Vector4d::Zero();
            if (i < 4) {
                point[i] = 1;
            } else {
                for (const int end : edge_corners[static_cast<std::size_t>(i - 4)]) point[end] = 0.5;
            }
            Vector3 field = -(space_.shape_gradients(element, point) * values);
            if (source.rate_at_unknowns != nullptr)
                field -= source.rate_at_unknowns->col(space_.unknown(t, i));
            current.col(i) = conductivity_.times(t, field);
        }
        const Eigen::Matrix<double, 4, Eigen::Dynamic, 0, 4, ElementSpace::most_local> along =
            element.gradients.transpose() * current;
        const std::size_t first = static_cast<std::size_t>(n_bubbles_) * static_cast<std::size_t>(t);
        for (int a = 0; a < n_bubbles_; ++a) {
            const std::size_t place = first + static_cast<std::size_t>(a);
            parts[place] =
                element.volume * source_means_[static_cast<std::size_t>(a)].cwiseProduct(along).sum();
            if (!sign_.empty()) parts[place] *= static_cast<double>(sign_[place]);
        }
    }
    if (source.functional != nullptr) add_functional(*source.functional, parts);
    Eigen::VectorXd result = gathered(parts);
    if (source.boundary_load != nullptr) {
        CORTICOIL_ASSERT(source.boundary_load->size() == n_unknowns_);
        result += *source.boundary_load;
    }
    return result;
}

void OrderSurplus::add_functional(const FieldFunctional& functional, std::vector<double>& parts) const {
    for (int i = 0; i < functional.n_points(); ++i) {
        const int t = functional.tetrahedra[static_cast<std::size_t>(i)];
        const Eigen::Vector4d along =
            gradients_of(space_.mesh(), t).gradients.transpose() * functional.weights.col(i);
        const std::size_t first = static_cast<std::size_t>(n_bubbles_) * static_cast<std::size_t>(t);
        for (int a = 0; a < n_bubbles_; ++a) {
            const std::size_t place = first + static_cast<std::size_t>(a);
            const double part =
                along.dot(gradient_coefficients(space_.order(), a, functional.barycentric.col(i)));
            parts[place] += sign_.empty() ? part : part * static_cast<double>(sign_[place]);
        }
    }
}

Eigen::VectorXd OrderSurplus::product(const Eigen::VectorXd& surplus) const {
    std::vector<double> parts(unknown_.size());
    const auto n_tetrahedra = static_cast<int>(pairs_.size());
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        const Local values =
            element_matrix(pairs_[static_cast<std::size_t>(t)]).cast<double>() * local_values(t, surplus);
        const std::size_t first = static_cast<std::size_t>(n_bubbles_) * static_cast<std::size_t>(t);
        for (int a = 0; a < n_bubbles_; ++a) {
            const std::size_t place = first + static_cast<std::size_t>(a);
            parts[place] = sign_.empty() ? values[a] : values[a] * static_cast<double>(sign_[place]);
        }
    }
    return gathered(parts);
}

Eigen::VectorXd OrderSurplus::solve(const Eigen::VectorXd& potential, const SurplusSource& source) const {
    Eigen::VectorXd x = Eigen::VectorXd::Zero(n_unknowns_);
    Eigen::VectorXd r = residual(potential, source);
    Eigen::VectorXd z = r.cwiseQuotient(diagonal_);
    Eigen::VectorXd p = z;
    double rz = r.dot(z);
    for (int step = 0; step < n_steps && rz > 0; ++step) {
        const Eigen::VectorXd q = product(p);
        const double alpha = rz / p.dot(q);
        x += alpha * p;
        r -= alpha * q;
        z = r.cwiseQuotient(diagonal_);
        const double rz_next = r.dot(z);
        p = z + rz_next / rz * p;
        rz = rz_next;
    }
    return x;
}

OrderSurplus::Corners OrderSurplus::projected_field(int tetrahedron, const Eigen::VectorXd& surplus) const {
    const Local values = local_values(tetrahedron, surplus);
    Eigen::Matrix4d coefficients = Eigen::Matrix4d::Zero();
    for (int a = 0; a < n_bubbles_; ++a)
        coefficients += values[a] * projections_[static_cast<std::size_t>(a)];
    return -(gradients_of(space_.mesh(), tetrahedron).gradients * coefficients);
}

ElementField OrderSurplus::field(const Eigen::VectorXd& surplus) const {
    const int n_tetrahedra = space_.mesh().n_tetrahedra();
    ElementField result(1, VectorField(3, Eigen::Index{4} * n_tetrahedra));
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t)
        result.values.middleCols<4>(Eigen::Index{4} * t) = projected_field(t, surplus);
    return result;
}

double OrderSurplus::value(const FieldFunctional& functional, const Eigen::VectorXd& surplus) const {
    double sum = 0;
    for (int i = 0; i < functional.n_points(); ++i) {
        const Corners corners = projected_field(functional.tetrahedra[static_cast<std::size_t>(i)], surplus);
        sum += functional.weights.col(i).dot(corners * functional.barycentric.col(i));
    }
    return sum;
}

Eigen::VectorXd OrderSurplus::energies(const Eigen::VectorXd& surplus, const Eigen::VectorXd& other) const {
    const auto n_tetrahedra = static_cast<int>(pairs_.size());
    Eigen::VectorXd result(n_tetrahedra);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        result[t] = local_values(t, surplus)
                        .dot(element_matrix(pairs_[static_cast<std::size_t>(t)]).cast<double>() *
                             local_values(t, other));
    }
    return result;
}

Eigen::VectorXd OrderSurplus::squared_norms(const Eigen::VectorXd& surplus) const {
    const int n_tetrahedra = space_.mesh().n_tetrahedra();
    Eigen::VectorXd result(n_tetrahedra);
#pragma omp parallel for schedule(static)
    for (int t = 0; t < n_tetrahedra; ++t) {
        const TetrahedronGradients element = gradients_of(space_.mesh(), t);
        const Eigen::Matrix4d g = element.volume * element.gradients.transpose() * element.gradients;
        Pairs pairs;
        for (int pair = 0; pair < n_pairs; ++pair) {
            const auto [i, j] = corner_pairs[static_cast<std::size_t>(pair)];
            pairs[pair] = static_cast<float>(g(i, j));
        }
        const Local values = local_values(t, surplus);
        result[t] = values.dot(element_matrix(pairs).cast<double>() * values);
    }
    return result;
}

} // namespace corticoil::solver
