#pragma once

#include "viz/field_picture.h"
#include "viz/layers.h"

#include <vector>

namespace corticoil::viz {

inline constexpr Colour copper{0.72F, 0.40F, 0.20F};
inline constexpr Colour casing_colour{0.42F, 0.46F, 0.52F};
inline constexpr Colour induced_colour{0.84F, 0.05F, 0.30F}; ///< The arrow along E.
inline constexpr Colour handle_colour{0.25F, 0.27F, 0.31F};

/// Where the marks at the coil lie in the head frame [m].
struct CoilMarks {
    Vector3 handle_start;
    Vector3 handle_end;
    std::optional<std::pair<Vector3, Vector3>> induced; ///< Tail and tip.
};

[[nodiscard]] CoilMarks coil_marks(const FieldScene& scene);

/// The cortex coloured by |E| / cap and shaded by how open its surroundings are.
[[nodiscard]] Body cortex_body(const FieldScene& scene, double cap);

/// The outline of the region of interest on the cortex (black with a white rim) and the marks at the coil.
[[nodiscard]] std::vector<Body> mark_bodies(const FieldScene& scene, const PictureCamera& camera);

/// The scalp without what lies more than 30 mm below the brain: a long neck would make the rest small.
[[nodiscard]] SurfaceMesh scalp_without_neck(const FieldScene& scene);

/// The coil's windings as tubes.
[[nodiscard]] Body winding_body(const FieldScene& scene, FieldView view);

} // namespace corticoil::viz
