#include "app/what_if_flags.h"

#include "core/constants.h"

#include <CLI/CLI.hpp>

namespace corticoil::app {

void WhatIfFlags::add_to(CLI::App& verb) {
    verb.add_option("--csf-layer", csf_layer,
                    "What if the brain drew back from the skull by this much, in mm")
        ->type_name("MM");
    verb.add_option("--posterior-layer", posterior_layer,
                    "What if the scalp at the back of the head were thicker by this much, in mm")
        ->type_name("MM");
    verb.add_option("--ventricle-growth", ventricle_growth,
                    "What if the ventricles were wider all around, in mm")
        ->type_name("MM");
    verb.add_option("--cortex-thinning", cortex_thinning, "What if the cortex were thinner, in mm")
        ->type_name("MM");
}

imaging::WhatIf WhatIfFlags::what_if() const {
    return {csf_layer * metres_per_millimetre, posterior_layer * metres_per_millimetre,
            ventricle_growth * metres_per_millimetre, cortex_thinning * metres_per_millimetre};
}

nlohmann::json WhatIfFlags::as_json() const {
    return {{"csf_layer_mm", csf_layer},
            {"posterior_layer_mm", posterior_layer},
            {"ventricle_growth_mm", ventricle_growth},
            {"cortex_thinning_mm", cortex_thinning}};
}

void apply_what_if(const WhatIfFlags& flags, LabelImage& tissues, std::array<double, 256>& volumes) {
    if (flags.what_if().is_nothing()) return;
    const std::array<double, 256> before = label_volumes(tissues);
    tissues = imaging::apply(flags.what_if(), tissues);
    const std::array<double, 256> after = label_volumes(tissues);
    for (std::size_t label = 0; label < volumes.size(); ++label)
        volumes[label] += after[label] - before[label];
}

} // namespace corticoil::app
