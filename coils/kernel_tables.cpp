#include "coils/kernel_tables.h"

#include "core/constants.h"

#include <cstddef>
#include <vector>

namespace corticoil::coils {

namespace {

std::vector<float> as_floats(const std::vector<double>& values) {
    return {values.begin(), values.end()};
}

} // namespace

VertexTable vertex_table(const Segments& segments) {
    VertexTable table{as_floats(segments.x),      as_floats(segments.y),  as_floats(segments.z),
                      as_floats(segments.length), as_floats(segments.wx), as_floats(segments.wy),
                      as_floats(segments.wz)};
    // The last segment, of no length, ends somewhere too.
    if (segments.size() > 0) {
        table.x.push_back(table.x.back());
        table.y.push_back(table.y.back());
        table.z.push_back(table.z.back());
    }
    return table;
}

DipoleTable dipole_table(const MagneticDipoles& dipoles) {
    const auto row = [](const auto& values, double factor) {
        std::vector<float> floats(static_cast<std::size_t>(values.cols()));
        for (std::size_t i = 0; i < floats.size(); ++i)
            floats[i] = static_cast<float>(factor * values(static_cast<Eigen::Index>(i)));
        return floats;
    };
    constexpr double mu0_over_4pi = vacuum_permeability / (4 * pi);
    return {row(dipoles.positions.row(0), 1),          row(dipoles.positions.row(1), 1),
            row(dipoles.positions.row(2), 1),          row(dipoles.moments.row(0), mu0_over_4pi),
            row(dipoles.moments.row(1), mu0_over_4pi), row(dipoles.moments.row(2), mu0_over_4pi)};
}

} // namespace corticoil::coils
