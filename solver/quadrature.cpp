#include "solver/quadrature.h"

#include "core/error.h"

#include <cmath>
#include <vector>

namespace corticoil::solver {

namespace {

QuadratureRule rule_of(const std::vector<Eigen::Vector4d>& points, const std::vector<double>& weights) {
    QuadratureRule rule;
    rule.barycentric.resize(4, static_cast<Eigen::Index>(points.size()));
    rule.weights.resize(static_cast<Eigen::Index>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
        rule.barycentric.col(static_cast<Eigen::Index>(i)) = points[i];
        rule.weights[static_cast<Eigen::Index>(i)] = weights[i];
    }
    return rule;
}

QuadratureRule degree_2_rule() {
    const double a = (5 + 3 * std::sqrt(5.0)) / 20;
    const double b = (5 - std::sqrt(5.0)) / 20;
    std::vector<Eigen::Vector4d> points;
    for (int i = 0; i < 4; ++i) {
        points.emplace_back(Eigen::Vector4d::Constant(b));
        points.back()[i] = a;
    }
    return rule_of(points, std::vector<double>(4, 0.25));
}

QuadratureRule degree_4_rule() {
    // Keast's weights sum to 1/6, the volume of the reference tetrahedron; ours sum to one.
    std::vector<Eigen::Vector4d> points{Eigen::Vector4d::Constant(0.25)};
    std::vector<double> weights{-74.0 / 5625 * 6};
    for (int i = 0; i < 4; ++i) {
        points.emplace_back(Eigen::Vector4d::Constant(1.0 / 14));
        points.back()[i] = 11.0 / 14;
        weights.push_back(343.0 / 45000 * 6);
    }
    const double a = (1 + std::sqrt(5.0 / 14)) / 4;
    const double b = (1 - std::sqrt(5.0 / 14)) / 4;
    for (int i = 0; i < 4; ++i) {
        for (int j = i + 1; j < 4; ++j) {
            points.emplace_back(Eigen::Vector4d::Constant(b));
            points.back()[i] = a;
            points.back()[j] = a;
            weights.push_back(56.0 / 2250 * 6);
        }
    }
    return rule_of(points, weights);
}

} // namespace

QuadratureRule quadrature_rule(Quadrature quadrature) {
    switch (quadrature) {
    case Quadrature::barycentre:
        return rule_of({Eigen::Vector4d::Constant(0.25)}, {1.0});
    case Quadrature::degree_2:
        return degree_2_rule();
    case Quadrature::degree_4:
        return degree_4_rule();
    }
    CORTICOIL_ASSERT(false);
    return {};
}

} // namespace corticoil::solver
