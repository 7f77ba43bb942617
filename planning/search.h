#pragma once

#include "coils/coil.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "planning/adjoint_table.h"
#include "planning/casing_profile.h"
#include "planning/distance_grid.h"
#include "planning/scalp_places.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace corticoil::planning {

/// A region that a search looks at: three functionals of the table, the mean of E along x, y and z.
struct SearchRegion {
    /// E along this unit vector (head frame) counts, whatever its sign, instead of |mean E|.
    std::optional<Vector3> direction;
    /// Of a place to spare: |mean E| there may be at most this share of the objective. None: a target.
    std::optional<double> largest_share;
};

/// How values of several targets become one.
enum class TargetCombination {
    mean, ///< Of the targets' values.
    least ///< The value of the target that gets least.
};

/// How a search goes about its placements.
struct SearchOptions {
    /// Turns of the coil's axis away from the scalp's normal, about the plane's x and y axes [rad]; lift and
    /// clearance are found for each.
    std::vector<Eigen::Vector2d> tilts = {Eigen::Vector2d::Zero()};
    double gap = 0.004; ///< Kept between casing and scalp [m]: hair and cloth, as PlacementOptions.
    TargetCombination combination = TargetCombination::mean;
    double angle_tolerance = 1e-3; ///< Of E interpolated in angle, relative to the largest E.
    Progress progress = {};
};

/// The best that a search found at one place.
struct BestOfPlace {
    double value = 0; ///< Of the objective [V/m at 1 A/µs]; negative where no placement is allowed.
    int rotation = -1;
    int tilt = 0;
    double lift = 0; ///< Of the coil's origin above the scalp's point, along the coil's axis [m].
};

/// A pose with its value.
struct RankedPose {
    RigidTransform head_from_coil;
    double value = 0; ///< Of the objective [V/m at 1 A/µs].
    std::size_t place = 0;
    BestOfPlace best;
};

/// What a search found and how it was counted.
struct SearchResult {
    std::vector<BestOfPlace> of_places;   ///< One per place.
    std::int64_t n_placements = 0;        ///< Places × tilts × rotations, clearance found for each.
    std::int64_t n_evaluated = 0;         ///< Poses at which the coil met the table; the others lie between.
    std::int64_t n_without_clearance = 0; ///< Placements where the coil does not fit.
    int n_angles = 0;                     ///< Angles evaluated at a place, for this coil.
    /// The largest difference between interpolated and evaluated E over the largest E, on a sample of
    /// placements spread over all places.
    double interpolation_error = 0;
};

/// The plane of a place: origin on the scalp, z inward along the smoothed normal turned by `tilt`, y towards
/// the front as far as the plane allows (on the forehead and the occiput: upwards). The pose at an angle θ
/// and a lift h is head_from_plane · Rz(θ) · (0, 0, −h).
[[nodiscard]] RigidTransform search_plane(const ScalpPlace& place,
                                          const Eigen::Vector2d& tilt = Eigen::Vector2d::Zero());

/// The pose of a rotation (one of `n_rotations`) and a lift [m] at a plane.
[[nodiscard]] RigidTransform pose_at(const RigidTransform& head_from_plane, int rotation, int n_rotations,
                                     double lift);

/// A coil as a table wants it.
struct SearchDipoles {
    TableDipoles dipoles;
    double relative_error = 0; ///< As ReducedDipoles.
};

/// As few dipoles as stand for the coil within `tolerance`: 40, or twice as many until it is met, up to 640;
/// of coils that need more, all of their own. \throws Error as coils::equivalent_dipoles().
[[nodiscard]] SearchDipoles search_dipoles(const coils::Coil& coil, double tolerance = 1e-3);

/// Values all placements of a coil: at every place, in every tilt and in-plane angle, as near to the scalp as
/// the casing allows. E is linear in the coil, so a placement costs the pairing of its dipoles with the
/// table; its components are harmonics of the angle, few for a flat coil, whose number is chosen for this
/// coil so that their error stays below `angle_tolerance`; in between they are interpolated, and likewise
/// between a few lifts, where they decay. The norm is taken afterwards. `regions` go with the table's
/// functionals, three each, in their order.
/// Placements that reach beyond the table are not allowed. The result does not depend on the number of
/// threads. \throws Error for no places.
[[nodiscard]] SearchResult search_placements(const DistanceGrid& grid, const CasingProfile& casing,
                                             const TableDipoles& dipoles, const AdjointTable& table,
                                             std::span<const SearchRegion> regions,
                                             std::span<const ScalpPlace> places,
                                             const SearchOptions& options);

/// The best placements that differ: each further than `distance` [m] from all better ones. At most `n`.
[[nodiscard]] std::vector<RankedPose> distinct_best(const SearchResult& result,
                                                    std::span<const ScalpPlace> places,
                                                    const SearchOptions& options, int n_rotations,
                                                    double distance, std::size_t n);

} // namespace corticoil::planning
