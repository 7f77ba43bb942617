#pragma once

#include "core/head_model.h"

#include <nlohmann/json.hpp>

#include <string>

namespace corticoil::benchmarks {

/// Errors of E under a figure-of-eight of 120 dipoles, the size of `figure8_70mm`, at tolerance 1e-8: P1,
/// recovered P1, P2 and recovered P2, with the seconds of set-up and solve. Records `error_p1`,
/// `error_p1_recovered`, `error_p2`, `error_p2_recovered` with `relative_l2_error` and, of the estimate,
/// `effectivity`.

/// On nested spheres of an edge length [m] against the closed form: brain (inside 78 mm) within 50 mm of the
/// scalp point under the coil, 4 mm above the scalp; quadrature of degree 4.
[[nodiscard]] nlohmann::json accuracy_on_spheres(double edge_length);

/// On a head against P2 on its tetrahedra split in eight: grey matter within 40 mm of the coil over left hand
/// M1, and the means over balls of 10 mm at seeded places: records `roi_p1` and `roi_p2` for grey and white
/// matter, with errors of the mean of |E| and what the printed intervals cover. Takes several GiB.
[[nodiscard]] nlohmann::json accuracy_on_head(TetMesh mesh, const std::string& name);

} // namespace corticoil::benchmarks
