#include "viz/display.h"

#include "core/error.h"

#include <dlfcn.h>

#include <cstdlib>
#include <string>

namespace corticoil::viz {

// VTK ends the program where it cannot reach a display, so that is found out before.
void check_display() {
    const char* const name = std::getenv("DISPLAY");
    const std::string what = name == nullptr || *name == '\0'
                                 ? std::string("no display: DISPLAY is not set")
                                 : "no display: cannot reach the X server '" + std::string(name) + "'";
    const std::string remedy = "; run it where there is a desktop, under a virtual display (xvfb-run "
                               "corticoil view …, Debian package xvfb), or without a window by --off-screen";
    if (name == nullptr || *name == '\0') throw MissingPartError(what + remedy);
    void* const library = dlopen("libX11.so.6", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw MissingPartError("no display: libX11.so.6 is missing" + remedy);
    using Open = void* (*)(const char*);
    using Close = int (*)(void*);
    const auto open = reinterpret_cast<Open>(dlsym(library, "XOpenDisplay"));
    const auto close = reinterpret_cast<Close>(dlsym(library, "XCloseDisplay"));
    void* const display = open != nullptr ? open(nullptr) : nullptr;
    if (display == nullptr) throw MissingPartError(what + remedy);
    close(display);
}

} // namespace corticoil::viz
