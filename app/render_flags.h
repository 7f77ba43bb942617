#pragma once

#include "viz/field_look.h"
#include "viz/picture_options.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace corticoil::app {

/// The words of `corticoil render` as they were given.
struct RenderFlags {
    std::string folder;
    std::string subject;
    std::string view = "standard";
    std::string scalar = "magnitude";
    std::string show;
    std::string hide;
    std::string section = "field";
    std::string background = "light";
    std::string size; ///< Empty: 1600x1200, frames 960x720.
    double dots_per_inch = 300;
    double cap_percentile = 99.9;
    std::string legend;
    bool has_montage = false;
    int orbit = 0;
    bool has_sweep = false;
    std::string video;

    [[nodiscard]] bool has_frames() const { return orbit != 0 || has_sweep; }
};

/// Every word that `--view` takes.
[[nodiscard]] std::vector<std::string> view_words();

/// The words of "close,six", each once; "all" is close and overview. \throws Error for an unknown word, with
/// the nearest known one.
[[nodiscard]] std::vector<std::string> parse_views(const std::string& text);

/// Size, resolution, background and cap. \throws Error for what is out of range.
[[nodiscard]] viz::PictureOptions picture_options(const RenderFlags& flags);

/// Scalar and parts. \throws Error for unknown words and for what is both shown and hidden.
[[nodiscard]] viz::FieldLook field_look(const RenderFlags& flags);

} // namespace corticoil::app
