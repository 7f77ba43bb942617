#pragma once

#include "app/view_lines.h"
#include "app/view_screen.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace corticoil::app {

/// A window on a display: keys, mouse and the lines of a script run the same commands; the field of a pose is
/// computed beside it when the coil rests.
class ViewWindow : public ViewHost {
  public:
    struct Options {
        int width = 1280;
        int height = 720;
        bool prints = true; ///< To stdout, as commands run; printed() has it in any case.
    };

    /// Keeps a reference to the model. \throws as viz::LiveWindow.
    ViewWindow(ViewModel& model, const Options& options, std::vector<ViewLine> script);
    ViewWindow(const ViewWindow&) = delete;
    ViewWindow& operator=(const ViewWindow&) = delete;
    /// Waits for a solve that is under way.
    ~ViewWindow() override;

    /// Until the window is closed. \throws what a line of the script throws; what keys and the mouse do wrong
    /// is said on stderr.
    void run();
    [[nodiscard]] const std::string& printed() const { return printed_; }

    void print(const std::string& text) override;
    void save_picture(const std::filesystem::path& png) override { screen_.save_picture(png); }
    void solve() override;
    void wait() override;
    void toggle_help() override;
    void quit() override { screen_.window().close(); }
    std::string describe_drawing() override { return screen_.describe(); }

  private:
    using Clock = std::chrono::steady_clock;

    void start(ViewAccuracy accuracy);
    void take_result();
    void touched();
    void run_line(const std::string& line, const std::string& place);
    void answer_key(const std::string& key);
    void answer_mouse(const viz::MouseEvent& event);
    void press(const viz::MouseEvent& event);
    void release(const viz::MouseEvent& event);
    void drag(const viz::MouseEvent& event);
    void pick(const viz::MouseEvent& event);
    void tick();
    [[nodiscard]] bool has_rested(std::chrono::milliseconds time) const;

    ViewModel& model_;
    ViewScreen screen_;
    bool prints_ = true;
    std::string printed_;
    std::vector<ViewLine> script_;
    std::size_t next_ = 0;

    std::thread worker_;
    std::atomic<bool> is_solved_ = false;
    std::atomic<bool> is_unwanted_ = false; ///< What the worker computes: the coil was moved on.
    std::optional<ViewField> result_;
    std::exception_ptr failure_;

    bool is_dirty_ = true;
    ViewScreen::Look look_ = ViewScreen::Look::still;
    Clock::time_point last_touched_;

    // Of the button that is held.
    viz::MouseButton button_ = viz::MouseButton::none;
    bool drags_coil_ = false;
    bool has_moved_ = false;
    int column_ = 0; ///< Where the mouse was last.
    int row_ = 0;
    Eigen::Vector2d grip_{0, 0}; ///< From the mouse to the coil's place, in pixels.
};

} // namespace corticoil::app
