#pragma once

#include "viz/field_picture.h"

#include <filesystem>
#include <optional>
#include <span>

namespace corticoil::viz {

/// Draws several views of one scene into one picture, on one colour scale, each with its name, the head's
/// axes and a scale bar; `svg` as in draw_field(). \throws Error as draw_field(), and for no view or more
/// than 16.
void draw_field_montage(const FieldScene& scene, std::span<const FieldView> views, const FieldLook& look,
                        const PictureOptions& options, const std::filesystem::path& png,
                        const std::optional<std::filesystem::path>& svg = {});

} // namespace corticoil::viz
