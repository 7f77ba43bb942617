#pragma once

#include "viz/field_picture.h"

#include <filesystem>
#include <functional>
#include <vector>

namespace corticoil::viz {

/// The file of a frame, counted from 1.
using FrameFile = std::function<std::filesystem::path(int frame)>;

/// The cameras of a turn around the head in even steps, from the overview's on, all of one scale.
[[nodiscard]] std::vector<PictureCamera> orbit_cameras(const FieldScene& scene, const PictureOptions& options,
                                                       int n_frames);

/// Draws a turn around the head, a picture per frame with words as draw_field(); what does not depend on the
/// camera is made once. \throws Error as draw_field() and for fewer than 2 or more than 720 frames.
void draw_orbit(const FieldScene& scene, const FieldLook& look, const PictureOptions& options, int n_frames,
                const FrameFile& file);

/// Draws the view of the candidates once per candidate, the coil at it; one camera for all. The field of a
/// candidate is not known: its value is. \throws Error as draw_field() and for a scene without candidates.
void draw_sweep(const FieldScene& scene, const FieldLook& look, const PictureOptions& options,
                const FrameFile& file);

} // namespace corticoil::viz
