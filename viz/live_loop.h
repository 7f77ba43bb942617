#pragma once

#include "viz/live_listener.h"

#include <memory>

class vtkRenderWindow;

namespace corticoil::viz {

/// Hands a window's events to a listener. VTK's own loop is not used: it reads from the display once more
/// after it was ended from within.
class LiveLoop {
  public:
    /// Keeps references; the window is open and outlives the loop.
    LiveLoop(vtkRenderWindow& window, const LiveListener& listener);
    ~LiveLoop();
    LiveLoop(const LiveLoop&) = delete;
    LiveLoop& operator=(const LiveLoop&) = delete;

    /// Until close(), or until the window is closed. \throws what the listener throws.
    void run();
    void close();

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
