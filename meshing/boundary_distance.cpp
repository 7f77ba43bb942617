#include "meshing/boundary_distance.h"

#include "core/constants.h"
#include "core/face_neighbours.h"
#include "meshing/label_map_checks.h"

#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/AABB_triangle_primitive.h>
#include <CGAL/Simple_cartesian.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::meshing {

namespace {

using Kernel = CGAL::Simple_cartesian<double>;
using Triangle = Kernel::Triangle_3;
using Primitive = CGAL::AABB_triangle_primitive<Kernel, std::vector<Triangle>::const_iterator>;
using Tree = CGAL::AABB_tree<CGAL::AABB_traits<Kernel, Primitive>>;

/// Samples per tissue and direction: the standard error of a mean is then about a thousandth of a voxel.
constexpr std::size_t largest_number_of_samples = 30'000;

/// Farther than this many voxels from a face of the label map counts as this many: the search ends there.
constexpr int largest_reach = 12;

constexpr double reported_percentile = 0.99;

constexpr std::array<std::array<int, 3>, 6> face_steps{
    {{1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}}};

struct Sample {
    double distance = 0.0;
    double weight = 0.0;
};

double weighted_mean(const std::vector<Sample>& samples) {
    double sum = 0.0;
    double weight = 0.0;
    for (const Sample& sample : samples) {
        sum += sample.weight * sample.distance;
        weight += sample.weight;
    }
    return weight > 0.0 ? sum / weight : 0.0;
}

double weighted_percentile(std::vector<Sample> samples, double rank) {
    std::sort(samples.begin(), samples.end(),
              [](const Sample& a, const Sample& b) { return a.distance < b.distance; });
    double weight = 0.0;
    for (const Sample& sample : samples) weight += sample.weight;
    double passed = 0.0;
    for (const Sample& sample : samples) {
        passed += sample.weight;
        if (passed >= rank * weight) return sample.distance;
    }
    return 0.0;
}

/// The faces between voxels of one label and others.
class VoxelBoundary {
  public:
    VoxelBoundary(const LabelImage& labels, const Vector3& spacing) : labels_(labels), spacing_(spacing) {}

    [[nodiscard]] int label_at(int i, int j, int k) const {
        return labels_.contains(i, j, k) ? labels_.at(i, j, k) : 0;
    }

    /// Distance of a point, given in voxel coordinates, from the nearest face of `label` [unit of spacing].
    [[nodiscard]] double distance(const Vector3& voxel, int label) const {
        const std::array<int, 3> middle{static_cast<int>(std::lround(voxel.x())),
                                        static_cast<int>(std::lround(voxel.y())),
                                        static_cast<int>(std::lround(voxel.z()))};
        double best = std::numeric_limits<double>::infinity();
        for (int reach = 1; reach <= largest_reach; ++reach) {
            scan(voxel, middle, reach, label, best);
            // Voxels beyond the scanned ones are at least this far away.
            if (best <= (reach - 0.5) * spacing_.minCoeff()) return best;
        }
        return std::min(best, largest_reach * spacing_.maxCoeff());
    }

  private:
    /// The voxels at a distance of `reach` steps; all within one step for the first.
    void scan(const Vector3& voxel, const std::array<int, 3>& middle, int reach, int label,
              double& best) const {
        for (int dz = -reach; dz <= reach; ++dz) {
            for (int dy = -reach; dy <= reach; ++dy) {
                const bool is_rim = reach == 1 || std::abs(dz) == reach || std::abs(dy) == reach;
                for (int dx = -reach; dx <= reach; dx += is_rim ? 1 : 2 * reach) {
                    const std::array<int, 3> at{middle[0] + dx, middle[1] + dy, middle[2] + dz};
                    if (label_at(at[0], at[1], at[2]) != label) continue;
                    for (const auto& step : face_steps) {
                        if (label_at(at[0] + step[0], at[1] + step[1], at[2] + step[2]) == label) continue;
                        best = std::min(best, distance_to_face(voxel, at, step));
                    }
                }
            }
        }
    }

    [[nodiscard]] double distance_to_face(const Vector3& voxel, const std::array<int, 3>& at,
                                          const std::array<int, 3>& step) const {
        Vector3 difference = Vector3::Zero();
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const auto a = static_cast<Eigen::Index>(axis);
            const double offset = voxel[a] - at[axis];
            difference[a] =
                step[axis] != 0 ? offset - 0.5 * step[axis] : std::max(0.0, std::abs(offset) - 0.5);
        }
        return difference.cwiseProduct(spacing_).norm();
    }

    const LabelImage& labels_;
    Vector3 spacing_;
};

struct LabelledFace {
    std::array<Vector3, 3> corners; ///< Voxel coordinates × spacing.
    double area = 0.0;
};

/// Per label its faces towards other labels and air.
std::map<int, std::vector<LabelledFace>> tissue_faces(const TetMesh& mesh, const LabelImage& labels,
                                                      const Vector3& spacing) {
    const Eigen::Affine3d frame_from_head = Eigen::Scaling(spacing) * labels.head_from_voxel.inverse();
    const Eigen::Matrix4Xi neighbours = face_neighbours(mesh);
    std::map<int, std::vector<LabelledFace>> faces;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        for (int corner = 0; corner < 4; ++corner) {
            const int other = neighbours(corner, t);
            if (other >= 0 && mesh.labels[static_cast<std::size_t>(other)] == label) continue;
            LabelledFace face;
            for (std::size_t c = 0; c < 3; ++c) {
                const int node = mesh.tetrahedra(face_corners[static_cast<std::size_t>(corner)][c], t);
                face.corners[c] = frame_from_head * Vector3(mesh.nodes.col(node));
            }
            face.area =
                0.5 * (face.corners[1] - face.corners[0]).cross(face.corners[2] - face.corners[0]).norm();
            faces[label].push_back(face);
        }
    }
    return faces;
}

std::size_t stride_for(std::size_t n) {
    return n / largest_number_of_samples + 1;
}

std::vector<Sample> from_mesh(const std::vector<LabelledFace>& faces, int label,
                              const VoxelBoundary& boundary, const Vector3& spacing) {
    std::vector<Sample> samples;
    for (std::size_t f = 0; f < faces.size(); f += stride_for(faces.size())) {
        const Vector3 centroid = (faces[f].corners[0] + faces[f].corners[1] + faces[f].corners[2]) / 3.0;
        samples.push_back({boundary.distance(centroid.cwiseQuotient(spacing), label), faces[f].area});
    }
    return samples;
}

/// Centres of the faces between voxels of `label` and others, × spacing, each with its area.
std::vector<std::pair<Vector3, double>> voxel_faces(const LabelImage& labels, int label,
                                                    const VoxelBoundary& boundary, const Vector3& spacing) {
    std::vector<std::pair<Vector3, double>> faces;
    for (int k = 0; k < labels.size[2]; ++k) {
        for (int j = 0; j < labels.size[1]; ++j) {
            for (int i = 0; i < labels.size[0]; ++i) {
                if (labels.at(i, j, k) != label) continue;
                for (const auto& step : face_steps) {
                    if (boundary.label_at(i + step[0], j + step[1], k + step[2]) == label) continue;
                    const Vector3 normal(step[0], step[1], step[2]);
                    faces.emplace_back((Vector3(i, j, k) + 0.5 * normal).cwiseProduct(spacing),
                                       spacing.prod() / normal.cwiseProduct(spacing).norm());
                }
            }
        }
    }
    return faces;
}

std::vector<Sample> from_labels(const std::vector<std::pair<Vector3, double>>& voxel_faces,
                                const std::vector<LabelledFace>& mesh_faces) {
    const auto point = [](const Vector3& p) { return Kernel::Point_3(p.x(), p.y(), p.z()); };
    std::vector<Triangle> triangles;
    triangles.reserve(mesh_faces.size());
    for (const LabelledFace& face : mesh_faces)
        triangles.emplace_back(point(face.corners[0]), point(face.corners[1]), point(face.corners[2]));
    const Tree tree(triangles.cbegin(), triangles.cend());
    std::vector<Sample> samples;
    for (std::size_t f = 0; f < voxel_faces.size(); f += stride_for(voxel_faces.size())) {
        const auto& [centre, area] = voxel_faces[f];
        samples.push_back({std::sqrt(tree.squared_distance(point(centre))), area});
    }
    return samples;
}

} // namespace

std::map<int, BoundaryDistance> boundary_distances(const TetMesh& mesh, const LabelImage& labels) {
    // Lengths in millimetres, so that no bound of CGAL's meets lengths near its roundings.
    const Vector3 spacing = voxel_spacing_mm(labels);
    const VoxelBoundary boundary(labels, spacing);
    std::map<int, BoundaryDistance> result;
    for (const auto& [label, faces] : tissue_faces(mesh, labels, spacing)) {
        const std::vector<std::pair<Vector3, double>> wanted = voxel_faces(labels, label, boundary, spacing);
        const std::vector<Sample> there = from_mesh(faces, label, boundary, spacing);
        const std::vector<Sample> back = from_labels(wanted, faces);
        constexpr double metres = metres_per_millimetre;
        BoundaryDistance& distance = result[label];
        distance.mean = metres * 0.5 * (weighted_mean(there) + weighted_mean(back));
        distance.percentile_99 = metres * std::max(weighted_percentile(there, reported_percentile),
                                                   weighted_percentile(back, reported_percentile));
        for (const LabelledFace& face : faces) distance.area += metres * metres * face.area;
    }
    return result;
}

BoundaryDistance overall(const std::map<int, BoundaryDistance>& tissues) {
    BoundaryDistance sum;
    for (const auto& [label, tissue] : tissues) {
        sum.mean += tissue.area * tissue.mean;
        sum.percentile_99 += tissue.area * tissue.percentile_99;
        sum.area += tissue.area;
    }
    if (sum.area > 0.0) {
        sum.mean /= sum.area;
        sum.percentile_99 /= sum.area;
    }
    return sum;
}

} // namespace corticoil::meshing
