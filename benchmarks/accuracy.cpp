#include "benchmarks/accuracy.h"

#include "coils/coil_library.h"
#include "coils/primary_field.h"
#include "coils/sphere_field.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "meshing/nested_spheres.h"
#include "meshing/refine.h"
#include "planning/metrics.h"
#include "planning/placement.h"
#include "planning/scalp.h"
#include "planning/simulate.h"
#include "solver/electric_field.h"

#include <Eigen/LU>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iostream>
#include <random>

namespace corticoil::benchmarks {

namespace {

constexpr double tolerance = 1e-8;
constexpr int n_places = 30;
constexpr int block =
    10; ///< Places that the reference solves at once: its potentials take most of the memory.

/// `figure8_70mm` as few dipoles: each winding disc (turns between 26 and 44 mm, centres 46 mm from the
/// middle) by rings of dipoles that carry the turns around them. Both sides of a comparison have the same
/// dipoles, so it need not be close.
coils::Coil dipole_coil() {
    constexpr int n_rings = 5;
    constexpr int n_per_ring = 12;
    constexpr double ring_width = 0.008;
    constexpr double innermost = 0.006;
    constexpr double centre = 0.046;
    constexpr double outer_radius = 0.044;
    constexpr double winding_width = 0.018;
    constexpr double height = -0.004;
    constexpr double n_turns = 9;
    coils::Coil coil = coils::load_coil("figure8_70mm");
    coil.wires.clear();
    coil.dipoles.positions.resize(3, 2 * n_rings * n_per_ring);
    coil.dipoles.moments.resize(3, 2 * n_rings * n_per_ring);
    Eigen::Index i = 0;
    for (const double side : {-1.0, 1.0}) {
        for (int ring = 0; ring < n_rings; ++ring) {
            const double radius = innermost + ring * ring_width;
            const double turns = n_turns * std::min(1.0, (outer_radius - radius) / winding_width);
            const double area = 2 * pi * radius * ring_width / n_per_ring;
            for (int k = 0; k < n_per_ring; ++k) {
                const double angle = 2 * pi * (k + 0.5 * ring) / n_per_ring;
                coil.dipoles.positions.col(i) << side * centre + radius * std::cos(angle),
                    radius * std::sin(angle), height;
                coil.dipoles.moments.col(i++) << 0, 0, side * turns * area;
            }
        }
    }
    return coil;
}

/// Points of a mesh where the true E is known.
struct Reference {
    std::vector<int> tetrahedra;
    Eigen::Matrix4Xd barycentric;
    Eigen::VectorXd volumes;
    VectorField field;
};

double relative_l2_error(const Reference& reference, const solver::ElementField& field) {
    double error = 0;
    double norm = 0;
    for (Eigen::Index i = 0; i < reference.volumes.size(); ++i) {
        const Vector3 e =
            field.at(reference.tetrahedra[static_cast<std::size_t>(i)], reference.barycentric.col(i));
        error += reference.volumes[i] * (e - reference.field.col(i)).squaredNorm();
        norm += reference.volumes[i] * reference.field.col(i).squaredNorm();
    }
    return std::sqrt(error / norm);
}

/// Estimated over true error of the elements' field over the reference's tetrahedra.
double effectivity(const Reference& reference, const planning::Simulation& simulation) {
    double error = 0;
    double estimate = 0;
    for (Eigen::Index i = 0; i < reference.volumes.size(); ++i) {
        const int t = reference.tetrahedra[static_cast<std::size_t>(i)];
        error +=
            reference.volumes[i] *
            (simulation.field.at(t, reference.barycentric.col(i)) - reference.field.col(i)).squaredNorm();
        estimate += reference.volumes[i] * simulation.recovered->error[t] * simulation.recovered->error[t];
    }
    return std::sqrt(estimate / error);
}

/// Simulates with both orders and adds their records.
void add_errors(nlohmann::json& records, const HeadModel& head, const coils::Coil& coil,
                const RigidTransform& pose, const Reference& reference, const std::string& mesh_name) {
    for (const int order : {1, 2}) {
        const planning::Simulator simulator(head,
                                            {.order = order, .solver = solver::SolverChoice::multigrid});
        const planning::Simulation simulation = simulator.simulate(coil, pose, {.tolerance = tolerance});
        const solver::SolveReport& report = simulation.report;
        nlohmann::json record{{"mesh", mesh_name},
                              {"order", order},
                              {"unknowns", report.unknowns},
                              {"tetrahedra", report.tetrahedra},
                              {"iterations", report.iterations},
                              {"relative_residual", report.relative_residual},
                              {"tolerance", tolerance},
                              {"setup_seconds", report.setup_seconds},
                              {"solve_seconds", report.solve_seconds},
                              {"seconds", report.setup_seconds + report.solve_seconds}};
        record["name"] = fmt::format("error_p{}", order);
        record["relative_l2_error"] = relative_l2_error(reference, simulation.field);
        record["effectivity"] = effectivity(reference, simulation);
        std::cerr << record.dump() << "\n";
        records.push_back(record);
        record["name"] = fmt::format("error_p{}_recovered", order);
        record["relative_l2_error"] = relative_l2_error(reference, simulation.recovered->field);
        record.erase("effectivity");
        std::cerr << record.dump() << "\n";
        records.push_back(record);
    }
}

/// Samples of a mesh and the E of its split mesh at the split mesh's own quadrature points: the children of
/// tetrahedron t are 8t … 8t + 7.
class SplitReference {
  public:
    SplitReference(const TetMesh& mesh, const TetMesh& split) : mesh_(mesh), split_(split) {}

    /// Barycentric coordinates in the parent of a point of the split mesh.
    [[nodiscard]] Eigen::Vector4d in_parent(int child, const Vector3& point) const {
        Eigen::Matrix4d corners;
        for (int corner = 0; corner < 4; ++corner)
            corners.col(corner) << mesh_.nodes.col(mesh_.tetrahedra(corner, child / 8)), 1;
        return corners.partialPivLu().solve(Eigen::Vector4d(point.x(), point.y(), point.z(), 1));
    }
    [[nodiscard]] Reference in_ball(int label, const planning::Roi& roi,
                                    const solver::ElementField& field) const {
        const planning::RoiSamples samples = planning::roi_samples(split_, roi, label);
        Reference reference;
        reference.volumes = samples.volumes;
        reference.barycentric.resize(4, samples.volumes.size());
        reference.field.resize(3, samples.volumes.size());
        for (Eigen::Index i = 0; i < samples.volumes.size(); ++i) {
            const int child = samples.tetrahedra[static_cast<std::size_t>(i)];
            reference.tetrahedra.push_back(child / 8);
            reference.barycentric.col(i) = in_parent(child, samples.points.col(i));
            reference.field.col(i) = field.at(child, samples.barycentric.col(i));
        }
        return reference;
    }

  private:
    const TetMesh& mesh_;
    const TetMesh& split_;
};

/// A place to stimulate: a point of grey matter 12 to 35 mm under the scalp, in the upper half of the head.
struct Place {
    RigidTransform pose;
    planning::Roi roi;
};

std::vector<Place> seeded_places(const TetMesh& mesh, const coils::Coil& coil, const planning::Scalp& scalp) {
    constexpr double shallowest = 0.012;
    constexpr double deepest = 0.035;
    constexpr double radius = 0.010;
    const Points centres = barycentres(mesh);
    std::vector<int> grey;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] == tissue::grey_matter && centres(2, t) > 0)
            grey.push_back(t);
    }
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    std::vector<Place> places;
    while (static_cast<int>(places.size()) < n_places) {
        const Vector3 point = centres.col(grey[random() % grey.size()]);
        const Vector3 direction(normal(random), normal(random), normal(random));
        const planning::Placement placement =
            planning::place_over(scalp, coil, point, direction.normalized());
        if (placement.target_depth < shallowest || placement.target_depth > deepest) continue;
        places.push_back({placement.head_from_coil, planning::ball_roi("place", point, radius)});
    }
    return places;
}

double mean_magnitude(const Reference& reference) {
    return reference.field.colwise().norm().dot(reference.volumes) / reference.volumes.sum();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

constexpr std::array<int, 2> roi_labels{tissue::grey_matter, tissue::white_matter};
/// Per place and label of roi_labels the true mean; none where the ball holds none of the tissue.
using TrueMeans = std::vector<std::array<std::optional<double>, 2>>;

void add_roi_records(nlohmann::json& records, const HeadModel& head, const coils::Coil& coil,
                     const std::vector<Place>& places, const TrueMeans& truths,
                     const std::string& mesh_name) {
    for (const int order : {1, 2}) {
        const planning::Simulator simulator(head,
                                            {.order = order, .solver = solver::SolverChoice::multigrid});
        std::array<std::vector<double>, 2> raw_errors;
        std::array<std::vector<double>, 2> errors;
        std::array<std::vector<double>, 2> half_widths;
        for (std::size_t i = 0; i < places.size(); ++i) {
            const planning::Simulation simulation =
                simulator.simulate(coil, places[i].pose, {.tolerance = tolerance});
            for (std::size_t k = 0; k < roi_labels.size(); ++k) {
                if (!truths[i][k]) continue;
                const planning::RoiSamples samples =
                    planning::roi_samples(head.mesh, places[i].roi, roi_labels[k]);
                const double raw = planning::mean_magnitude(samples, simulation.field);
                planning::RoiMetrics metrics;
                simulator.estimate_mean(metrics, samples, simulation, {.tolerance = tolerance});
                raw_errors[k].push_back(std::abs(raw / *truths[i][k] - 1));
                errors[k].push_back(std::abs(metrics.mean_magnitude / *truths[i][k] - 1));
                half_widths[k].push_back(*metrics.mean_magnitude_relative_error);
            }
        }
        for (std::size_t k = 0; k < roi_labels.size(); ++k) {
            const std::size_t n = errors[k].size();
            std::size_t n_covered = 0;
            for (std::size_t i = 0; i < n; ++i) n_covered += errors[k][i] <= half_widths[k][i] ? 1 : 0;
            const nlohmann::json record{
                {"name", fmt::format("roi_p{}", order)},
                {"mesh", mesh_name},
                {"order", order},
                {"tissue", std::string(find_tissue(roi_labels[k])->display_name)},
                {"rois", n},
                {"median_raw_error", median(raw_errors[k])},
                {"largest_raw_error", *std::max_element(raw_errors[k].begin(), raw_errors[k].end())},
                {"median_error", median(errors[k])},
                {"largest_error", *std::max_element(errors[k].begin(), errors[k].end())},
                {"median_half_width", median(half_widths[k])},
                {"covered_share", static_cast<double>(n_covered) / static_cast<double>(n)},
                {"tolerance", tolerance}};
            std::cerr << record.dump() << "\n";
            records.push_back(record);
        }
    }
}

} // namespace

nlohmann::json accuracy_on_spheres(double edge_length) {
    constexpr double brain_radius = 0.078;
    constexpr double region_radius = 0.050;
    constexpr std::size_t most_tetrahedra =
        20000; // Evenly chosen ones of the region: the closed form takes its time.
    const Vector3 scalp_point(0, 0, 0.092);
    const HeadModel head = make_head_model(meshing::nested_spheres(meshing::five_layer_head(edge_length)),
                                           default_conductivities());
    const RigidTransform pose(Vector3(1, -1, -1).asDiagonal(), Vector3(0, 0, 0.096));
    const coils::Coil coil = dipole_coil();
    const Points centres = barycentres(head.mesh);
    const Eigen::VectorXd volumes = tetrahedron_volumes(head.mesh);
    std::vector<int> region;
    for (int t = 0; t < head.mesh.n_tetrahedra(); ++t) {
        if (centres.col(t).norm() < brain_radius && (centres.col(t) - scalp_point).norm() < region_radius)
            region.push_back(t);
    }
    const std::size_t stride = region.size() / most_tetrahedra + 1;
    const solver::QuadratureRule rule = solver::quadrature_rule(solver::Quadrature::degree_4);
    Reference reference;
    for (std::size_t i = 0; i < region.size(); i += stride)
        reference.tetrahedra.insert(reference.tetrahedra.end(), static_cast<std::size_t>(rule.weights.size()),
                                    region[i]);
    const auto n = static_cast<Eigen::Index>(reference.tetrahedra.size());
    reference.barycentric = rule.barycentric.replicate(1, n / rule.weights.size());
    reference.volumes.resize(n);
    Points points(3, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const int t = reference.tetrahedra[static_cast<std::size_t>(i)];
        reference.volumes[i] = rule.weights[i % rule.weights.size()] * volumes[t];
        points.col(i).setZero();
        for (int corner = 0; corner < 4; ++corner)
            points.col(i) +=
                reference.barycentric(corner, i) * head.mesh.nodes.col(head.mesh.tetrahedra(corner, t));
    }
    const RigidTransform coil_from_head = pose.inverse();
    reference.field = pose.apply_to_vectors(coils::electric_field_in_sphere(
        coil.dipoles, ampere_per_microsecond, coil_from_head.apply_to_point(Vector3::Zero()),
        coil_from_head.apply_to_points(points)));
    nlohmann::json records = nlohmann::json::array();
    add_errors(records, head, coil, pose, reference,
               fmt::format("sphere_{:g}mm", edge_length * millimetres_per_metre));
    return records;
}

nlohmann::json accuracy_on_head(TetMesh mesh, const std::string& name) {
    const HeadModel head = make_head_model(std::move(mesh), default_conductivities());
    const HeadModel fine = make_head_model(meshing::split_each_in_eight(head.mesh), default_conductivities());
    const SplitReference split(head.mesh, fine.mesh);
    const planning::Scalp scalp(head.mesh);
    const coils::Coil coil = dipole_coil();
    std::vector<Place> places = seeded_places(head.mesh, coil, scalp);
    // Left hand M1 last: Colin27 lies in MNI space.
    const Vector3 hand(-0.037, -0.021, 0.058);
    const RigidTransform pose =
        planning::place_over(scalp, coil, hand, Vector3(1, 1, 0).normalized()).head_from_coil;
    constexpr double region_radius = 0.040;
    places.push_back({pose, planning::ball_roi("coil", pose.translation(), region_radius)});

    TrueMeans truths(static_cast<std::size_t>(n_places));
    Reference under_coil;
    {
        const solver::PotentialSolver solver(fine.mesh, fine.conductivity,
                                             {.order = 2, .choice = solver::SolverChoice::multigrid});
        const solver::InterfaceSource interfaces(solver.space(), fine.conductivity);
        const Points positions = solver.space().positions();
        for (std::size_t first = 0; first < places.size(); first += block) {
            const std::size_t count = std::min<std::size_t>(block, places.size() - first);
            Eigen::MatrixXd loads(solver.space().n_unknowns(), static_cast<Eigen::Index>(count));
            for (std::size_t i = 0; i < count; ++i) {
                loads.col(static_cast<Eigen::Index>(i)) = interfaces.load(coils::rate_of_vector_potential(
                    {coil, places[first + i].pose, ampere_per_microsecond}, interfaces.points()));
            }
            const solver::Potentials potentials = solver.solve_block(loads, {.tolerance = tolerance});
            loads.resize(0, 0);
            for (std::size_t i = 0; i < count; ++i) {
                const Place& place = places[first + i];
                const solver::ElementField field = solver::electric_field(
                    solver.space(), potentials.values.col(static_cast<Eigen::Index>(i)),
                    solver::projected_nodal(solver.space(),
                                            coils::rate_of_vector_potential(
                                                {coil, place.pose, ampere_per_microsecond}, positions)));
                if (first + i == static_cast<std::size_t>(n_places)) {
                    under_coil = split.in_ball(tissue::grey_matter, place.roi, field);
                    continue;
                }
                for (std::size_t k = 0; k < roi_labels.size(); ++k) {
                    try {
                        truths[first + i][k] = mean_magnitude(split.in_ball(roi_labels[k], place.roi, field));
                    } catch (
                        const Error&) { // NOLINT(bugprone-empty-catch): the ball holds none of this tissue
                    }
                }
            }
            std::cerr << "reference: " << first + count << " of " << places.size() << " places\n";
        }
    }
    places.pop_back();
    nlohmann::json records = nlohmann::json::array();
    add_errors(records, head, coil, pose, under_coil, name);
    add_roi_records(records, head, coil, places, truths, name);
    return records;
}

} // namespace corticoil::benchmarks
