#pragma once

#include "coils/coil_type.h"
#include "coils/waveform.h"
#include "core/rigid_transform.h"
#include "core/surface_mesh.h"
#include "core/types.h"

#include <Eigen/Geometry>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::coils {

/// Magnetic dipoles in the coil frame: positions 3×N [m] and moments 3×N [A·m² per ampere of coil current].
struct MagneticDipoles {
    Points positions;
    VectorField moments;
};

/// A thin wire of straight segments through `vertices` (3×N, coil frame [m]) in the direction of the current.
struct WirePath {
    Points vertices;
    bool is_closed = true; ///< The last vertex is joined to the first.
    double current = 1;    ///< Share of the coil current that it carries.
};

/// Dipoles that stand for a sampled vector potential where its grid ends.
struct PotentialContinuation {
    MagneticDipoles dipoles;
    double relative_residual = 0; ///< Of A on the grid at z > 5 mm, root mean square, at points not fitted.
    double shortest_distance = 0; ///< Nearer to a dipole it is not the coil's field any more [m].
};

/// A vector potential sampled on a regular grid: A per ampere of coil current [T·m/A], x fastest.
struct SampledPotential {
    std::array<int, 3> size{0, 0, 0};
    Eigen::Affine3d coil_from_voxel = Eigen::Affine3d::Identity(); ///< Voxel index (centre) → coil frame [m].
    Eigen::Matrix3Xf values;                                       ///< 3 × (nx·ny·nz).
    std::optional<PotentialContinuation> continuation;             ///< As fit_continuation() gives it.
};

/// Where a coil file's author says to sample its field on a grid (coil frame [m]); nothing here is computed
/// from it.
struct SamplingRegion {
    Eigen::AlignedBox3d limits;
    Vector3 resolution; ///< Distance of the samples along x, y, z [m].
};

/// How fast a stimulator drives a coil at 100 % of its output.
struct StimulatorOutput {
    std::string stimulator;
    double didt_at_full_output = 0; ///< [A/s]
};

/// A TMS coil in its own frame: z points into the head, y prolongs the handle away from it (the handle lies
/// at −y), x = y × z; the origin is the centre of the casing's head-side face.
struct Coil {
    std::string name;
    std::string brand; ///< Who makes it; empty where unknown.
    std::string description;
    CoilType type = CoilType::unknown;
    std::string source; ///< Where the geometry comes from.
    MagneticDipoles dipoles;
    std::vector<WirePath> wires;
    std::vector<SampledPotential> grids; ///< Their A adds to that of the dipoles and wires.
    std::optional<SurfaceMesh> casing;
    std::optional<double> didt_at_full_output; ///< At 100 % stimulator output [A/s].
    std::string stimulator;                    ///< The one that `didt_at_full_output` holds for.
    std::vector<Waveform> waveforms;           ///< Pulses that stimulators send through it.
    std::optional<SamplingRegion> sampling_region;
    std::vector<StimulatorOutput> outputs; ///< Every published one; the first repeats the two above.

    /// Unit direction of E for dI/dt > 0, 20 mm under the centre; none for coils that drive no net E there
    /// (round ones).
    std::optional<Vector3> induced_direction;
};

/// The direction of E = −∂A/∂t for dI/dt > 0, 20 mm under the coil's centre, projected onto the face's plane;
/// none where |A| there is below 20 % of the largest |A| on a circle of 45 mm at the same depth, as under a
/// round coil.
[[nodiscard]] std::optional<Vector3> find_induced_direction(const Coil& coil);

/// Points of the coil that may meet the head: its casing's nodes, or else the dipoles (those that continue a
/// sampled potential too) and wires moved to z = 0 where they lie behind the face; the origin where there is
/// nothing else.
[[nodiscard]] Points contact_points(const Coil& coil);

/// Dipoles with the same field as the coil outside it: its own and, for every closed planar wire, dipoles
/// spread over the area that it spans (`n_rings` rings from the centre), and the continuation of every
/// sampled potential, in A·m² per ampere. \throws Error for wires that are not closed and for a sampled
/// potential without a continuation.
[[nodiscard]] MagneticDipoles equivalent_dipoles(const Coil& coil, int n_rings = 8);

} // namespace corticoil::coils
