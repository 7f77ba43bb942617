#pragma once

#include "app/view_model.h"
#include "viz/decimated_surface.h"
#include "viz/live_bodies.h"
#include "viz/live_window.h"

#include <Eigen/Core>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace corticoil::app {

/// Draws a model in a window: a light look while things move, the full one when they rest.
class ViewScreen {
  public:
    /// Decimates what is shown while moving: a few seconds. Keeps a reference to the model.
    ViewScreen(const ViewModel& model, viz::LiveWindow::Kind kind, int width, int height);

    enum class Look {
        moving, ///< At most `most_moving_triangles`, all opaque.
        still,
    };
    static constexpr int most_moving_triangles = 50000;

    /// Brings the window up to the model's state and draws a frame.
    void draw(Look look);

    void set_notice(const std::string& notice) { notice_ = notice; }
    [[nodiscard]] const std::string& notice() const { return notice_; }
    void toggle_help() { shows_help_ = !shows_help_; }

    void save_picture(const std::filesystem::path& png);
    [[nodiscard]] viz::LiveWindow& window() { return window_; }
    /// Triangles of the last frame.
    [[nodiscard]] int n_triangles() const { return window_.n_triangles(); }
    /// Triangles of a look.
    [[nodiscard]] int n_triangles(Look look);
    /// The line of print-scene about them.
    [[nodiscard]] std::string describe();

    /// The line of sight of a pixel, from in front of everything [m].
    struct Sight {
        Vector3 from = Vector3::Zero();
        Vector3 direction = Vector3::Zero();
    };
    [[nodiscard]] Sight sight(double column, double row) const;
    [[nodiscard]] viz::PictureCamera camera() const;

  private:
    void update_coil();
    void update_colours();
    void update_slice();
    void update_panel(bool is_moving);
    void update_help();
    void show_look(Look look);
    [[nodiscard]] const Eigen::VectorXd* values() const;

    const ViewModel& model_;
    viz::LiveWindow window_;
    viz::DecimatedSurface light_cortex_;
    viz::DecimatedSurface light_scalp_;
    Eigen::VectorXd openness_;
    Eigen::VectorXd light_openness_;
    std::string notice_;
    bool shows_help_ = false;

    // What the window has.
    std::string drawn_coil_;
    std::string drawn_target_;
    std::string drawn_colours_[2];
    std::string drawn_slice_;
    std::string drawn_help_;
    std::chrono::steady_clock::time_point panel_drawn_; ///< When.
    std::optional<Vector3> drawn_mark_;
};

} // namespace corticoil::app
