#pragma once

#include <memory>

class vtkGenericOpenGLRenderWindow;

namespace corticoil::viz {

/// VTK's window into memory by EGL: no display.
class EglWindow {
  public:
    /// \throws MissingPartError, with what to install, where EGL or its driver is missing.
    EglWindow(int width, int height);
    /// Whatever was drawn in it has given back its graphics memory before.
    ~EglWindow();
    EglWindow(const EglWindow&) = delete;
    EglWindow& operator=(const EglWindow&) = delete;

    [[nodiscard]] vtkGenericOpenGLRenderWindow& window() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
