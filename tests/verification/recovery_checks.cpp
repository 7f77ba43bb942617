#include "verification/recovery_checks.h"

#include "core/face_neighbours.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace corticoil::test {

double estimate_over(const TetMesh& mesh, const Eigen::VectorXd& error, const Region& region) {
    const Points centres = barycentres(mesh);
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    double sum = 0;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (region(centres.col(t))) sum += volumes[t] * error[t] * error[t];
    }
    return std::sqrt(sum);
}

solver::ElementField averaged_at_nodes(const TetMesh& mesh, const solver::ElementField& field) {
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    VectorField sums = VectorField::Zero(3, mesh.n_nodes());
    Eigen::VectorXd weights = Eigen::VectorXd::Zero(mesh.n_nodes());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int node = mesh.tetrahedra(corner, t);
            sums.col(node) += volumes[t] * field.at(t, Eigen::Vector4d::Unit(corner));
            weights[node] += volumes[t];
        }
    }
    solver::ElementField result(1, VectorField(3, Eigen::Index{4} * mesh.n_tetrahedra()));
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int node = mesh.tetrahedra(corner, t);
            result.values.col(Eigen::Index{4} * t + corner) = sums.col(node) / weights[node];
        }
    }
    return result;
}

InterfaceJumps interface_jumps(const HeadModel& head, const Region& region,
                               const solver::ElementField& field) {
    const TetMesh& mesh = head.mesh;
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    double area_sum = 0;
    InterfaceJumps jumps;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other < t || head.conductivity[t] == head.conductivity[other]) continue;
            int across = 0;
            while (neighbours(across, other) != t) ++across;
            // The face's centre, seen from both sides.
            const Eigen::Vector4d here = (Eigen::Vector4d::Ones() - Eigen::Vector4d::Unit(corner)) / 3;
            const Eigen::Vector4d there = (Eigen::Vector4d::Ones() - Eigen::Vector4d::Unit(across)) / 3;
            const Vector3 centre = mesh.nodes(Eigen::all, mesh.tetrahedra.col(t)) * here;
            if (!region(centre)) continue;
            const double area = face_area(mesh, t, corner).norm();
            const Vector3 normal = face_area(mesh, t, corner) / area;
            const Vector3 e = field.at(t, here);
            const Vector3 e_across = field.at(other, there);
            const Vector3 current_jump = head.conductivity[t] * e - head.conductivity[other] * e_across;
            area_sum += area;
            jumps.tangential_field += area * normal.cross(e - e_across).squaredNorm();
            jumps.normal_current += area * std::pow(normal.dot(current_jump), 2);
        }
    }
    EXPECT_GT(area_sum, 0) << "no faces there";
    return {std::sqrt(jumps.tangential_field / area_sum), std::sqrt(jumps.normal_current / area_sum)};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void RoiErrors::add(double exact, double raw_mean, const solver::FunctionalError& error) {
    const double difference = raw_mean - exact;
    raw.push_back(std::abs(difference) / exact);
    corrected.push_back(std::abs(difference + error.correction) / exact);
    other_way.push_back(std::abs(difference - error.correction) / exact);
    half_width.push_back(error.half_width / exact);
    if (std::abs(difference + error.correction) <= error.half_width) ++n_covered;
}

void record_roi_errors(const RoiErrors& errors) {
    const auto property = [](const std::string& what, double value) {
        testing::Test::RecordProperty(what, std::to_string(100 * value));
    };
    property("covered_percent", errors.covered());
    property("median_raw_percent", median(errors.raw));
    property("median_corrected_percent", median(errors.corrected));
    property("median_other_way_percent", median(errors.other_way));
    property("median_half_width_percent", median(errors.half_width));
}

} // namespace corticoil::test
