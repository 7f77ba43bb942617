#pragma once

#include "viz/field_picture.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::app {

/// What the pictures of a run folder show, from its own files. \throws Error for a folder that is no run.
[[nodiscard]] viz::FieldScene scene_of(const std::filesystem::path& run);

/// The view of the brain that a target's name, or else the coil's place, calls for.
[[nodiscard]] viz::FieldView view_for_target(const std::string& target, const viz::FieldScene& scene);

/// What is drawn of a run folder, and how.
struct RunPictures {
    std::vector<std::string> views; ///< As parse_views() has them.
    viz::FieldLook look{};
    viz::PictureOptions options{};
    bool has_montage = false; ///< All views in one picture, montage.png.
    bool has_svg_legend = false;
    int n_orbit_frames = 0;       ///< Above 0: frames of a turn around the head, in the place of the views.
    bool has_sweep = false;       ///< A frame per candidate of the plan, in the place of the views.
    std::string subject{};        ///< The subject's folder, for slices; empty: as the run's own files say.
    std::filesystem::path plan{}; ///< The plan's folder that the run belongs to; empty: none.
};

/// Draws the frames that were asked for as `orbit_0001.png` or `sweep_0001.png` and so on, and returns them.
/// \throws Error as draw_run(), and for a sweep without a plan.
std::vector<std::filesystem::path> draw_frames(const std::filesystem::path& run, const RunPictures& pictures,
                                               const std::filesystem::path& folder);

/// Draws the pictures of a run folder from its own files into `folder`, named like their views. Returns the
/// files. \throws Error for a folder that is no run, MissingPartError where nothing can be drawn.
std::vector<std::filesystem::path> draw_run(const std::filesystem::path& run, const RunPictures& pictures,
                                            const std::filesystem::path& folder);

} // namespace corticoil::app
