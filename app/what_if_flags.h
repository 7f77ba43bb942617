#pragma once

#include "imaging/what_if.h"

#include <array>
#include <nlohmann/json.hpp>

namespace CLI {
class App;
}

namespace corticoil::app {

/// The what-if flags of `segment`, in millimetres.
struct WhatIfFlags {
    double csf_layer = 0;
    double posterior_layer = 0;
    double ventricle_growth = 0;
    double cortex_thinning = 0;

    void add_to(CLI::App& verb);
    /// In metres.
    [[nodiscard]] imaging::WhatIf what_if() const;
    [[nodiscard]] nlohmann::json as_json() const;
};

/// Changes the tissues of a head, and their volumes within the field of view by as much. \throws Error as
/// imaging::apply().
void apply_what_if(const WhatIfFlags& flags, LabelImage& tissues, std::array<double, 256>& volumes);

} // namespace corticoil::app
