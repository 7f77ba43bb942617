#include "planning/cortical_bank.h"

#include "core/error.h"
#include "core/surface_mesh.h"

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::planning {

namespace {

/// Triangles of the grey-matter surface near the ROI: centres and area vectors.
struct NearSurface {
    Points centres;
    VectorField areas;
};

NearSurface surface_near(const TetMesh& mesh, const Points& points) {
    constexpr double margin = 0.005; // [m] Twice the cortex: the surface over every sample is in.
    const SurfaceMesh surface = grey_matter_boundary(mesh).surface;
    const VectorField areas = area_vectors(surface);
    Eigen::AlignedBox3d box;
    for (Eigen::Index i = 0; i < points.cols(); ++i) box.extend(points.col(i));
    box.min().array() -= margin;
    box.max().array() += margin;
    std::vector<int> kept;
    Points centres(3, surface.n_triangles());
    for (int t = 0; t < surface.n_triangles(); ++t) {
        centres.col(t) =
            (surface.nodes.col(surface.triangles(0, t)) + surface.nodes.col(surface.triangles(1, t)) +
             surface.nodes.col(surface.triangles(2, t))) /
            3;
        if (box.contains(centres.col(t))) kept.push_back(t);
    }
    return {centres(Eigen::all, kept), areas(Eigen::all, kept)};
}

Eigen::Index nearest(const Points& centres, const Vector3& point) {
    Eigen::Index index = 0;
    (centres.colwise() - point).colwise().squaredNorm().minCoeff(&index);
    return index;
}

} // namespace

CorticalBank cortical_bank(const TetMesh& mesh, const RoiSamples& samples, const Vector3& point) {
    const NearSurface surface = surface_near(mesh, samples.points);
    if (surface.centres.cols() == 0) throw Error("cortex: the ROI holds no surface of grey matter");
    const Vector3 normal = surface.areas.col(nearest(surface.centres, point)).normalized();
    const double least_cosine = 0.5; // 60°: the other bank looks the other way, the crown at 90°.
    std::vector<bool> is_in(static_cast<std::size_t>(surface.centres.cols()));
    Vector3 mean = Vector3::Zero();
    for (std::size_t t = 0; t < is_in.size(); ++t) {
        const Vector3 area = surface.areas.col(static_cast<Eigen::Index>(t));
        is_in[t] = area.dot(normal) >= least_cosine * area.norm();
        if (is_in[t]) mean += area;
    }
    std::vector<Eigen::Index> kept;
    for (Eigen::Index i = 0; i < samples.points.cols(); ++i) {
        if (is_in[static_cast<std::size_t>(nearest(surface.centres, samples.points.col(i)))])
            kept.push_back(i);
    }
    if (kept.empty())
        throw Error("cortex: no grey matter of the ROI lies under the surface nearest to the target");
    CorticalBank bank;
    bank.normal = mean.normalized();
    bank.samples.points = samples.points(Eigen::all, kept);
    bank.samples.barycentric = samples.barycentric(Eigen::all, kept);
    bank.samples.volumes = samples.volumes(kept);
    for (const Eigen::Index i : kept)
        bank.samples.tetrahedra.push_back(samples.tetrahedra[static_cast<std::size_t>(i)]);
    return bank;
}

std::optional<Vector3> sulcal_wall_axis(const TetMesh& mesh, const Roi& roi, const Vector3& outward) {
    const NearSurface surface = surface_near(mesh, roi_samples(mesh, roi).points);
    Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
    for (Eigen::Index t = 0; t < surface.areas.cols(); ++t) {
        if (!roi.contains(surface.centres.col(t))) continue;
        const Vector3 area = surface.areas.col(t);
        const Vector3 across = area - area.dot(outward) * outward;
        sum += across * across.transpose() / area.norm();
    }
    if (sum.isZero()) return std::nullopt;
    return Vector3(Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(sum).eigenvectors().col(2));
}

} // namespace corticoil::planning
