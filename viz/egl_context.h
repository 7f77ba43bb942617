#pragma once

#include <memory>

namespace corticoil::viz {

/// An OpenGL 3.2 core context without a display, a window system or a surface (EGL on Mesa's "surfaceless"
/// platform, EGL_MESA_platform_surfaceless): works over ssh, in containers and without a graphics card.
class EglContext {
  public:
    /// Makes the context and makes it current. EGL is loaded at run time, so that programs start without it.
    /// \throws MissingPartError, naming the packages to install, if EGL is missing or has no such context.
    EglContext();
    ~EglContext();
    EglContext(const EglContext&) = delete;
    EglContext& operator=(const EglContext&) = delete;

    /// \throws ComputationError if the driver refuses.
    void make_current();
    [[nodiscard]] bool is_current() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
