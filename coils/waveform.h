#pragma once

#include <string>
#include <vector>

namespace corticoil::coils {

/// A pulse of a stimulator over time. Its signal is proportional to the current's rate of change or to the
/// field that it induces; the scale is the file's own.
struct Waveform {
    std::string name;
    std::vector<double> time;   ///< [s]
    std::vector<double> signal; ///< At each time; arbitrary units.
    std::vector<double> fit; ///< A smooth curve through the signal, at each time; empty where there is none.
};

} // namespace corticoil::coils
