#pragma once

#include "coils/coil.h"

#include <filesystem>
#include <string>
#include <vector>

namespace corticoil::coils {

/// A line about a coil of the library, for tables.
struct LibraryCoil {
    std::string name;
    CoilType type = CoilType::unknown;
    std::string build; ///< For example "flat figure-of-eight".
    std::string size;  ///< Diameters or lengths of the winding, with units.
    std::string use;   ///< What trials in multiple sclerosis use such coils for.
};

/// The coils that come with Corticoil, in the order in which tables show them.
[[nodiscard]] std::vector<LibraryCoil> library_coils();

/// Their names: `figure8_70mm`, `figure8_65mm`, `figure8_bent`, `round_90mm`, `double_cone`, `h_type_leg`,
/// `h_type_prefrontal`.
[[nodiscard]] std::vector<std::string> coil_names();

/// A coil of the library by its name, case-insensitive, or from a coil file.
/// \throws Error naming the known coils when it is neither.
[[nodiscard]] Coil load_coil(const std::string& name_or_path);

} // namespace corticoil::coils
