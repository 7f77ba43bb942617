#pragma once

#include <functional>
#include <string>

namespace corticoil::viz {

enum class MouseButton { none, left, middle, right };

/// What the mouse did, in pixels from the window's upper left corner.
struct MouseEvent {
    enum class Kind { pressed, moved, released, wheel_up, wheel_down };
    Kind kind = Kind::moved;
    MouseButton button = MouseButton::none;
    int column = 0;
    int row = 0;
    bool has_shift = false;
};

/// Who answers to a window on a display.
struct LiveListener {
    std::function<void(const std::string& key)> key; ///< X's name of the key, "Shift+" before it where held.
    std::function<void(const MouseEvent&)> mouse;
    std::function<void()> resized;
    std::function<void()> tick; ///< After all events that wait, and at least every few milliseconds.
};

} // namespace corticoil::viz
