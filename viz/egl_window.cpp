#include "viz/egl_window.h"

#include "viz/egl_context.h"

#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>

namespace corticoil::viz {

namespace {

void answer_window_event(vtkObject* caller, unsigned long event, void* client, void* answer) {
    auto* const context = static_cast<EglContext*>(client);
    auto* const window = static_cast<vtkGenericOpenGLRenderWindow*>(caller);
    if (event == vtkCommand::WindowMakeCurrentEvent) {
        context->make_current();
    } else if (event == vtkCommand::WindowIsCurrentEvent) {
        *static_cast<bool*>(answer) = context->is_current();
        window->SetIsCurrent(context->is_current());
    } else if (event == vtkCommand::WindowSupportsOpenGLEvent) {
        *static_cast<int*>(answer) = 1;
        window->SetSupportsOpenGL(1);
    }
}

} // namespace

struct EglWindow::Implementation {
    EglContext context;
    vtkNew<vtkGenericOpenGLRenderWindow> window;
    vtkNew<vtkCallbackCommand> events;
};

EglWindow::EglWindow(int width, int height) : implementation_(std::make_unique<Implementation>()) {
    Implementation& own = *implementation_;
    own.events->SetCallback(answer_window_event);
    own.events->SetClientData(&own.context);
    own.window->AddObserver(vtkCommand::WindowMakeCurrentEvent, own.events);
    own.window->AddObserver(vtkCommand::WindowIsCurrentEvent, own.events);
    own.window->AddObserver(vtkCommand::WindowSupportsOpenGLEvent, own.events);
    own.window->SetReadyForRendering(true);
    own.window->SetMultiSamples(0);
    own.window->SetSize(width, height);
    // There is no surface to copy the finished frame to.
    own.window->SetFrameBlitModeToNoBlit();
    own.window->InitializeFromCurrentContext();
}

EglWindow::~EglWindow() {
    implementation_->window->Finalize();
}

vtkGenericOpenGLRenderWindow& EglWindow::window() const {
    return *implementation_->window;
}

} // namespace corticoil::viz
