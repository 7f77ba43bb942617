#pragma once

namespace corticoil::app {

/// From now on Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) remove every unfinished output and end
/// the program with exit code 130. To be called first in main(), before any other thread starts.
void clean_up_on_interrupt();

} // namespace corticoil::app
