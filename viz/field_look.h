#pragma once

#include <map>
#include <span>
#include <string_view>

namespace corticoil::viz {

/// From where a scene is seen, and what stands out in it.
enum class FieldView {
    close,      ///< From the coil towards the region of interest, slightly oblique; the scalp only hinted at.
    overview,   ///< The whole head, its scalp translucent, from the side that shows the coil and where the
                ///< face is.
    motor,      ///< The brain from above and aside, on the target's side.
    leg,        ///< The brain from above, a little from behind.
    prefrontal, ///< The brain from the front and aside, on the target's side.
    cerebellar, ///< The brain from behind and below.
    left,       ///< The whole head from its sides; these six have one scale.
    right,
    front,
    back,
    top,
    bottom,
    cut,         ///< The head cut through the target along the coil's axis; |E| on the brain's section.
    arrows,      ///< E on the cortex around the target as arrows.
    streamlines, ///< Lines along E inside the skull, through a glass cortex.
    candidates,  ///< The coil poses of a plan on the scalp, coloured by the plan's objective.
};

struct NamedView {
    std::string_view name;
    FieldView view;
};

/// Every view with its name.
[[nodiscard]] std::span<const NamedView> named_views();
[[nodiscard]] std::string_view name_of(FieldView view);

/// What the colours of the cortex mean.
enum class FieldScalar {
    magnitude, ///< |E|
    normal,    ///< E across the cortex, + inwards, on a diverging scale.
    tangential ///< The magnitude of E along the cortex.
};

/// What can be shown or left out.
enum class Part {
    cortex,
    white_matter,
    skull,
    scalp,
    lesions, ///< Seen through what lies over them.
    windings,
    casing,
    axes,  ///< Of the coil: x, y, z.
    marks, ///< Handle and direction of the induced E.
    roi
};

struct NamedPart {
    std::string_view name;
    Part part;
};
[[nodiscard]] std::span<const NamedPart> named_parts();

/// How a scene is shown.
struct FieldLook {
    FieldScalar scalar = FieldScalar::magnitude;
    std::map<Part, bool> chosen; ///< Shown or not; the others as the view has them.

    bool cut_by_tissue = false; ///< The cut's section in the colours of tissues instead of |E|.

    [[nodiscard]] bool shows(Part part) const;
};

/// The look with what a view leaves out unless it was chosen: the cut and the candidates have no cortex, say.
[[nodiscard]] FieldLook look_in(FieldView view, FieldLook look);

/// Whether the view needs E in the volume (FieldScene::volume).
[[nodiscard]] bool needs_volume(FieldView view);

/// Whether a view shows a close part of the scene, framed: what lies beyond is cut off.
[[nodiscard]] bool is_framed(FieldView view);

} // namespace corticoil::viz
