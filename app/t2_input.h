#pragma once

#include "app/session.h"
#include "imaging/t2_report.h"

#include <string>

namespace corticoil::app {

/// What became of a T2 or FLAIR, as subject.json holds it; `file` as it was given.
[[nodiscard]] nlohmann::json as_json(const imaging::T2Report& report, const std::string& file);

/// The same in a line for people.
[[nodiscard]] std::string tell(const imaging::T2Report& report, const std::string& file);

} // namespace corticoil::app
