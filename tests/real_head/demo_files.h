#pragma once

#include "io/json_file.h"

#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <string>

namespace corticoil::test {

inline const std::filesystem::path demo{DEMO_FOLDER};
inline const std::array<std::string, 3> target_names{"M1_HAND_L", "DLPFC_L_SGC", "CB_COG_L"};

inline nlohmann::json metrics_of(const std::string& target) {
    return io::read_json(demo / target / "metrics.json");
}

} // namespace corticoil::test
