#pragma once

#include "coils/coil.h"
#include "coils/potential_kernels.h"
#include "coils/segments.h"

namespace corticoil::coils {

/// Sources as the kernels take them. Apart from the kernels' own header, which knows no Eigen.
[[nodiscard]] VertexTable vertex_table(const Segments& segments);
[[nodiscard]] DipoleTable dipole_table(const MagneticDipoles& dipoles);

} // namespace corticoil::coils
