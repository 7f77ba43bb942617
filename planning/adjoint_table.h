#pragma once

#include "coils/coil.h"
#include "core/progress.h"
#include "core/rigid_transform.h"
#include "planning/adjoint_field.h"

#include <Eigen/Geometry>

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace corticoil::planning {

/// Dipoles by components for a table: positions [m] and moments [A·m² per ampere] in the coil frame.
struct TableDipoles {
    explicit TableDipoles(const coils::MagneticDipoles& dipoles);
    [[nodiscard]] int size() const { return static_cast<int>(x.size()); }
    std::vector<float> x, y, z, mx, my, mz;
};

/// The functionals for dipoles at several poses from the currents themselves, per A/s, n_functionals × poses:
/// where no table holds, in one sum by the tree.
[[nodiscard]] Eigen::MatrixXd values_from_currents(const AdjointField& field, const TableDipoles& dipoles,
                                                   std::span<const RigidTransform> head_from_coil);

/// Where a table is to hold.
struct TableRegion {
    Eigen::AlignedBox3d box; ///< [m]
    /// Whether the table is to hold at a point; from any thread. Empty: everywhere in the box.
    std::function<bool(const Vector3&)> is_needed = {};
};

struct AdjointTableOptions {
    double spacing = 0.005; ///< Of the nodes [m].
    Progress progress = {};
};

/// The magnetic field of an adjoint field's currents on a grid, interpolated by cubics (Lagrange's, four
/// nodes along each axis): the functionals for a coil of dipoles in tens of nanoseconds per dipole.
class AdjointTable {
  public:
    /// Fills the nodes that points of the region need. Nodes inside the head take part where points just
    /// outside need them: the field is continuous through the scalp.
    AdjointTable(const AdjointField& field, const TableRegion& region,
                 const AdjointTableOptions& options = {});
    ~AdjointTable();
    AdjointTable(AdjointTable&&) noexcept;
    AdjointTable& operator=(AdjointTable&&) noexcept;

    [[nodiscard]] int n_functionals() const;
    /// Whether the table holds at a point [m].
    [[nodiscard]] bool covers(const Vector3& point) const;

    /// The functionals for dipoles at a pose, per A/s, into `values` (n_functionals()). From any number of
    /// threads. Returns false, and values are not to be used, if the table does not cover a dipole.
    [[nodiscard]] bool try_values(const TableDipoles& dipoles, const RigidTransform& head_from_coil,
                                  std::span<float> values) const;
    /// The same at a rate of change of the coil current [A/s]. \throws Error naming a dipole that is not
    /// covered.
    [[nodiscard]] Eigen::VectorXd values(const TableDipoles& dipoles, const RigidTransform& head_from_coil,
                                         double didt = SimulateOptions{}.didt) const;

    /// Nodes that were filled.
    [[nodiscard]] std::size_t n_nodes() const;

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

} // namespace corticoil::planning
