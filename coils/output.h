#pragma once

#include "coils/coil.h"

#include <string>

namespace corticoil::coils {

/// A stimulator's setting.
struct OutputSetting {
    double percent = 100;        ///< Of the maximum stimulator output (%MSO), above 0 and at most 100.
    std::string stimulator = {}; ///< Empty: the coil's first.
};

// Assumption of all conversions: the initial dI/dt, and with it E, is proportional to the setting, as the
// capacitor's voltage is. Stimulators keep to that within a few per cent over most of their range.

/// Rate of change of the coil current at 100 % output [A/s] with a stimulator, by its name regardless of
/// case; the coil's first for an empty name. \throws Error where nothing is published for the coil, or not
/// for that stimulator.
[[nodiscard]] double didt_at_full_output(const Coil& coil, const std::string& stimulator = "");

/// Rate of change of the coil current [A/s] at a setting. \throws Error as didt_at_full_output(), and for a
/// percentage outside 0 … 100.
[[nodiscard]] double didt_from_output(const Coil& coil, const OutputSetting& setting);

/// The setting [%MSO] that gives `didt` [A/s], whose sign does not count; above 100 where the stimulator
/// cannot reach it. \throws Error as didt_at_full_output().
[[nodiscard]] double output_from_didt(const Coil& coil, double didt, const std::string& stimulator = "");

/// E [V/m] at a setting from E at 1 A/µs [V/m]. \throws Error as didt_from_output().
[[nodiscard]] double field_at_output(const Coil& coil, const OutputSetting& setting,
                                     double field_at_one_ampere_per_microsecond);

} // namespace corticoil::coils
