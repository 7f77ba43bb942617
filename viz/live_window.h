#pragma once

#include "core/rigid_transform.h"
#include "viz/canvas.h"
#include "viz/layers.h"
#include "viz/live_listener.h"
#include "viz/picture_camera.h"
#include "viz/slices.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::viz {

/// How a body of a live window is drawn, besides its light.
struct LiveLook {
    bool is_cut = false;     ///< The cut plane takes away what lies on its front side.
    bool shows_back = false; ///< Only the sides that face away from the viewer: a bowl that hides nothing.
    bool is_glass = false;   ///< Thin colour over the rest; front sides only.
    bool has_inside = false; ///< Inner sides are grey, so that no value is read through a hole.
};

/// A plane whose front side (where the normal points) is cut away [m].
struct CutPlane {
    Vector3 point = Vector3::Zero();
    Vector3 normal = Vector3::UnitZ();
};

/// Draws bodies that stay in graphics memory from one frame to the next, on a display (X11) or into memory
/// (EGL, no display). One thread.
class LiveWindow {
  public:
    enum class Kind { on_display, off_screen };

    /// \throws MissingPartError, with what to do, where there is no display or no OpenGL.
    LiveWindow(Kind kind, int width, int height, const std::string& title);
    ~LiveWindow();
    LiveWindow(const LiveWindow&) = delete;
    LiveWindow& operator=(const LiveWindow&) = delete;

    [[nodiscard]] int width() const;
    [[nodiscard]] int height() const;

    /// Adds a body, or replaces the one of that name; it is visible and untransformed.
    void set_body(const std::string& name, const Body& body, const LiveLook& look = {});
    /// One colour per node of a body that is there.
    void set_colours(const std::string& name, const std::vector<Colour>& node_colours);
    /// Nothing for a body that is not there (an empty one).
    void move_body(const std::string& name, const RigidTransform& head_from_body);
    void show_body(const std::string& name, bool is_visible);
    void cut(const std::optional<CutPlane>& plane);
    /// A picture drawn on a plane through the head, `is_drawn` (one per pixel, row by row) where it is.
    void set_slice(const SlicePlane& plane, const Canvas& picture, const std::vector<char>& is_drawn);
    void hide_slice();
    /// A picture that lies over the scene with its upper left corner at a pixel; an empty one goes away.
    void set_panel(const std::string& name, const Canvas& picture, int column, int row);
    void hide_panel(const std::string& name);
    void set_background(const Colour& colour);
    /// Edges smoothed over the finished frame: for frames that stand still.
    void smooth_edges(bool is_smooth);

    /// Draws a frame; the camera has this window's size. \throws ComputationError with VTK's own messages.
    void draw(const PictureCamera& camera);

    /// The last frame.
    [[nodiscard]] Canvas picture() const;
    /// Where the line of sight of a pixel of the last frame meets a body [m]; nothing over the background.
    [[nodiscard]] std::optional<Vector3> point_under(int column, int row) const;
    /// Triangles of the visible bodies, and whether one of them is translucent.
    [[nodiscard]] int n_triangles() const;
    [[nodiscard]] bool has_glass() const;

    /// On a display: answers events until close(). \throws what the listener throws, after the window is
    /// closed.
    void run(const LiveListener& listener);
    void close();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
