#pragma once

#include "app/session.h"

#include <optional>
#include <string>

namespace corticoil::app {

/// Flags of `poses deliver`.
struct PosesDeliverFlags {
    std::string file;
    std::string subject;
    std::string coil;
    std::string target;
    std::string roi;
    std::string plan;
    std::string name;
    double stand_off_mm = 4;
    std::optional<double> didt;
    std::optional<double> mso;
    std::string conductivity;
    std::string method = "simulation"; ///< Or reciprocity.
    int order = 1;
    std::string solver = "auto";
    double tolerance = 1e-6;
};

/// Computes the field that each recorded pose delivered: delivered.json and delivered.csv in --out.
void deliver_poses(const PosesDeliverFlags& flags, Session& session);

} // namespace corticoil::app
