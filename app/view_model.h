#pragma once

#include "app/aim.h"
#include "app/simulation.h"
#include "app/view_source.h"
#include "app/view_state.h"
#include "imaging/atlas.h"
#include "planning/coil_handling.h"
#include "planning/live_roi.h"
#include "planning/planner.h"
#include "planning/surface_field.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::app {

/// A head with a coil that is moved over it: state, commands' effects and undo, with no display.
class ViewModel {
  public:
    /// Prepares everything: a few seconds and a block of solves for the ROI.
    ViewModel(const ViewSource& source, Session& session);

    [[nodiscard]] const ViewState& state() const { return state_; }
    [[nodiscard]] const ViewCamera& camera() const { return camera_; }
    [[nodiscard]] const SurfaceMesh& cortex() const { return cortex_.surface(); }
    [[nodiscard]] const SurfaceMesh& scalp() const { return prepared_.scalp.surface(); }
    [[nodiscard]] const coils::Coil& coil() const;
    [[nodiscard]] const planning::Roi& roi() const;
    [[nodiscard]] double didt() const { return source_.didt; }

    // The coil. \throws Error, InfeasibleError where it cannot be put; the state is then as before.
    void move(const Eigen::Vector2d& along);  ///< [m] along its x and y axes.
    void carry(const Vector3& point);         ///< To the scalp nearest to a point [m].
    void turn(double angle);                  ///< [rad] about its axis.
    void tilt(const Eigen::Vector2d& angles); ///< By [rad] about its x and y axes.
    void set_gap(double gap);                 ///< Between casing and scalp [m].
    void set_coil(const std::string& name);   ///< E keeps its direction.
    void set_target(const std::string& name); ///< Puts the coil over it by convention.
    void set_pose(const RigidTransform& head_from_coil);
    [[nodiscard]] std::vector<std::string> coils() const;
    [[nodiscard]] std::vector<std::string> targets() const;

    /// Everything else of the state.
    void change(const std::function<void(ViewState&)>& how);
    void set_camera(const ViewCamera& camera) { camera_ = camera; }
    void set_camera(const std::string& preset); ///< \throws Error as preset_camera().

    /// Between these, changes are one step of undo (a drag).
    void begin_gesture();
    void end_gesture();
    [[nodiscard]] bool undo(); ///< False where there is nothing to undo.
    [[nodiscard]] bool redo();

    /// E in the ROI at the pose shown, at once.
    [[nodiscard]] planning::LiveRoi::Values live() const;
    /// Between casing and scalp [m].
    [[nodiscard]] double clearance() const;

    /// What computes the field of the pose shown now, and may run beside this model's own thread, one at a
    /// time. Once `is_unwanted` holds it gives up at the next step (the longest takes seconds) and returns
    /// nothing. It throws ComputationError where the solver does not converge.
    [[nodiscard]] std::function<std::optional<ViewField>()>
    computation(ViewAccuracy accuracy, const std::atomic<bool>* is_unwanted = nullptr) const;
    void accept(ViewField field) { field_ = std::move(field); }
    /// The last field, of whatever pose.
    [[nodiscard]] const std::optional<ViewField>& field() const { return field_; }
    [[nodiscard]] bool is_current() const;
    [[nodiscard]] bool is_refined() const {
        return is_current() && field_->accuracy == ViewAccuracy::refined;
    }
    [[nodiscard]] ViewPoint at(const Vector3& point) const;
    /// Label of the tetrahedron at a point and E there, where there is a field; nothing outside.
    struct Sample {
        int label = 0;
        std::optional<Vector3> field;
    };
    [[nodiscard]] std::optional<Sample> sample(const Vector3& point) const;
    /// Where a line of sight from outside meets the scalp [m].
    [[nodiscard]] std::optional<Vector3> scalp_under(const Vector3& from, const Vector3& direction) const;
    /// Whether a line of sight meets the coil.
    [[nodiscard]] bool meets_coil(const Vector3& from, const Vector3& direction) const;

    void save_pose(const std::filesystem::path& path) const;

  private:
    struct HeldCoil {
        explicit HeldCoil(coils::Coil of) : coil(std::move(of)), planned(coil) {}
        coils::Coil coil;
        planning::PlannedCoil planned;
    };
    struct AimedAt {
        std::optional<Aim> aim;
        planning::Roi roi;
        planning::RoiSamples samples;
        planning::LiveRoi live;
    };

    struct Asked;
    std::optional<ViewField> computed(const Asked& asked) const;
    void refine(ViewField& result, const Asked& asked, const planning::Simulation& simulation) const;
    const HeldCoil& held(const std::string& name) const;
    const AimedAt& aimed(const std::string& name) const;
    void put(ViewState state);
    void stand(ViewState state);
    RigidTransform conventional_pose(const std::string& target, const std::string& coil) const;

    ViewSource source_;
    PreparedHead prepared_;
    std::optional<planning::Planner> planner_;
    std::optional<planning::CoilHandling> handling_;
    planning::GreyMatterSurface cortex_;
    mutable std::optional<PointLocator> locator_;
    std::optional<imaging::Atlas> atlas_;
    mutable std::map<std::string, std::unique_ptr<HeldCoil>> coils_;
    mutable std::map<std::string, std::unique_ptr<AimedAt>> targets_;
    mutable std::mutex simulator_in_use_;
    ViewState state_;
    ViewCamera camera_;
    std::vector<ViewState> before_;
    std::vector<ViewState> after_;
    bool is_gesture_ = false;
    std::optional<ViewField> field_;
};

} // namespace corticoil::app
