#include "app/aim.h"

#include "app/atlas_input.h"
#include "app/did_you_mean.h"
#include "app/electrodes.h"
#include "app/run_input.h"
#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace corticoil::app {

namespace {

using planning::ScalpPosition;
using planning::ScalpRuleKind;
using planning::Target;

/// The sign of the x axis that points from a place to the midline.
double towards_midline(const Aim& aim) {
    if (const auto* position = std::get_if<ScalpPosition>(&aim.place))
        return planning::towards_midline(position->name);
    const auto* point = std::get_if<Vector3>(&aim.place);
    const Vector3 at = point != nullptr ? *point : std::get<planning::Roi>(aim.place).centre;
    return at.x() > 0 ? -1 : 1;
}

/// Fills in what a target of the library needs of its subject.
void complete(Aim& aim, const Target& target, const std::optional<SubjectFolder>& subject) {
    if (!subject) {
        throw Error(fmt::format("--target {}: a named target needs --subject; with --mesh give x,y,z in mm",
                                target.name));
    }
    if (!aim.mni) aim.mni = subject->read_mni();
    if (!target.scalp_rule) return;
    aim.landmarks.positions = read_electrodes(*subject);
    aim.inputs["electrodes"] = subject->electrodes();
    if (target.scalp_rule->kind == ScalpRuleKind::in_front_of) {
        const Target start = planning::find_target(target.scalp_rule->target);
        aim.landmarks.target = aim.mni->to_head(start.mni.value());
    }
}

/// A place given by the scalp: the brain straight under it is what is measured.
AimedPlace under_scalp(const std::string& name, const Vector3& scalp_point, double roi_radius,
                       const TetMesh& mesh, const planning::Scalp& scalp) {
    const std::optional<Vector3> brain =
        planning::brain_below(mesh, scalp, scalp_point, planning::PlacementOptions{}.smoothing);
    if (!brain) {
        throw Error(
            fmt::format("--target {}: there is no brain straight under it; give coordinates x,y,z, or "
                        "a pose with --pose",
                        name));
    }
    return {*brain, scalp_point, planning::ball_roi("the brain under " + name, *brain, roi_radius)};
}

/// A place given by a point of the head.
AimedPlace under_nearest_scalp(const Aim& aim, const Vector3& point, planning::Roi roi,
                               const planning::Scalp& scalp) {
    if (!scalp.is_inside(point)) {
        const bool is_mask = std::holds_alternative<planning::Roi>(aim.place);
        throw Error(
            fmt::format("--target {}: {} {} lies outside the head; {}", aim.name,
                        is_mask ? "its centre of mass" : "the point", describe_point(point),
                        is_mask ? "is the mask in the space of the subject's T1?"
                                : "give a point inside it, in millimetres of the head's own frame (RAS)"));
    }
    return {point, scalp.nearest_point(point), std::move(roi)};
}

/// From a point to the nearest node of grey matter [m].
double distance_to_grey_matter(const TetMesh& mesh, const Vector3& point) {
    double least_squared = std::numeric_limits<double>::infinity();
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        if (mesh.labels[static_cast<std::size_t>(t)] != tissue::grey_matter) continue;
        for (int corner = 0; corner < 4; ++corner) {
            const Vector3 node = mesh.nodes.col(mesh.tetrahedra(corner, t));
            least_squared = std::min(least_squared, (node - point).squaredNorm());
        }
    }
    return std::sqrt(least_squared);
}

} // namespace

Target library_target(const std::string& name) {
    if (std::optional<Target> target = planning::known_target(name)) return *std::move(target);
    std::vector<std::string> names;
    for (const Target& target : planning::target_library()) names.push_back(target.name);
    const std::vector<std::string> positions = planning::ten_ten_names();
    names.insert(names.end(), positions.begin(), positions.end());
    // A name without its side is meant on one of the two.
    const std::optional<Target> left = planning::known_target(name + "_L");
    if (left && planning::known_target(name + "_R")) {
        const std::string known = left->name.substr(0, left->name.size() - 2);
        throw Error(fmt::format("target '{}' is not known; give its side: {}_L or {}_R", name, known, known));
    }
    throw Error(fmt::format("target '{}' is not known{}; corticoil targets list shows the library, and a "
                            "10-10 position (F3), a region (aal:Precentral_L), a mask or x,y,z in "
                            "millimetres of the head will do too",
                            name, suggestion(name, names)));
}

Aim parse_aim(const std::string& text, const std::optional<SubjectFolder>& subject,
              const std::optional<MniMapping>& mni) {
    Aim aim;
    aim.name = text;
    aim.mni = mni;
    if (const std::optional<Vector3> point = parse_point(text)) {
        const Vector3 mm = *point * millimetres_per_metre;
        aim.name = fmt::format("{:g},{:g},{:g}", mm[0], mm[1], mm[2]);
        aim.place = *point;
    } else if (std::optional<ScalpPosition> electrode = find_electrode(text, subject)) {
        aim.name = electrode->name;
        aim.place = *std::move(electrode);
        aim.inputs["electrodes"] = subject->electrodes();
    } else if (is_mask_file(text)) {
        aim.place = parse_roi(text, aim.mni);
        aim.inputs["target"] = text;
    } else if (is_atlas_region(text)) {
        aim.place = parse_roi(text, aim.mni);
    } else {
        Target target = library_target(text);
        complete(aim, target, subject);
        aim.name = target.name;
        aim.place = std::move(target);
    }
    return aim;
}

AimedPlace place_of(const Aim& aim, const TetMesh& mesh, const planning::Scalp& scalp) {
    constexpr double usual_radius = 0.010; // [m] As planning::Target::roi_radius.
    if (const auto* point = std::get_if<Vector3>(&aim.place))
        return under_nearest_scalp(aim, *point, planning::ball_roi(aim.name, *point, usual_radius), scalp);
    if (const auto* position = std::get_if<ScalpPosition>(&aim.place))
        return under_scalp(aim.name, position->point, usual_radius, mesh, scalp);
    if (const auto* roi = std::get_if<planning::Roi>(&aim.place))
        return under_nearest_scalp(aim, roi->centre, *roi, scalp);
    const Target& target = std::get<Target>(aim.place);
    if (target.scalp_rule) {
        return under_scalp(aim.name, planning::scalp_point(scalp, *target.scalp_rule, aim.landmarks),
                           target.roi_radius, mesh, scalp);
    }
    const Vector3 point = aim.mni.value().to_head(target.mni.value());
    return under_nearest_scalp(aim, point, planning::ball_roi(aim.name, point, target.roi_radius), scalp);
}

AimedDirection direction_of(const Aim& aim, coils::CoilType type) {
    if (const auto* target = std::get_if<Target>(&aim.place)) {
        const planning::TargetDirection& direction = target->direction_for(type);
        return {aim.mni.value().direction_to_head(direction.induced_direction_mni), direction.rule};
    }
    const double medial = towards_midline(aim);
    const Vector3 direction = Vector3(medial, 1, 0).normalized();
    // Coordinates are those of the head itself, so that its axes are meant; positions belong to the anatomy.
    const bool is_anatomical = std::holds_alternative<ScalpPosition>(aim.place) && aim.mni;
    return {is_anatomical ? aim.mni->direction_to_head(direction) : direction,
            medial == 0 ? "towards the front" : "45 degrees to the midline, towards front and medial"};
}

planning::LiftedCoil aim_at(RunRequest& request, const Aim& aim, const PreparedHead& prepared,
                            const planning::PlacementOptions& options) {
    const AimedPlace place = place_of(aim, prepared.head.mesh, prepared.scalp);
    request.target = aim.name;
    request.mni = aim.mni;
    request.inputs.insert(aim.inputs.begin(), aim.inputs.end());
    request.placement = planning::place_on(prepared.scalp, request.coil, place.scalp_point, place.point,
                                           direction_of(aim, request.coil.type).induced_direction, options);
    if (!request.roi) request.roi = place.roi;
    planning::LiftedCoil lifted = planning::lift_until_clear(
        prepared.scalp, request.coil, request.placement->head_from_coil, {.gap = options.stand_off});
    request.head_from_coil = lifted.head_from_coil;
    return lifted;
}

void tell_of_tissue(const RunRequest& request, const AimedPlace& place, const TetMesh& mesh,
                    Session& session) {
    const std::optional<int> t = PointLocator(mesh).find(place.point);
    if (!t) return;
    const int label = mesh.labels[static_cast<std::size_t>(*t)];
    if (tissue::is_brain(label)) return;
    session.warn(fmt::format("target {} lies in {}, {:.1f} mm from the nearest grey matter; measured is: {}",
                             request.target, describe_tissue(label),
                             distance_to_grey_matter(mesh, place.point) * millimetres_per_metre,
                             request.roi->description));
}

} // namespace corticoil::app
