#pragma once

#include "core/mni_mapping.h"
#include "core/surface_mesh.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corticoil::planning {

/// The four landmarks that 10-10 positions are measured from, on the scalp [m].
struct Fiducials {
    Vector3 nasion = Vector3::Zero();             ///< Nz
    Vector3 inion = Vector3::Zero();              ///< Iz
    Vector3 left_preauricular = Vector3::Zero();  ///< LPA
    Vector3 right_preauricular = Vector3::Zero(); ///< RPA
};

/// The landmarks' places on the scalp of the average MNI head [m], MNI space, as Jurcak et al. 2007 measured
/// them on 17 heads.
[[nodiscard]] Fiducials mni_fiducials();

/// One position on the scalp [m].
struct ScalpPosition {
    std::string name; ///< As in the 10-10 system: "F3", "Cz".
    Vector3 point = Vector3::Zero();
};

/// The 81 positions of a head with the lengths they were measured on.
struct TenTen {
    std::vector<ScalpPosition>
        positions;              ///< Midline from front to back, then rings and rows, left and right.
    double nasion_to_inion = 0; ///< Over Cz, along the scalp [m].
    double ear_to_ear = 0;      ///< Over Cz [m].
    double circumference = 0;   ///< Of the ring through Fpz, T7, Oz and T8 [m].
};

/// The unambiguous 10-10 positions (UI 10/10) of Jurcak, Tsuzuki & Dan 2007, NeuroImage 34:1600: Cz halves
/// both the curve Nz–Cz–Iz and the curve LPA–Cz–RPA, which are divided into tenths; the ring Fpz–T7–Oz, its
/// mirror image and the ring Nz–LPA–Iz are divided into fifths on either side of T7 (T8) and LPA (RPA); the
/// rows F, FC, C, CP and P from ring to ring are divided into quarters on either side of the midline, AF and
/// PO into halves. Every curve lies in the plane of three points and is measured as with a tape (ScalpCurve);
/// what stands out further to the side than the preauricular points on the lowest ring is an ear and is
/// passed over. T9 is LPA, T10 is RPA.
/// `scalp`: closed, outermost part only. \throws Error naming the fiducials where the construction fails.
[[nodiscard]] TenTen ten_ten_positions(const SurfaceMesh& scalp, const Fiducials& fiducials);

/// The names in the order of TenTen::positions.
[[nodiscard]] std::vector<std::string> ten_ten_names();

/// A 10-10 name as the system writes it, from any mixture of capitals; nothing for other words.
[[nodiscard]] std::optional<std::string> find_ten_ten_name(std::string_view word);

/// The sign of the x axis that points from a position to the midline: 1 on the left (odd numbers), −1 on the
/// right (even numbers), 0 on the midline.
[[nodiscard]] int towards_midline(std::string_view name);

} // namespace corticoil::planning
