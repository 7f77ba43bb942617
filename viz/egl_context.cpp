#include "viz/egl_context.h"

#include "core/error.h"

#include <fmt/format.h>

// Keeps X11's headers, and their macros, out.
#define EGL_NO_X11
#define MESA_EGL_NO_X11_HEADERS
#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <dlfcn.h>

#include <array>
#include <string>

namespace corticoil::viz {

namespace {
[[noreturn]] void throw_missing(const std::string& reason) {
    throw MissingPartError(
        fmt::format("pictures need EGL with Mesa's software or a graphics card's driver: {}; install "
                    "libegl1 libegl-mesa0 libgl1-mesa-dri",
                    reason));
}

/// The functions of libEGL that we call.
struct EglFunctions {
    decltype(&eglGetProcAddress) get_function_address = nullptr;
    decltype(&eglInitialize) initialize = nullptr;
    decltype(&eglBindAPI) bind_interface = nullptr;
    decltype(&eglChooseConfig) choose_configuration = nullptr;
    decltype(&eglCreateContext) create_context = nullptr;
    decltype(&eglDestroyContext) destroy_context = nullptr;
    decltype(&eglMakeCurrent) make_current = nullptr;
    decltype(&eglGetCurrentContext) current_context = nullptr;
    decltype(&eglGetError) error = nullptr;
};

template <typename Function>
void load(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) throw_missing(fmt::format("libEGL.so.1 has no {}", name));
}

/// The library stays loaded: drivers register handlers that must outlive every context.
EglFunctions load_egl() {
    void* const library = dlopen("libEGL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw_missing(dlerror());
    EglFunctions egl;
    load(library, "eglGetProcAddress", egl.get_function_address);
    load(library, "eglInitialize", egl.initialize);
    load(library, "eglBindAPI", egl.bind_interface);
    load(library, "eglChooseConfig", egl.choose_configuration);
    load(library, "eglCreateContext", egl.create_context);
    load(library, "eglDestroyContext", egl.destroy_context);
    load(library, "eglMakeCurrent", egl.make_current);
    load(library, "eglGetCurrentContext", egl.current_context);
    load(library, "eglGetError", egl.error);
    return egl;
}

EGLDisplay surfaceless_display(const EglFunctions& egl) {
    const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
        egl.get_function_address("eglGetPlatformDisplayEXT"));
    if (get_display == nullptr) throw_missing("eglGetPlatformDisplayEXT is missing");
    const EGLDisplay display = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (display == EGL_NO_DISPLAY) throw_missing("no surfaceless display");
    EGLint major = 0;
    EGLint minor = 0;
    if (egl.initialize(display, &major, &minor) != EGL_TRUE) {
        throw_missing(fmt::format("eglInitialize failed with code {:#x}", egl.error()));
    }
    return display;
}

EGLContext opengl_context(const EglFunctions& egl, EGLDisplay display) {
    if (egl.bind_interface(EGL_OPENGL_API) != EGL_TRUE) throw_missing("the driver has no desktop OpenGL");
    const std::array<EGLint, 5> wanted{EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE};
    EGLConfig configuration = nullptr;
    EGLint n_configurations = 0;
    if (egl.choose_configuration(display, wanted.data(), &configuration, 1, &n_configurations) != EGL_TRUE ||
        n_configurations == 0) {
        throw_missing("the driver has no configuration for OpenGL");
    }
    // 3.2 core is what VTK 9 asks for.
    const std::array<EGLint, 7> version{EGL_CONTEXT_MAJOR_VERSION,
                                        3,
                                        EGL_CONTEXT_MINOR_VERSION,
                                        2,
                                        EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                        EGL_NONE};
    const EGLContext context = egl.create_context(display, configuration, EGL_NO_CONTEXT, version.data());
    if (context == EGL_NO_CONTEXT) {
        throw_missing(fmt::format("no OpenGL 3.2 context, code {:#x}", egl.error()));
    }
    return context;
}
} // namespace

struct EglContext::Implementation {
    EglFunctions egl = load_egl();
    EGLDisplay display = surfaceless_display(egl);
    EGLContext context = opengl_context(egl, display);
};

EglContext::EglContext() : implementation_(std::make_unique<Implementation>()) {
    const Implementation& own = *implementation_;
    if (own.egl.make_current(own.display, EGL_NO_SURFACE, EGL_NO_SURFACE, own.context) != EGL_TRUE) {
        const EGLint code = own.egl.error();
        own.egl.destroy_context(own.display, own.context);
        throw_missing(fmt::format("the context cannot be used without a surface, code {:#x}", code));
    }
}

// The display is shared by all contexts of the process, so it is not terminated.
EglContext::~EglContext() {
    const Implementation& own = *implementation_;
    if (is_current()) own.egl.make_current(own.display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    own.egl.destroy_context(own.display, own.context);
}

void EglContext::make_current() {
    const Implementation& own = *implementation_;
    if (own.egl.make_current(own.display, EGL_NO_SURFACE, EGL_NO_SURFACE, own.context) != EGL_TRUE) {
        throw ComputationError(fmt::format("the OpenGL context was lost, EGL code {:#x}", own.egl.error()));
    }
}

bool EglContext::is_current() const {
    return implementation_->egl.current_context() == implementation_->context;
}

} // namespace corticoil::viz
