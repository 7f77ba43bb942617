#pragma once

#include "viz/field_picture.h"
#include "viz/layers.h"
#include "viz/picture_theme.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace corticoil::viz {

inline constexpr Colour copper{0.72F, 0.40F, 0.20F};
inline constexpr Colour casing_colour{0.42F, 0.46F, 0.52F};
inline constexpr Colour induced_colour{0.84F, 0.05F, 0.30F}; ///< The arrow along E.
inline constexpr std::array<Colour, 3> axis_colours{Colour{0.80F, 0.25F, 0.10F}, Colour{0.10F, 0.55F, 0.30F},
                                                    Colour{0.10F, 0.35F, 0.80F}}; ///< x, y, z.

/// Where the marks at the coil lie in the head frame [m].
struct CoilMarks {
    Vector3 handle_start;
    Vector3 handle_end;
    std::optional<std::pair<Vector3, Vector3>> induced; ///< Tail and tip.
};

[[nodiscard]] CoilMarks coil_marks(const FieldScene& scene);

/// Where the coil's axes x, y, z end; they start at its origin [m].
[[nodiscard]] std::array<Vector3, 3> coil_axis_tips(const FieldScene& scene);

/// The cortex coloured by one value per node and shaded by how open its surroundings are.
[[nodiscard]] Body cortex_body(const FieldScene& scene, const Eigen::VectorXd& values,
                               const ColourScale& scale);

/// What the look has of: the outline of the region of interest on the cortex (black with a white rim), the
/// marks at the coil and its axes.
[[nodiscard]] std::vector<Body> mark_bodies(const FieldScene& scene, const FieldLook& look,
                                            const PictureCamera& camera, const PictureTheme& theme);

/// The scalp without what lies more than 30 mm below the brain: a long neck would make the rest small.
[[nodiscard]] SurfaceMesh scalp_without_neck(const FieldScene& scene);

/// The coil's windings as tubes; thin ones do not hide the hot spot.
[[nodiscard]] Body winding_body(const FieldScene& scene, bool is_thin);

} // namespace corticoil::viz
