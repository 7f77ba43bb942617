#include "viz/live_loop.h"

#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkNew.h>
#include <vtkRenderWindow.h>
#include <vtkRenderWindowInteractor.h>
#include <vtkSmartPointer.h>

#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <thread>

namespace corticoil::viz {

namespace {

/// What VTK's events of the mouse are.
struct NamedMouseEvent {
    vtkCommand::EventIds event;
    MouseEvent::Kind kind;
    MouseButton button;
};

constexpr std::array<NamedMouseEvent, 9> mouse_events{{
    {vtkCommand::MouseMoveEvent, MouseEvent::Kind::moved, MouseButton::none},
    {vtkCommand::LeftButtonPressEvent, MouseEvent::Kind::pressed, MouseButton::left},
    {vtkCommand::MiddleButtonPressEvent, MouseEvent::Kind::pressed, MouseButton::middle},
    {vtkCommand::RightButtonPressEvent, MouseEvent::Kind::pressed, MouseButton::right},
    {vtkCommand::LeftButtonReleaseEvent, MouseEvent::Kind::released, MouseButton::left},
    {vtkCommand::MiddleButtonReleaseEvent, MouseEvent::Kind::released, MouseButton::middle},
    {vtkCommand::RightButtonReleaseEvent, MouseEvent::Kind::released, MouseButton::right},
    {vtkCommand::MouseWheelForwardEvent, MouseEvent::Kind::wheel_up, MouseButton::none},
    {vtkCommand::MouseWheelBackwardEvent, MouseEvent::Kind::wheel_down, MouseButton::none},
}};

/// The key's name for the listener; empty for keys that only change others.
std::string key_name(vtkRenderWindowInteractor& interactor) {
    const char* const symbol = interactor.GetKeySym();
    if (symbol == nullptr) return "";
    const std::string name = symbol;
    for (const char* const modifier : {"Shift", "Control", "Alt", "Meta", "Super", "Caps", "ISO_"})
        if (name.starts_with(modifier)) return "";
    // Letters and signs have names of their own when Shift is held: only keys with long names need to be
    // told, and of these no sign's, whose names are in small letters.
    const bool is_named = name.size() > 1 && name.front() >= 'A' && name.front() <= 'Z';
    return is_named && interactor.GetShiftKey() != 0 ? "Shift+" + name : name;
}

} // namespace

struct LiveLoop::Implementation {
    vtkRenderWindow& window;
    const LiveListener& listener;
    vtkNew<vtkRenderWindowInteractor> interactor;
    vtkNew<vtkCallbackCommand> events;
    std::exception_ptr failure;
    bool is_closed = false;

    Implementation(vtkRenderWindow& of, const LiveListener& to) : window(of), listener(to) {}

    /// Exceptions must not pass through VTK.
    template <typename Action>
    void guard(Action action) {
        if (is_closed) return;
        try {
            action();
        } catch (...) {
            failure = std::current_exception();
            is_closed = true;
        }
    }

    void answer(unsigned long event) {
        if (event == vtkCommand::ExitEvent) {
            is_closed = true;
        } else if (event == vtkCommand::ConfigureEvent) {
            if (listener.resized) listener.resized();
        } else if (event == vtkCommand::KeyPressEvent) {
            const std::string key = key_name(*interactor);
            if (!key.empty() && listener.key) listener.key(key);
        } else if (listener.mouse) {
            answer_mouse(event);
        }
    }

    void answer_mouse(unsigned long event) {
        for (const NamedMouseEvent& one : mouse_events) {
            if (one.event != event) continue;
            MouseEvent mouse{one.kind, one.button};
            mouse.column = interactor->GetEventPosition()[0];
            mouse.row = window.GetSize()[1] - 1 - interactor->GetEventPosition()[1];
            mouse.has_shift = interactor->GetShiftKey() != 0;
            listener.mouse(mouse);
        }
    }

    static void answer_event(vtkObject* /*caller*/, unsigned long event, void* client, void* /*data*/) {
        auto* const own = static_cast<Implementation*>(client);
        own->guard([&] { own->answer(event); });
    }
};

LiveLoop::LiveLoop(vtkRenderWindow& window, const LiveListener& listener)
    : implementation_(std::make_unique<Implementation>(window, listener)) {
    Implementation& own = *implementation_;
    own.interactor->SetRenderWindow(&window);
    own.interactor->SetInteractorStyle(nullptr);
    own.interactor->Initialize();
    own.events->SetCallback(Implementation::answer_event);
    own.events->SetClientData(&own);
    for (const auto event : {vtkCommand::KeyPressEvent, vtkCommand::ExitEvent, vtkCommand::ConfigureEvent})
        own.interactor->AddObserver(event, own.events);
    for (const NamedMouseEvent& one : mouse_events) own.interactor->AddObserver(one.event, own.events);
}

LiveLoop::~LiveLoop() {
    Implementation& own = *implementation_;
    own.interactor->RemoveAllObservers();
    // The interactor reads from the window's connection to the display: it goes before the window does.
    own.interactor->Disable();
    own.window.SetInteractor(nullptr);
}

void LiveLoop::run() {
    Implementation& own = *implementation_;
    constexpr std::chrono::milliseconds pause(2);
    while (!own.is_closed) {
        own.interactor->ProcessEvents();
        own.guard([&] {
            if (own.listener.tick) own.listener.tick();
        });
        if (!own.is_closed) std::this_thread::sleep_for(pause);
    }
    if (own.failure) std::rethrow_exception(own.failure);
}

void LiveLoop::close() {
    implementation_->is_closed = true;
}

} // namespace corticoil::viz
