#pragma once

#include <memory>
#include <string>

namespace corticoil::viz {

/// While this lives, VTK's messages are collected instead of printed: libraries never print. VTK has one
/// place for messages per process, so make pictures from one thread at a time.
class VtkMessages {
  public:
    VtkMessages();
    ~VtkMessages();
    VtkMessages(const VtkMessages&) = delete;
    VtkMessages& operator=(const VtkMessages&) = delete;

    /// Every error and warning so far, one a line; without "GLEW could not be initialized", which Debian's
    /// GLEW (built for X) says although every OpenGL function was found.
    [[nodiscard]] std::string text() const;

    /// \throws ComputationError with VTK's messages if there are any. `action` says what was being done.
    void throw_if_any(const std::string& action) const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::viz
