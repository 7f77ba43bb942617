#pragma once

#include "viz/layers.h"
#include "viz/picture_camera.h"

#include <memory>

namespace corticoil::viz {

/// Draws surfaces into memory, with no X server and no graphics card needed. One thread at a time.
class OffscreenWindow {
  public:
    /// \throws MissingPartError if no OpenGL context can be made without a display.
    OffscreenWindow(int width, int height);
    ~OffscreenWindow();
    OffscreenWindow(const OffscreenWindow&) = delete;
    OffscreenWindow& operator=(const OffscreenWindow&) = delete;

    /// One opaque layer of `bodies` as the camera sees them; the camera has this window's size.
    /// \throws ComputationError with VTK's own messages if it reports any.
    [[nodiscard]] Layer draw(const std::vector<Body>& bodies, const PictureCamera& camera);

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
