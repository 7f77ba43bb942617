#include "viz/vtk_messages.h"

#include "core/error.h"

#include <fmt/format.h>

#include <vtkLogger.h>
#include <vtkObjectFactory.h>
#include <vtkOutputWindow.h>
#include <vtkSmartPointer.h>

#include <string_view>

namespace corticoil::viz {

namespace {
/// VTK's place for messages, as a list.
class CollectingWindow : public vtkOutputWindow {
  public:
    static CollectingWindow* New();
    vtkTypeMacro(CollectingWindow, vtkOutputWindow) CollectingWindow(const CollectingWindow&) = delete;
    void operator=(const CollectingWindow&) = delete;

    void DisplayText(const char* text) override {
        if (text == nullptr) return;
        const std::string_view message = text;
        if (message.find_first_not_of(" \n\r\t") == std::string_view::npos) return;
        if (message.find("GLEW could not be initialized") != std::string_view::npos) return;
        messages += message;
        if (messages.back() != '\n') messages += '\n';
    }

    std::string messages;

  protected:
    CollectingWindow() = default;
    ~CollectingWindow() override = default;
};
vtkStandardNewMacro(CollectingWindow)
} // namespace

struct VtkMessages::Implementation {
    vtkSmartPointer<CollectingWindow> window = vtkSmartPointer<CollectingWindow>::New();
    vtkSmartPointer<vtkOutputWindow> previous = vtkOutputWindow::GetInstance();
    vtkLogger::Verbosity previous_verbosity = vtkLogger::GetCurrentVerbosityCutoff();
};

VtkMessages::VtkMessages() : implementation_(std::make_unique<Implementation>()) {
    vtkOutputWindow::SetInstance(implementation_->window);
    // VTK's logger writes the same messages to stderr.
    vtkLogger::SetStderrVerbosity(vtkLogger::VERBOSITY_OFF);
}

VtkMessages::~VtkMessages() {
    vtkOutputWindow::SetInstance(implementation_->previous);
    vtkLogger::SetStderrVerbosity(implementation_->previous_verbosity);
}

std::string VtkMessages::text() const {
    return implementation_->window->messages;
}

void VtkMessages::throw_if_any(const std::string& action) const {
    if (!text().empty()) throw ComputationError(fmt::format("{}: VTK reported\n{}", action, text()));
}

} // namespace corticoil::viz
