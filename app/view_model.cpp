#include "app/view_model.h"

#include "app/pose_input.h"
#include "app/run_input.h"
#include "app/view_camera.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/navigation_file.h"
#include "io/pose_file.h"
#include "planning/clearance.h"
#include "planning/placement.h"
#include "planning/target.h"
#include "viz/surface_statistics.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace corticoil::app {

namespace {

constexpr double usual_gap = planning::PlacementOptions{}.stand_off; ///< [m]
constexpr double most_gap = 0.060;                                   ///< [m]
constexpr double most_tilt = pi / 3;

HeadModel head_of(const ViewSource& source, Session& session) {
    return make_head_model(source.subject ? source.subject->read_mesh()
                                          : read_users_mesh(source.mesh.string(), session),
                           source.conductivities);
}

} // namespace

ViewModel::ViewModel(const ViewSource& source, Session& session)
    : source_(source), prepared_(head_of(source, session)), cortex_(prepared_.head.mesh) {
    // Many poses will be solved, and memory is better left to the window.
    prepared_.prepare({.order = source_.order, .solver = solver::SolverChoice::multigrid}, session);
    planner_.emplace(prepared_.simulator(), prepared_.scalp, planning::PlacementOptions{}.smoothing,
                     session.progress("preparing the scalp"));
    session.end_progress("prepared the scalp");
    handling_.emplace(planner_->places(), planner_->grid());
    if (source_.mni) {
        try {
            atlas_ = imaging::load_atlas("aal");
        } catch (const Error& error) {
            session.warn(fmt::format("no names of regions: {}", error.what()));
        }
    }
    state_.coil = source_.coil;
    state_.target = source_.target;
    (void)session.progress("solving for the ROI");
    (void)aimed(state_.target);
    session.end_progress("solved for the ROI");
    state_.pose = source_.pose ? *source_.pose : conventional_pose(state_.target, state_.coil);
    state_.stance = handling_->stance_of(state_.pose, usual_gap);
    set_camera("left");
    set_camera(roi().centre.x() - camera_.centre.x() > 0 ? "right" : "left");
}

const ViewModel::HeldCoil& ViewModel::held(const std::string& name) const {
    std::unique_ptr<HeldCoil>& coil = coils_[name];
    if (!coil) coil = std::make_unique<HeldCoil>(coils::load_coil(name));
    return *coil;
}

const ViewModel::AimedAt& ViewModel::aimed(const std::string& name) const {
    std::unique_ptr<AimedAt>& target = targets_[name];
    if (!target) {
        std::optional<Aim> aim;
        // A run's own ROI is the one of its own target only.
        std::optional<planning::Roi> roi = name == source_.target ? source_.roi : std::nullopt;
        if (!name.empty() && (!roi || source_.subject)) {
            aim = parse_aim(name, source_.subject, source_.mni);
            if (!roi) roi = place_of(*aim, prepared_.head.mesh, prepared_.scalp).roi;
        }
        if (!roi) {
            throw Error("there is neither a target nor a ROI to show values of; give --target NAME or x,y,z");
        }
        planning::RoiSamples samples = planning::roi_samples(prepared_.head.mesh, roi);
        const std::lock_guard lock(simulator_in_use_);
        planning::LiveRoi live(*planner_, samples);
        target = std::make_unique<AimedAt>(
            AimedAt{std::move(aim), *std::move(roi), std::move(samples), std::move(live)});
    }
    return *target;
}

const coils::Coil& ViewModel::coil() const {
    return held(state_.coil).coil;
}

const planning::Roi& ViewModel::roi() const {
    return aimed(state_.target).roi;
}

RigidTransform ViewModel::conventional_pose(const std::string& target, const std::string& coil) const {
    const std::optional<Aim>& aim = aimed(target).aim;
    if (!aim) throw Error("there is no target to put the coil over; give --target NAME or x,y,z");
    RunRequest request;
    request.coil = held(coil).coil;
    (void)aim_at(request, *aim, prepared_);
    return request.head_from_coil;
}

void ViewModel::put(ViewState state) {
    if (is_same(state, state_)) return;
    if (!is_gesture_) before_.push_back(state_);
    after_.clear();
    state_ = std::move(state);
}

void ViewModel::stand(ViewState state) {
    state.pose = handling_->pose(state.stance, held(state.coil).planned.casing);
    put(std::move(state));
}

void ViewModel::move(const Eigen::Vector2d& along) {
    ViewState state = state_;
    state.stance = handling_->moved(state.stance, along);
    stand(std::move(state));
}

void ViewModel::carry(const Vector3& point) {
    ViewState state = state_;
    state.stance = handling_->carried(state.stance, point);
    stand(std::move(state));
}

void ViewModel::turn(double angle) {
    ViewState state = state_;
    state.stance = planning::CoilHandling::turned(state.stance, angle);
    stand(std::move(state));
}

void ViewModel::tilt(const Eigen::Vector2d& angles) {
    ViewState state = state_;
    state.stance.tilt += angles;
    if (!(state.stance.tilt.cwiseAbs().maxCoeff() <= most_tilt))
        throw Error("the coil would be tilted by more than 60 degrees out of the scalp's plane");
    stand(std::move(state));
}

void ViewModel::set_gap(double gap) {
    if (!(gap >= 0 && gap <= most_gap)) {
        throw Error(fmt::format("a stand-off of {:g} mm is not between 0 and {:g} mm",
                                gap * millimetres_per_metre, most_gap * millimetres_per_metre));
    }
    ViewState state = state_;
    state.stance.gap = gap;
    stand(std::move(state));
}

void ViewModel::set_coil(const std::string& name) {
    ViewState state = state_;
    const std::optional<Vector3>& old_direction = coil().induced_direction;
    const std::optional<Vector3>& new_direction = held(name).coil.induced_direction;
    state.coil = name;
    if (old_direction && new_direction) {
        const double angle = std::atan2(old_direction->y(), old_direction->x()) -
                             std::atan2(new_direction->y(), new_direction->x());
        state.stance = planning::CoilHandling::turned(state.stance, angle);
    }
    stand(std::move(state));
}

void ViewModel::set_target(const std::string& name) {
    ViewState state = state_;
    state.target = aimed(name).aim ? aimed(name).aim->name : name;
    (void)aimed(state.target);
    state.pose = conventional_pose(state.target, state.coil);
    state.stance = handling_->stance_of(state.pose, usual_gap);
    put(std::move(state));
}

void ViewModel::set_pose(const RigidTransform& head_from_coil) {
    ViewState state = state_;
    state.pose = head_from_coil;
    state.stance = handling_->stance_of(head_from_coil, usual_gap);
    put(std::move(state));
}

std::vector<std::string> ViewModel::coils() const {
    return coils::coil_names();
}

std::vector<std::string> ViewModel::targets() const {
    std::vector<std::string> names;
    if (!source_.mni) return names;
    for (const planning::Target& target : planning::reported_targets()) names.push_back(target.name);
    return names;
}

void ViewModel::change(const std::function<void(ViewState&)>& how) {
    ViewState state = state_;
    how(state);
    put(std::move(state));
}

void ViewModel::set_camera(const std::string& preset) {
    camera_ = preset_camera(preset, cortex(), state_);
}

void ViewModel::begin_gesture() {
    if (is_gesture_) return;
    before_.push_back(state_);
    is_gesture_ = true;
}

void ViewModel::end_gesture() {
    if (!is_gesture_) return;
    is_gesture_ = false;
    if (is_same(before_.back(), state_)) before_.pop_back();
}

bool ViewModel::undo() {
    if (before_.empty()) return false;
    after_.push_back(state_);
    state_ = std::move(before_.back());
    before_.pop_back();
    return true;
}

bool ViewModel::redo() {
    if (after_.empty()) return false;
    before_.push_back(state_);
    state_ = std::move(after_.back());
    after_.pop_back();
    return true;
}

planning::LiveRoi::Values ViewModel::live() const {
    return aimed(state_.target).live.at(held(state_.coil).planned.dipoles, state_.pose, source_.didt);
}

double ViewModel::clearance() const {
    return handling_->clearance(state_.pose, held(state_.coil).planned.casing);
}

/// What a computation needs, looked up before it starts: coils and targets belong to the model's own thread.
struct ViewModel::Asked {
    ViewAccuracy accuracy = ViewAccuracy::refined;
    std::string coil_name;
    std::string target;
    RigidTransform pose;
    const coils::Coil* coil = nullptr;
    const planning::RoiSamples* samples = nullptr;
    const std::atomic<bool>* is_unwanted = nullptr;

    [[nodiscard]] bool is_over() const { return is_unwanted != nullptr && is_unwanted->load(); }
};

std::function<std::optional<ViewField>()> ViewModel::computation(ViewAccuracy accuracy,
                                                                 const std::atomic<bool>* is_unwanted) const {
    const Asked asked{accuracy,    state_.coil, state_.target,
                      state_.pose, &coil(),     &aimed(state_.target).samples,
                      is_unwanted};
    return [this, asked] { return computed(asked); };
}

std::optional<ViewField> ViewModel::computed(const Asked& asked) const {
    const std::lock_guard lock(simulator_in_use_);
    const bool is_refined = asked.accuracy == ViewAccuracy::refined;
    planning::Simulation simulation = prepared_.simulator().simulate(
        *asked.coil, asked.pose, {.didt = source_.didt, .recovers = is_refined});
    if (!simulation.report.converged) {
        throw ComputationError(fmt::format("the solver did not converge: relative residual {:.2g}",
                                           simulation.report.relative_residual));
    }
    ViewField result{asked.accuracy, asked.coil_name, asked.target, asked.pose};
    result.cortex = cortex_.field(simulation.best());
    if (is_refined) {
        if (asked.is_over()) return std::nullopt;
        refine(result, asked, simulation);
        if (asked.is_over()) return std::nullopt;
        result.field = std::move(simulation.recovered->field);
    } else {
        constexpr double percent = 99.9;
        result.robust_maximum =
            viz::area_weighted_percentile(cortex_.surface(), result.cortex.magnitude, percent);
        result.field = std::move(simulation.field);
    }
    return result;
}

/// The figures of `simulate`.
void ViewModel::refine(ViewField& result, const Asked& asked, const planning::Simulation& simulation) const {
    result.robust_maximum = planning::robust_maximum(prepared_.head.mesh, simulation.best());
    if (asked.is_over()) return;
    prepared_.simulator().estimate_mean(result.roi, *asked.samples, simulation, {.didt = source_.didt});
    result.roi.mean_vector_norm = planning::mean_field(*asked.samples, simulation.best()).norm();
}

bool ViewModel::is_current() const {
    return field_ && field_->coil == state_.coil && field_->target == state_.target &&
           is_same(field_->pose, state_.pose);
}

std::optional<ViewModel::Sample> ViewModel::sample(const Vector3& point) const {
    const TetMesh& mesh = prepared_.head.mesh;
    if (!locator_) locator_.emplace(mesh);
    const std::optional<int> t = locator_->find(point);
    if (!t) return std::nullopt;
    Sample result{mesh.labels[static_cast<std::size_t>(*t)], {}};
    if (!field_) return result;
    Eigen::Matrix4d corners;
    for (int corner = 0; corner < 4; ++corner)
        corners.col(corner) << mesh.nodes.col(mesh.tetrahedra(corner, *t)), 1;
    const Eigen::Vector4d barycentric = corners.partialPivLu().solve(Eigen::Vector4d(point.homogeneous()));
    result.field = field_->field.at(*t, barycentric);
    return result;
}

ViewPoint ViewModel::at(const Vector3& point) const {
    ViewPoint result;
    const std::optional<Sample> found = sample(point);
    result.tissue = found ? describe_tissue(found->label) : "outside the head";
    if (found && is_current()) result.field = found->field;
    if (!source_.mni) return result;
    result.mni = source_.mni->to_mni(point);
    if (!atlas_) return result;
    const LabelImage& labels = atlas_->labels;
    const Vector3 voxel = labels.head_from_voxel.inverse() * *result.mni;
    const Eigen::Vector3i nearest = voxel.array().round().cast<int>();
    for (int axis = 0; axis < 3; ++axis) {
        if (nearest[axis] < 0 || nearest[axis] >= labels.size[static_cast<std::size_t>(axis)]) return result;
    }
    const auto name = atlas_->names.find(labels.at(nearest[0], nearest[1], nearest[2]));
    if (name != atlas_->names.end()) result.region = name->second;
    return result;
}

std::optional<Vector3> ViewModel::scalp_under(const Vector3& from, const Vector3& direction) const {
    constexpr double near_enough = 1e-5; // [m]
    constexpr double reach = 1.0;        // [m]
    const planning::DistanceGrid& grid = planner_->grid();
    for (double along = 0; along < reach;) {
        const Vector3 point = from + along * direction;
        const double distance = grid.distance(point);
        if (distance < near_enough) return point;
        along += distance;
    }
    return std::nullopt;
}

bool ViewModel::meets_coil(const Vector3& from, const Vector3& direction) const {
    // A coil is flat enough: the middle plane of its contact points, within their extent.
    const Points points = coils::contact_points(coil());
    const Vector3 lowest = points.rowwise().minCoeff();
    const Vector3 highest = points.rowwise().maxCoeff();
    const RigidTransform coil_from_head = state_.pose.inverse();
    const Vector3 start = coil_from_head.apply_to_point(from);
    const Vector3 along = coil_from_head.apply_to_vector(direction);
    constexpr double edge_on = 1e-6;
    if (std::abs(along.z()) < edge_on) return false;
    const double distance = ((lowest.z() + highest.z()) / 2 - start.z()) / along.z();
    const Vector3 meeting = start + distance * along;
    const bool is_met = (meeting.head<2>().array() >= lowest.head<2>().array()).all() &&
                        (meeting.head<2>().array() <= highest.head<2>().array()).all();
    const std::optional<Vector3> scalp = scalp_under(from, direction);
    return is_met && (!scalp || distance < (*scalp - from).dot(direction)); // The head may hide it.
}

void ViewModel::save_pose(const std::filesystem::path& path) const {
    const std::optional<io::PoseFormat> format = io::format_of_name(path);
    if (!format) {
        throw Error(fmt::format("{}: no format of poses has this ending; give pose.json, poses.csv, or the "
                                "name of a navigation program's file",
                                path.string()));
    }
    if (*format == io::PoseFormat::pose) {
        io::Pose pose;
        pose.head_from_coil = state_.pose;
        pose.coil = coil().name;
        pose.target = state_.target;
        if (coil().induced_direction)
            pose.induced_direction = state_.pose.apply_to_vector(*coil().induced_direction);
        io::write_pose(path, pose);
        return;
    }
    io::NavigationPose pose;
    pose.name = state_.target.empty() ? "view" : state_.target;
    pose.head_from_coil = state_.pose;
    pose.target = state_.target;
    io::WriteNavigationOptions options{.coil = coil().name};
    // Only some formats need the image, and a subject may have none.
    if (source_.subject && (std::filesystem::exists(source_.subject->t1()) ||
                            std::filesystem::exists(source_.subject->tissues())))
        options.image = image_of(*source_.subject);
    (void)io::write_navigation(path, *format, {pose}, options);
}

} // namespace corticoil::app
