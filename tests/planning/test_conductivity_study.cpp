#include "planning/conductivity_study.h"

#include "coils/coil_library.h"
#include "core/tissue.h"
#include "coils/primary_field.h"
#include "solver/electric_field.h"
#include "solver/potential_solver.h"
#include "solver/sources.h"
#include "support/round_head.h"

#include <Eigen/Geometry>
#include <gtest/gtest.h>

#include <cmath>

namespace corticoil::planning {
namespace {

/// A head of grey matter and scalp that is off its coil's axis, so that conductivities matter.
TetMesh head() {
    TetMesh mesh = test::round_head(12);
    mesh.nodes.row(0) *= 1.35;
    return mesh;
}

RigidTransform pose() {
    Eigen::Matrix3d rotation;
    rotation << 0, 1, 0, 1, 0, 0, 0, 0, -1; // z into the head.
    return {rotation, Vector3(0.03, 0.02, 0.105)};
}

const std::vector<ConductivityRange>& ranges() {
    static const std::vector<ConductivityRange> both{{tissue::grey_matter, 0.1, 0.6},
                                                     {tissue::scalp, 0.1, 1.0}};
    return both;
}

/// Mean E of a forward solve [V/m at 1 A/s] with other conductivities; its source as the study's, by volume.
Vector3 forward(const coils::Coil& coil, const RoiSamples& samples, const Conductivities& changed) {
    Conductivities conductivities = default_conductivities();
    for (const auto& [label, value] : changed) conductivities[label] = value;
    const HeadModel model = make_head_model(head(), conductivities);
    const solver::PotentialSolver solver(model.mesh, model.conductivity);
    const solver::ElementField rate = solver::projected_nodal(
        solver.space(), coils::rate_of_vector_potential({coil, pose(), 1}, model.mesh.nodes));
    const solver::Potential potential = solver.solve(
        solver::load_of_rate_of_vector_potential(solver.space(), model.conductivity, rate),
        {.tolerance = 1e-9});
    const solver::ElementField field = solver::electric_field(solver.space(), potential.values, rate);
    Vector3 sum = Vector3::Zero();
    for (std::size_t i = 0; i < samples.tetrahedra.size(); ++i)
        sum += samples.volumes[static_cast<Eigen::Index>(i)] * field.mean(samples.tetrahedra[i]);
    return sum / samples.volumes.sum();
}

TEST(ConductivityStudy, MeetsForwardSolvesThatItDidNotSee) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const HeadModel model = make_head_model(head(), default_conductivities());
    const RoiSamples samples = roi_samples(model.mesh, ball_roi("test", Vector3(0.05, 0.02, 0.04), 0.02));
    const std::vector<StudiedField> fields{{coil, pose(), samples}};
    const ConductivityStudy study(model, fields, ranges(), {.n_snapshots = 8, .tolerance = 1e-9});
    EXPECT_LT(study.largest_error(), 1e-3);

    const Conductivities other{{tissue::grey_matter, 0.5}, {tissue::scalp, 0.15}};
    const Vector3 truth = forward(coil, samples, other);
    constexpr double tolerance = 1e-3;
    EXPECT_LT((study.mean_field(0, other) - truth).norm(), tolerance * truth.norm());
    // The head's own conductivities give another field: the study follows the change.
    EXPECT_GT((study.mean_field(0, {}) - truth).norm(), 5 * tolerance * truth.norm());
    EXPECT_LT((study.mean_field(0, {}) - forward(coil, samples, {})).norm(),
              tolerance * truth.norm());
}

TEST(ConductivityStudy, FewSnapshotsMissAndSaySo) {
    const coils::Coil coil = coils::load_coil("figure8_70mm");
    const HeadModel model = make_head_model(head(), default_conductivities());
    const RoiSamples samples = roi_samples(model.mesh, ball_roi("test", Vector3(0.05, 0.02, 0.04), 0.02));
    const std::vector<StudiedField> fields{{coil, pose(), samples}};
    const ConductivityStudy one(model, fields, ranges(), {.n_snapshots = 1, .tolerance = 1e-9});
    EXPECT_GT(one.largest_error(), 5e-3);
}

TEST(ConductivityDraws, StayInTheirRangesWithTheirMean) {
    std::mt19937_64 generator(1);
    const std::vector<ConductivityRange> known = literature_ranges();
    double sum = 0;
    double squares = 0;
    constexpr int n = 4000;
    for (int i = 0; i < n; ++i) {
        const Conductivities drawn = draw_conductivities(known, generator);
        for (const ConductivityRange& range : known) {
            ASSERT_GE(drawn.at(range.label), range.least);
            ASSERT_LE(drawn.at(range.label), range.most);
        }
        const double unit = (drawn.at(tissue::grey_matter) - 0.1) / 0.5;
        sum += unit;
        squares += unit * unit;
    }
    EXPECT_NEAR(sum / n, 0.5, 0.01);
    // The variance of Beta(3, 3) is 1/28; a uniform draw's would be 1/12.
    EXPECT_NEAR(squares / n - sum / n * (sum / n), 1.0 / 28, 0.003);
}

} // namespace
} // namespace corticoil::planning
