#pragma once

#include "core/rigid_transform.h"
#include "planning/distance_grid.h"
#include "planning/scalp.h"

#include <memory>
#include <vector>

namespace corticoil::planning {

/// A place on the scalp for a coil.
struct ScalpPlace {
    Vector3 point = Vector3::Zero();
    Vector3 normal = Vector3::UnitZ(); ///< Outward, smoothed.
    double geodesic_distance = 0;      ///< Along the scalp, from where places were looked for [m].
};

/// The plane that touches the scalp at a place: origin the point, z axis into the head, x axis along
/// `x_direction` (head frame) as far as it is tangential. \throws Error for a direction along the normal.
[[nodiscard]] RigidTransform head_from_plane(const ScalpPlace& place, const Vector3& x_direction);

/// Where to look for places.
struct PlaceOptions {
    double radius = 0.040;  ///< Largest geodesic distance [m].
    double spacing = 0.004; ///< Least distance between places [m]; the largest gap is below twice that.
};

/// Finds places for coils on a scalp, with its smoothed normals, in microseconds each.
class ScalpPlaces {
  public:
    /// `smoothing` [m]: of the normals, as PlacementOptions has it. Keeps references to both. What stands out
    /// as a thin fold (an ear, the tip of a nose) and the flat faces where the head is cut off, with a border
    /// of the smoothing's width, are no places. \throws std::logic_error for a smoothing that is not
    /// positive.
    ScalpPlaces(const Scalp& scalp, const DistanceGrid& grid, double smoothing = 0.010);
    ~ScalpPlaces();
    ScalpPlaces(ScalpPlaces&&) noexcept;
    ScalpPlaces& operator=(ScalpPlaces&&) noexcept;

    /// As Scalp::smoothed_normal(), within 0.5°. Microseconds.
    [[nodiscard]] Vector3 normal_at(const Vector3& point) const;

    /// The scalp point nearest to `point`, with its normal.
    [[nodiscard]] ScalpPlace nearest(const Vector3& point) const;

    /// Whether a coil can be put at a point of the scalp: no ear, no cut.
    [[nodiscard]] bool is_place(const Vector3& point) const;

    /// Places within a geodesic distance of the scalp point nearest to `centre`, near-uniform, nearest first;
    /// the first is the centre itself if it is a place. The same for the same scalp on every machine.
    /// \throws Error where there is none.
    [[nodiscard]] std::vector<ScalpPlace> around(const Vector3& centre,
                                                 const PlaceOptions& options = {}) const;

    /// The place reached from another by going along the scalp by `offset` [m] (head frame, of which the part
    /// tangential to the place counts). Its geodesic distance is the length of the way. Microseconds.
    [[nodiscard]] ScalpPlace slide(const ScalpPlace& place, const Vector3& offset) const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::planning
