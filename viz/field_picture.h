#pragma once

#include "core/rigid_transform.h"
#include "core/surface_mesh.h"
#include "viz/field_look.h"
#include "viz/field_volume.h"
#include "viz/picture_camera.h"
#include "viz/picture_options.h"

#include <Eigen/Core>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::viz {

/// A pose that a plan considered.
struct CandidatePose {
    RigidTransform head_from_coil;
    double value = 0; ///< Of the plan's objective; larger is better.
};

/// What a picture of a field shows. Lengths [m], head frame (RAS+).
struct FieldScene {
    SurfaceMesh cortex;           ///< The grey-matter surface.
    Eigen::VectorXd magnitude;    ///< |E| per node of the cortex [V/m] at `didt`.
    SurfaceMesh scalp;            ///< The outer boundary of the head; may be empty.
    double didt = 0;              ///< Rate of change of the coil's current [A/s] that the field belongs to.
    std::vector<Points> windings; ///< The coil's wires as polylines; may be empty.
    std::optional<SurfaceMesh> casing; ///< The coil's housing.
    RigidTransform head_from_coil;     ///< Coil frame: z into the head, the handle lies at −y.
    std::optional<Vector3>
        induced_direction; ///< Unit vector along E under the coil's centre; none for round coils.
    Vector3 roi_centre = Vector3::Zero();
    double roi_radius = 0; ///< 0: no region of interest is outlined.
    std::string title;
    std::string subtitle;

    // What some looks and views need besides.
    Eigen::VectorXd normal;     ///< E across the cortex per node [V/m], + inwards; may be empty.
    Eigen::VectorXd tangential; ///< |E along the cortex| per node [V/m]; may be empty.
    SurfaceMesh skull;          ///< Outer boundary of what the skull encloses and the skull; may be empty.
    SurfaceMesh white_matter;   ///< May be empty.
    SurfaceMesh lesions;        ///< May be empty.
    std::shared_ptr<const FieldVolume> volume; ///< For cuts, arrows and lines along E; may be none.
    std::vector<CandidatePose> candidates;     ///< Of a plan, the best first; may be empty.
    std::string candidate_title;               ///< What their values are, with the unit.
};

/// The camera that `draw_field` uses: where each point of the scene lands in the picture.
[[nodiscard]] PictureCamera field_camera(const FieldScene& scene, FieldView view,
                                         const PictureOptions& options);

/// Draws |E| on the grey-matter surface with coil, scalp, region of interest, colour bar, legend, orientation
/// and scale bar, as PNG (sRGB). The colour bar runs from 0 to the percentile in `options` over the whole
/// surface (area-weighted), so that both views of a scene have the same scale. Needs neither an X server nor
/// a graphics card. \throws Error if the scene is inconsistent (sizes, NaN, no triangles, nothing but zeros)
/// or the file cannot be written; MissingPartError without EGL. Cost: about 4 s for 300,000 triangles at
/// 1600×1200 on two cores.
void draw_field(const FieldScene& scene, FieldView view, const PictureOptions& options,
                const std::filesystem::path& png);

/// The same with another scalar or other parts, and with `svg`: the picture without words, and these as a
/// vector file that lies exactly over it.
void draw_field(const FieldScene& scene, FieldView view, const FieldLook& look, const PictureOptions& options,
                const std::filesystem::path& png, const std::optional<std::filesystem::path>& svg = {});

} // namespace corticoil::viz
