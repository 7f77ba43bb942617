#pragma once

#include "app/session.h"

namespace CLI {
class App;
}

namespace corticoil::app {

/// Each adds a verb with its flags and help to the program. The verb runs when the command line is parsed.
void add_segment(CLI::App& program, Session& session);
void add_mesh(CLI::App& program, Session& session);
void add_simulate(CLI::App& program, Session& session);
void add_compare(CLI::App& program, Session& session);
void add_plan(CLI::App& program, Session& session);
void add_render(CLI::App& program, Session& session);
void add_export(CLI::App& program, Session& session);
void add_report(CLI::App& program, Session& session);
void add_coils(CLI::App& program, Session& session);
void add_coils_convert(CLI::App& coils_verb, Session& session); ///< `coils convert`
void add_map(CLI::App& program, Session& session);
void add_targets(CLI::App& program, Session& session);
void add_poses(CLI::App& program, Session& session);
void add_view(CLI::App& program, Session& session);
void add_demo(CLI::App& program, Session& session);

} // namespace corticoil::app
