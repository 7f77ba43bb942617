#pragma once

#include "app/run_folder.h"
#include "app/session.h"
#include "planning/clearance.h"
#include "planning/scalp.h"
#include "planning/simulate.h"
#include "solver/conductor_check.h"

#include <optional>

namespace corticoil::app {

/// A head made ready once for any number of runs. Not movable: its parts refer to each other.
class PreparedHead {
  public:
    /// \throws Error as solver::check_conductor().
    explicit PreparedHead(HeadModel model) : head(checked(std::move(model))), scalp(head.mesh) {}
    PreparedHead(const PreparedHead&) = delete;
    PreparedHead& operator=(const PreparedHead&) = delete;

    /// Makes the simulator, which costs seconds: after everything else was checked.
    void prepare(planning::SimulatorOptions options, Session& session);
    /// \throws std::logic_error before prepare().
    [[nodiscard]] const planning::Simulator& simulator() const;

    HeadModel head;
    planning::Scalp scalp;

  private:
    /// Before the scalp is made, which takes a sound mesh for granted.
    static HeadModel checked(HeadModel model) {
        solver::check_conductor(model.mesh, model.conductivity);
        return model;
    }
    std::optional<planning::Simulator> simulator_;
};

/// A warning where a coil was lifted by a millimetre or more.
void tell_of_lift(const planning::LiftedCoil& lifted, const RunRequest& request, Session& session);

/// Checks before anything is computed that there will be something to measure.
/// \throws Error if the mesh holds no grey matter, or the ROI none.
void check_measurable(const TetMesh& mesh, const RunRequest& request);

/// Runs a request. Warnings go to the session. \throws ComputationError if the solver did not converge.
[[nodiscard]] RunResult run(const PreparedHead& prepared, const RunRequest& request, Session& session);

/// Runs a request, writes the folder's files and, unless EGL is missing (a warning), its pictures into
/// `figures/`.
RunResult run_into(const std::filesystem::path& folder, const PreparedHead& prepared,
                   const RunRequest& request, bool with_pictures, Session& session);

} // namespace corticoil::app
