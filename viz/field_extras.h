#pragma once

#include "viz/field_picture.h"
#include "viz/layers.h"

#include <vector>

namespace corticoil::viz {

/// Pale colours of the tissues around the brain on sections that are coloured by |E|.
[[nodiscard]] Colour section_colour(int label);

/// The head below the cut's plane: its section, with lines where tissues meet, and the scalp.
[[nodiscard]] std::vector<Body> cut_bodies(const FieldScene& scene, const FieldLook& look,
                                           const ColourScale& scale);

/// A grey cortex and arrows along E on it around the target, evenly spread, their length and colour by |E|.
[[nodiscard]] std::vector<Body> arrow_bodies(const FieldScene& scene, const ColourScale& scale);

/// Lines along E inside the skull around the target, coloured by |E|.
[[nodiscard]] std::vector<Body> streamline_bodies(const FieldScene& scene, const ColourScale& scale);

/// The scalp and an arrow along each candidate's y axis, coloured by its value; the best one is larger.
[[nodiscard]] std::vector<Body> candidate_bodies(const FieldScene& scene, const ColourScale& scale);

/// Lines in a plane as flat ribbons that face along its normal, `lift` above it [m].
[[nodiscard]] SurfaceMesh ribbons(const std::vector<Points>& lines, const Vector3& normal, double width,
                                  double lift);

} // namespace corticoil::viz
