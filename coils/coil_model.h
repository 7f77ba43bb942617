#pragma once

#include "coils/coil.h"
#include "coils/waveform.h"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace corticoil::coils {

/// Straight pieces of thin wire: midpoints 3×N [m] and direction × length 3×N [m], in the direction of the
/// current.
struct LineElements {
    Points midpoints;
    VectorField vectors;
};

/// What an element of a coil is made of; per ampere of the element's current.
using ElementSource = std::variant<MagneticDipoles, LineElements, SampledPotential>;

/// A part of a coil that moves as a whole and hangs on one stimulator. Indices count from 0.
struct CoilElement {
    std::string name;
    int stimulator = 0;
    std::optional<int> casing;     ///< Into CoilModel::casings; moves with the element.
    std::vector<int> deformations; ///< Into CoilModel::deformations, in the order in which they are applied.
    ElementSource source;
};

/// What drives one or more elements.
struct Stimulator {
    std::string name;
    std::string brand;
    std::optional<double> largest_didt; ///< dI/dt at 100 % output [A/s].
    std::vector<Waveform> waveforms;
};

/// An adjustable quantity of a coil: degrees where a rotation uses it, millimetres where a translation does,
/// as people set it.
struct DeformationRange {
    double initial = 0;
    double minimum = 0;
    double maximum = 0;
};

/// A motion of an element in the coil frame by the value of a range.
struct Deformation {
    enum class Kind {
        translation_x,
        translation_y,
        translation_z,
        rotation ///< Right-handed about the axis from point1 to point2.
    };
    int range = 0; ///< Into CoilModel::deformation_ranges.
    Kind kind = Kind::translation_x;
    Vector3 point1 = Vector3::Zero();  ///< [m]; rotation only.
    Vector3 point2 = Vector3::UnitZ(); ///< [m]; rotation only.
};

/// A closed surface around a coil or an element.
struct CasingModel {
    SurfaceMesh surface;
    Points minimum_distance_points; ///< Where distances to the head may be taken instead, 3×N [m]; may be
                                    ///< empty.
};

/// A coil with its moving parts and its stimulators, as a `.tcd` file holds it. SI but for deformation
/// ranges.
struct CoilModel {
    std::string name;
    std::string brand;
    std::string version;
    std::optional<Eigen::Matrix<double, 3, 2>> limits; ///< Where others sample the coil: rows x, y, z;
                                                       ///< columns least, largest [m].
    std::optional<Vector3> resolution;                 ///< Step of that sampling [m].
    std::optional<int> casing;                         ///< The coil's own, into `casings`; never moves.
    std::vector<CoilElement> elements;
    std::vector<Stimulator> stimulators;
    std::vector<DeformationRange> deformation_ranges;
    std::vector<Deformation> deformations;
    std::vector<CasingModel> casings;
    /// Parts that must not run into each other: 0 is the coil's casing, k the element k − 1.
    std::vector<std::vector<int>> self_intersection_groups;
};

/// How a coil is set.
struct CoilSettings {
    std::map<int, double> range_values;      ///< By range [deg or mm]; initial values where absent.
    std::map<int, double> relative_currents; ///< By stimulator: its current per ampere of coil current; 1
                                             ///< where absent, negative for the other sense.
};

/// \throws Error naming `name` and the place (`coilElementList[3].stimulator`, in the words of a `.tcd`
/// file) for an index out of range or repeated, a number that is not finite, arrays that do not fit together,
/// an element without sources, an initial value outside its range, and a rotation without an axis.
void check(const CoilModel& model, const std::string& name);

/// The motion of an element [coil frame, m]: its deformations one after the other, each in the coil's frame.
[[nodiscard]] RigidTransform deformation_of(const CoilModel& model, const CoilElement& element,
                                            const CoilSettings& settings = {});

/// Ends of line elements that are closer than this share of the shorter element's length are one vertex.
/// Joining moves the ends, and with them the field, by at most that share.
inline constexpr double wire_joining_tolerance = 1e-4;

/// The wires that line elements make: each is a straight segment of its length around its midpoint, and
/// consecutive ones whose ends meet (wire_joining_tolerance) make one path, closed where it returns to its
/// start. Elements of length 0 have no field and are left out. Linear cost.
[[nodiscard]] std::vector<WirePath> wires_of(const LineElements& lines, double current = 1);

/// The coil as set: every element's sources and casing moved, scaled by the current of its stimulator, and
/// put together with the coil's own casing. `didt_at_full_output` is that of the stimulators in use where
/// they agree; where they do not it is absent and the description says so. Sampled potentials get their
/// continuations (fit_continuation()). \throws Error as check(), as find_induced_direction(), for a setting
/// of a range or stimulator that does not exist, and a value outside its range.
[[nodiscard]] Coil assemble(const CoilModel& model, const CoilSettings& settings = {});

/// A coil as a model of one element for each kind of source, without moving parts. Wires that carry ±1 become
/// line elements exactly. A line element cannot carry another share s of the current, so the segments of such
/// wires are cut into pieces of at most 1 mm, and each becomes an element of s times its length around its
/// midpoint; for |s| ≤ 1 its field at distance r ≫ 1 mm changes by less than (1 mm / r)² / 12.
[[nodiscard]] CoilModel model_of(const Coil& coil);

} // namespace corticoil::coils
