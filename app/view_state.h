#pragma once

#include "core/rigid_transform.h"
#include "planning/coil_handling.h"
#include "planning/metrics.h"
#include "planning/surface_field.h"
#include "solver/element_field.h"

#include <optional>
#include <string>

namespace corticoil::app {

/// What the colours of the cortex mean.
enum class ViewScalar { magnitude, normal, tangential };

/// A plane across the head that what lies before it is cut away at: axis 0 sagittal, 1 coronal, 2 axial.
struct ViewSlice {
    int axis = 2;
    double position = 0; ///< Along the axis [m].
};

/// What `undo` brings back.
struct ViewState {
    std::string coil;
    std::string target;
    planning::CoilStance stance;
    RigidTransform pose;
    ViewScalar scalar = ViewScalar::magnitude;
    double cap = 0; ///< Where the colours end [V/m]; 0: at the field's 99.9th percentile.
    std::optional<ViewSlice> slice;
    std::optional<Vector3> picked;
    bool shows_scalp = true;
    bool shows_coil = true;
    bool shows_roi = true;
    bool is_dark = false;
};

/// Whether two states show the same.
[[nodiscard]] bool is_same(const ViewState& a, const ViewState& b);
/// Whether two poses are the same to the last digit.
[[nodiscard]] bool is_same(const RigidTransform& a, const RigidTransform& b);

/// From where the head is seen: a parallel projection.
struct ViewCamera {
    std::string name; ///< Of the preset; empty once it was moved.
    Vector3 towards_viewer = Vector3::UnitZ();
    Vector3 up = Vector3::UnitY();
    Vector3 centre = Vector3::Zero(); ///< [m]
    double height = 0.24;             ///< Of the picture [m].
};

/// The elements' own field is there within a second or so on a head; recovering it, and what `simulate` says
/// of it, takes several times as long.
enum class ViewAccuracy { elements, refined };

/// The whole field of one pose.
struct ViewField {
    ViewAccuracy accuracy = ViewAccuracy::refined;
    std::string coil;
    std::string target;
    RigidTransform pose;
    solver::ElementField field{};
    planning::SurfaceField cortex{};
    planning::RoiMetrics roi{}; ///< Its means of |E| and of E, as `simulate` has them; of a refined one.
    /// 99.9th percentile of |E| in grey matter [V/m]; before it is refined that over the cortex's area.
    double robust_maximum = 0;
};

/// What is known of a point.
struct ViewPoint {
    std::string tissue;           ///< "outside the head" there.
    std::optional<Vector3> field; ///< [V/m]; none while the field of the pose is not computed.
    std::optional<Vector3> mni;   ///< [m]
    std::optional<std::string> region;
};

} // namespace corticoil::app
