#include "meshing/volume_calibration.h"

#include "core/constants.h"
#include "core/face_neighbours.h"
#include "core/tissue.h"
#include "meshing/editable_mesh.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::meshing {

namespace {

/// Moves that would hurt a tetrahedron are shortened or left out, so it takes a few rounds.
constexpr int n_rounds = 3;

/// Shortest part of a wanted move that is tried, as halvings.
constexpr int n_halvings = 2;

/// Where interfaces meet at an angle their shifts may contradict each other; this weight on no shift settles
/// it.
constexpr double stay_weight = 0.05;

struct InterfaceFace {
    int tetrahedron;
    int corner;
    int label; ///< Of the tetrahedron.
    int other; ///< Across the face; air outside.
};

/// Every face between different labels, from the side of the higher label.
std::vector<InterfaceFace> interface_faces(const TetMesh& mesh, const Eigen::Matrix4Xi& neighbours) {
    std::vector<InterfaceFace> faces;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        for (int corner = 0; corner < 4; ++corner) {
            const int neighbour = neighbours(corner, t);
            const int other = neighbour < 0 ? tissue::air : mesh.labels[static_cast<std::size_t>(neighbour)];
            if (other < label) faces.push_back({t, corner, label, other});
        }
    }
    return faces;
}

/// λ per label from Σ_b area_ab (λ_a − λ_b) = missing_a.
std::map<int, double> solve_pressures(const TetMesh& mesh, const std::vector<InterfaceFace>& faces,
                                      const std::map<int, double>& wanted) {
    const std::map<int, double> present = volumes_by_label(mesh);
    std::map<int, Eigen::Index> row;
    for (const auto& [label, volume] : present) row.emplace(label, static_cast<Eigen::Index>(row.size()));
    const auto n = static_cast<Eigen::Index>(row.size());
    Eigen::MatrixXd laplacian = Eigen::MatrixXd::Zero(n, n);
    for (const InterfaceFace& face : faces) {
        const double area = face_area(mesh, face.tetrahedron, face.corner).norm();
        const Eigen::Index a = row.at(face.label);
        laplacian(a, a) += area;
        if (face.other == tissue::air) continue;
        const Eigen::Index b = row.at(face.other);
        laplacian(b, b) += area;
        laplacian(a, b) -= area;
        laplacian(b, a) -= area;
    }
    Eigen::VectorXd missing = Eigen::VectorXd::Zero(n);
    for (const auto& [label, volume] : present) {
        const auto found = wanted.find(label);
        if (found != wanted.end()) missing[row.at(label)] = found->second - volume;
    }
    const Eigen::VectorXd solution = laplacian.ldlt().solve(missing);
    std::map<int, double> pressures{{tissue::air, 0.0}};
    for (const auto& [label, r] : row) pressures[label] = std::isfinite(solution[r]) ? solution[r] : 0.0;
    return pressures;
}

/// The shift of each node that comes nearest to its faces' shifts, 3×N.
VectorField node_shifts(const TetMesh& mesh, const std::vector<InterfaceFace>& faces,
                        const std::map<int, double>& pressures, double largest_shift) {
    std::vector<Eigen::Matrix3d> matrix(static_cast<std::size_t>(mesh.n_nodes()), Eigen::Matrix3d::Zero());
    VectorField shifts = VectorField::Zero(3, mesh.n_nodes());
    for (const InterfaceFace& face : faces) {
        const Vector3 area = face_area(mesh, face.tetrahedron, face.corner);
        const double size = area.norm();
        if (!(size > 0.0)) continue;
        const Vector3 normal = area / size;
        const double shift =
            std::clamp(pressures.at(face.label) - pressures.at(face.other), -largest_shift, largest_shift);
        for (const int c : face_corners[static_cast<std::size_t>(face.corner)]) {
            const int node = mesh.tetrahedra(c, face.tetrahedron);
            matrix[static_cast<std::size_t>(node)] += size * normal * normal.transpose();
            shifts.col(node) += size * shift * normal;
        }
    }
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        Eigen::Matrix3d& m = matrix[static_cast<std::size_t>(node)];
        const double weight = m.trace();
        if (!(weight > 0.0)) continue;
        m += stay_weight * weight * Eigen::Matrix3d::Identity();
        // On a plane the extra weight would shorten the shift by itself.
        shifts.col(node) = (1.0 + stay_weight) * (m.inverse() * shifts.col(node)).eval();
    }
    return shifts;
}

/// Moves a node by the longest of `shift`, a half, a quarter that keeps the tetrahedra around it good.
void move_guarded(EditableMesh& mesh, int node, const Vector3& shift, double floor) {
    const auto worst = [&] {
        double quality = std::numeric_limits<double>::infinity();
        for (const int t : mesh.around(node)) quality = std::min(quality, mesh.quality(t));
        return quality;
    };
    const Vector3 before = mesh.node(node);
    const double limit = std::min(floor, worst());
    double part = 1.0;
    for (int halving = 0; halving <= n_halvings; ++halving, part *= 0.5) {
        mesh.move(node, before + part * shift);
        if (worst() >= limit) return;
    }
    mesh.move(node, before);
}

} // namespace

TetMesh calibrate_volumes(const TetMesh& mesh, const VolumeCalibrationOptions& options) {
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    const std::vector<InterfaceFace> faces = interface_faces(mesh, neighbours);
    const double sine = std::sin(options.smallest_dihedral_degrees * pi / 180.0);
    EditableMesh editable(mesh);
    TetMesh result = mesh;
    for (int round = 0; round < n_rounds; ++round) {
        const VectorField shifts = node_shifts(result, faces, solve_pressures(result, faces, options.volumes),
                                               options.largest_shift);
        for (int node = 0; node < result.n_nodes(); ++node) {
            if (shifts.col(node).squaredNorm() > 0.0)
                move_guarded(editable, node, shifts.col(node), sine * sine);
        }
        for (int node = 0; node < result.n_nodes(); ++node) result.nodes.col(node) = editable.node(node);
    }
    return result;
}

} // namespace corticoil::meshing
