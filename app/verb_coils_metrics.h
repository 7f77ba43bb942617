#pragma once

#include "app/session.h"

namespace CLI {
class App;
}

namespace corticoil::app {

/// Adds `metrics` to the verb `coils`: depth and focality after Deng et al. 2013.
void add_coils_metrics(CLI::App& coils_verb, Session& session);

} // namespace corticoil::app
