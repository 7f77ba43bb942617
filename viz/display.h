#pragma once

namespace corticoil::viz {

/// \throws MissingPartError, with what to do, where no window can be opened on a display (X11).
void check_display();

} // namespace corticoil::viz
