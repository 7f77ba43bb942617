#include "app/view_window.h"

#include "core/constants.h"
#include "core/error.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace corticoil::app {

ViewWindow::ViewWindow(ViewModel& model, const Options& options, std::vector<ViewLine> script)
    : model_(model), screen_(model, viz::LiveWindow::Kind::on_display, options.width, options.height),
      prints_(options.prints), script_(std::move(script)) {}

ViewWindow::~ViewWindow() {
    is_unwanted_ = true;
    if (worker_.joinable()) worker_.join();
}

void ViewWindow::run() {
    solve();
    screen_.draw(ViewScreen::Look::still);
    screen_.window().run({.key = [this](const std::string& key) { answer_key(key); },
                          .mouse = [this](const viz::MouseEvent& event) { answer_mouse(event); },
                          .resized = [this] { is_dirty_ = true; },
                          .tick = [this] { tick(); }});
}

void ViewWindow::print(const std::string& text) {
    printed_ += text;
    if (!prints_) return;
    fmt::print("{}", text);
    std::fflush(stdout);
}

void ViewWindow::solve() {
    if (worker_.joinable() || model_.is_refined()) return;
    start(model_.is_current() ? ViewAccuracy::refined : ViewAccuracy::elements);
}

void ViewWindow::start(ViewAccuracy accuracy) {
    screen_.set_notice(accuracy == ViewAccuracy::elements ? "computing the field…" : "refining the field…");
    is_dirty_ = true;
    is_solved_ = false;
    is_unwanted_ = false;
    worker_ = std::thread([this, compute = model_.computation(accuracy, &is_unwanted_)] {
        try {
            result_ = compute();
        } catch (...) {
            failure_ = std::current_exception();
        }
        is_solved_ = true;
    });
}

void ViewWindow::wait() {
    if (worker_.joinable()) take_result();
    while (!model_.is_refined()) {
        start(ViewAccuracy::refined);
        take_result();
    }
}

void ViewWindow::toggle_help() {
    screen_.toggle_help();
    is_dirty_ = true;
}

/// Waits for the solve under way, and shows what came of it.
void ViewWindow::take_result() {
    worker_.join();
    screen_.set_notice("");
    is_dirty_ = true;
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (result_) model_.accept(*std::exchange(result_, std::nullopt));
}

void ViewWindow::touched() {
    is_dirty_ = true;
    last_touched_ = Clock::now();
    if (!worker_.joinable()) screen_.set_notice("");
}

/// A line of a person's; a message in place of an end: people mistype and leave the scalp.
void ViewWindow::run_line(const std::string& line, const std::string& place) {
    touched();
    try {
        run_view_line(parse_view_line(line, place), model_, *this);
    } catch (const Error& error) {
        fmt::print(stderr, "{}\n", error.what());
        screen_.set_notice("not possible: see the terminal");
    } catch (const InfeasibleError& error) {
        fmt::print(stderr, "{}\n", error.what());
        screen_.set_notice("the coil does not fit there");
    }
}

void ViewWindow::answer_key(const std::string& key) {
    const std::string line = line_of_key(key);
    if (!line.empty()) run_line(line, "");
}

void ViewWindow::answer_mouse(const viz::MouseEvent& event) {
    using Kind = viz::MouseEvent::Kind;
    switch (event.kind) {
    case Kind::wheel_up:
        run_line("zoom 1.1", "");
        break;
    case Kind::wheel_down:
        run_line("zoom 0.909091", "");
        break;
    case Kind::pressed:
        press(event);
        break;
    case Kind::released:
        release(event);
        break;
    case Kind::moved:
        if (button_ != viz::MouseButton::none) drag(event);
        break;
    }
}

void ViewWindow::press(const viz::MouseEvent& event) {
    button_ = event.button;
    has_moved_ = false;
    column_ = event.column;
    row_ = event.row;
    const ViewScreen::Sight sight = screen_.sight(event.column, event.row);
    drags_coil_ =
        button_ == viz::MouseButton::left &&
        (event.has_shift || (model_.state().shows_coil && model_.meets_coil(sight.from, sight.direction)));
    if (!drags_coil_) return;
    model_.begin_gesture();
    const Vector3 place = screen_.camera().project(model_.state().stance.place.point);
    grip_ = place.head<2>() - Eigen::Vector2d(event.column, event.row);
}

void ViewWindow::release(const viz::MouseEvent& event) {
    const bool is_click = !has_moved_ && button_ == viz::MouseButton::left;
    button_ = viz::MouseButton::none;
    touched();
    if (std::exchange(drags_coil_, false)) {
        model_.end_gesture();
        if (has_moved_) solve(); // The coil was let go of: there is nothing to wait for.
        return;
    }
    if (is_click) pick(event);
}

void ViewWindow::drag(const viz::MouseEvent& event) {
    const int right = event.column - column_;
    const int down = event.row - row_;
    constexpr int jitter = 3; // Pixels that a click may move.
    if (!has_moved_ && std::max(std::abs(right), std::abs(down)) < jitter) return;
    has_moved_ = true;
    column_ = event.column;
    row_ = event.row;
    if (drags_coil_) {
        const ViewScreen::Sight sight = screen_.sight(event.column + grip_.x(), event.row + grip_.y());
        const std::optional<Vector3> point = model_.scalp_under(sight.from, sight.direction);
        if (!point) return;
        const Vector3 mm = *point * millimetres_per_metre;
        run_line(fmt::format("place {} {} {}", mm[0], mm[1], mm[2]), "");
    } else if (button_ == viz::MouseButton::left) {
        constexpr double degrees_per_pixel = 0.4;
        run_line(fmt::format("orbit {} {}", degrees_per_pixel * right, -degrees_per_pixel * down), "");
    } else {
        const double mm_per_pixel = screen_.camera().metres_per_pixel * millimetres_per_metre;
        run_line(fmt::format("pan {} {}", mm_per_pixel * right, -mm_per_pixel * down), "");
    }
}

void ViewWindow::pick(const viz::MouseEvent& event) {
    const std::optional<Vector3> point = screen_.window().point_under(event.column, event.row);
    if (!point) return;
    constexpr double under = 0.0005; // [m] Below the surface that is shown.
    const Vector3 mm = (*point - under * model_.camera().towards_viewer) * millimetres_per_metre;
    run_line(fmt::format("pick {:.2f} {:.2f} {:.2f}", mm[0], mm[1], mm[2]), "");
}

bool ViewWindow::has_rested(std::chrono::milliseconds time) const {
    return button_ == viz::MouseButton::none && Clock::now() - last_touched_ > time;
}

void ViewWindow::tick() {
    if (worker_.joinable() && is_solved_) take_result();
    if (next_ < script_.size()) {
        is_dirty_ = true;
        run_view_line(script_[next_++], model_, *this);
        return;
    }
    constexpr std::chrono::milliseconds rest(250);
    constexpr std::chrono::milliseconds long_rest(1500); // Refining a field takes seconds.
    is_unwanted_ = worker_.joinable() && !model_.is_current() && model_.field();
    const bool rests = has_rested(rest);
    if (rests && (!model_.is_current() || has_rested(long_rest))) solve();
    const ViewScreen::Look look = rests ? ViewScreen::Look::still : ViewScreen::Look::moving;
    if (!is_dirty_ && look == look_) return;
    screen_.draw(look);
    look_ = look;
    is_dirty_ = false;
}

} // namespace corticoil::app
