#pragma once

#include "viz/canvas.h"
#include "viz/field_picture.h"
#include "viz/layers.h"
#include "viz/offscreen_window.h"
#include "viz/picture_theme.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace corticoil::viz {

/// \throws Error if a scene is inconsistent: sizes, NaN, no triangles.
void check(const FieldScene& scene);

/// The values per node of the cortex that a scalar means. \throws Error if the scene has none.
[[nodiscard]] const Eigen::VectorXd& values_of(const FieldScene& scene, FieldScalar scalar);

/// Where the colours of a scene end [V/m]: a percentile of |E| over the cortex's area.
/// \throws Error if that is not positive.
[[nodiscard]] double colour_cap(const FieldScene& scene, double percentile);

/// The same for any scalar; a diverging scale ends on both sides at the percentile of the magnitudes.
[[nodiscard]] ColourScale colour_scale(const FieldScene& scene, FieldScalar scalar, double percentile);

/// The scale of a view's colours: that of the look's scalar on the cortex, of |E| where a view shows E
/// itself, of the candidates' values. \throws Error as colour_scale(), and where the scene lacks what the
/// view shows.
[[nodiscard]] ColourScale view_scale(const FieldScene& scene, FieldView view, const FieldLook& look,
                                     double percentile);

/// Draws a scene from any number of cameras: what does not depend on the camera is made once. One thread at a
/// time.
class FieldRenderer {
  public:
    /// Keeps references to a checked scene.
    FieldRenderer(const FieldScene& scene, FieldLook look, const ColourScale& scale);

    /// The scene as `camera` sees it, without words. `view` says how much of scalp and coil is shown.
    /// \throws MissingPartError without EGL.
    [[nodiscard]] Canvas draw(FieldView view, const PictureCamera& camera, const PictureTheme& theme = {},
                              const Progress& progress = {});

  private:
    [[nodiscard]] std::vector<Glaze> layers(FieldView view, const PictureCamera& camera,
                                            const PictureTheme& theme, const Progress& progress);
    /// Everything that hides what is behind it.
    [[nodiscard]] std::vector<Body> opaque_bodies(FieldView view, const FieldLook& look,
                                                  const PictureCamera& camera, const PictureTheme& theme);
    [[nodiscard]] const Body& cortex(const FieldLook& look);
    [[nodiscard]] const Body& scalp();
    [[nodiscard]] OffscreenWindow& window(int width, int height);

    const FieldScene& scene_;
    FieldLook look_;
    ColourScale scale_;
    std::optional<Body> cortex_;
    std::optional<Body> scalp_;
    std::map<FieldView, std::vector<Body>> special_; ///< What the views of E itself add.
    std::unique_ptr<OffscreenWindow> window_;
    int window_width_ = 0;
    int window_height_ = 0;
};

/// Draws a checked scene's |E| once; colours end at `cap` [V/m].
[[nodiscard]] Canvas render_field(const FieldScene& scene, FieldView view, const PictureCamera& camera,
                                  double cap, const Progress& progress = {});

} // namespace corticoil::viz
