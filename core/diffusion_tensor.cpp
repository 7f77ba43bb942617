#include "core/diffusion_tensor.h"

#include "core/error.h"

#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <utility>

namespace corticoil {

namespace {

/// A tensor whose smallest eigenvalue is below this share of its largest is flat: noise, not tissue.
constexpr double least_relative_eigenvalue = 1e-6;
/// A point has a tensor where voxels with this share of the trilinear weights have one.
constexpr double least_weight = 0.5;

Eigen::Matrix3d as_matrix(const DiffusionTensor& d) {
    Eigen::Matrix3d matrix;
    matrix << d[0], d[3], d[4], d[3], d[1], d[5], d[4], d[5], d[2];
    return matrix;
}

Eigen::Matrix<double, 6, 1> components(const Eigen::Matrix3d& m) {
    Eigen::Matrix<double, 6, 1> result;
    result << m(0, 0), m(1, 1), m(2, 2), m(0, 1), m(0, 2), m(1, 2);
    return result;
}

bool is_missing(const DiffusionTensor& tensor) {
    return std::all_of(tensor.begin(), tensor.end(), [](float value) { return value == 0; });
}

/// The tensor at a point in voxel coordinates: trilinear in the components, with the weights of the voxels
/// that hold a tensor scaled to sum to one.
std::optional<Eigen::Matrix3d> interpolate(const TensorImage& image, const Vector3& p_voxel) {
    // Also false for what is not a number, and it keeps the integers below in range.
    for (int axis = 0; axis < 3; ++axis) {
        if (!(p_voxel[axis] > -1 && p_voxel[axis] < image.size[static_cast<std::size_t>(axis)]))
            return std::nullopt;
    }
    const Eigen::Vector3i low = p_voxel.array().floor().cast<int>();
    const Vector3 fraction = p_voxel - low.cast<double>();
    Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
    double total_weight = 0;
    for (int corner = 0; corner < 8; ++corner) {
        const Eigen::Vector3i offset(corner & 1, (corner >> 1) & 1, (corner >> 2) & 1);
        const Eigen::Vector3i voxel = low + offset;
        double weight = 1;
        for (int axis = 0; axis < 3; ++axis)
            weight *= offset[axis] == 1 ? fraction[axis] : 1 - fraction[axis];
        if (weight == 0 || !image.contains(voxel[0], voxel[1], voxel[2])) continue;
        const DiffusionTensor& tensor = image.at(voxel[0], voxel[1], voxel[2]);
        if (is_missing(tensor)) continue;
        sum += weight * as_matrix(tensor);
        total_weight += weight;
    }
    if (total_weight < least_weight) return std::nullopt;
    return sum / total_weight;
}

struct Limited {
    Eigen::Matrix3d tensor;
    bool is_changed;
};

/// Raises eigenvalues below the largest one over `largest_ratio`; nothing for a tensor that is not positive
/// definite.
std::optional<Limited> limit_ratio(const Eigen::Matrix3d& tensor, double largest_ratio) {
    if (!tensor.allFinite()) return std::nullopt;
    Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> eigen;
    eigen.compute(tensor);
    const Vector3& values = eigen.eigenvalues(); // In increasing order.
    if (!(values[0] > least_relative_eigenvalue * values[2])) return std::nullopt;
    constexpr double rounding = 1e-12; // A ratio at the limit is not beyond it.
    if (values[2] <= largest_ratio * (1 + rounding) * values[0]) return Limited{tensor, false};
    const Vector3 raised = values.cwiseMax(values[2] / largest_ratio);
    return Limited{eigen.eigenvectors() * raised.asDiagonal() * eigen.eigenvectors().transpose(), true};
}

Limited limit_largest(const Eigen::Matrix3d& tensor, double largest) {
    // Positive definite: no eigenvalue exceeds the trace.
    if (tensor.trace() <= largest) return {tensor, false};
    Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> eigen;
    eigen.compute(tensor);
    if (eigen.eigenvalues()[2] <= largest) return {tensor, false};
    const Vector3 lowered = eigen.eigenvalues().cwiseMin(largest);
    return {eigen.eigenvectors() * lowered.asDiagonal() * eigen.eigenvectors().transpose(), true};
}

/// Of the eigenvalues of a positive definite tensor.
double geometric_mean(const Eigen::Matrix3d& tensor) {
    return std::cbrt(tensor.determinant());
}

/// The usable tensor of a tetrahedron, its eigenvalues' ratio limited.
struct Sample {
    int tetrahedron;
    Eigen::Matrix3d diffusion;
    bool is_limited;
};

std::vector<Sample> sample_tensors(const TetMesh& mesh, const TensorImage& image,
                                   const TensorMappingOptions& options, TensorReport& report) {
    const Eigen::Affine3d voxel_from_head = image.head_from_voxel.inverse();
    const Points centres = barycentres(mesh);
    std::vector<Sample> samples;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        if (std::find(options.labels.begin(), options.labels.end(), label) == options.labels.end()) continue;
        ++report.n_tetrahedra;
        const std::optional<Eigen::Matrix3d> tensor = interpolate(image, voxel_from_head * centres.col(t));
        if (!tensor) {
            ++report.n_missing;
            continue;
        }
        const std::optional<Limited> limited = limit_ratio(*tensor, options.largest_ratio);
        if (limited) {
            samples.push_back({t, limited->tensor, limited->is_changed});
        } else {
            ++report.n_not_positive;
        }
    }
    report.n_used = static_cast<int>(samples.size());
    return samples;
}

/// s = Σ d_l σ_l / Σ d_l², the least-squares solution of s d_l = σ_l over the labels l.
double fit_scale(const TetMesh& mesh, const Conductivity& isotropic, const std::vector<Sample>& samples) {
    struct Sums {
        double volume = 0;
        double diffusion = 0;
        double conductivity = 0;
    };
    const Eigen::VectorXd volumes = tetrahedron_volumes(mesh);
    std::map<int, Sums> labels;
    for (const Sample& sample : samples) {
        Sums& sums = labels[mesh.labels[static_cast<std::size_t>(sample.tetrahedron)]];
        const double volume = volumes[sample.tetrahedron];
        sums.volume += volume;
        sums.diffusion += volume * geometric_mean(sample.diffusion);
        sums.conductivity += volume * isotropic[sample.tetrahedron];
    }
    double numerator = 0;
    double denominator = 0;
    for (const auto& [label, sums] : labels) {
        const double d = sums.diffusion / sums.volume;
        numerator += d * sums.conductivity / sums.volume;
        denominator += d * d;
    }
    return numerator / denominator;
}

void check_options(const TensorMappingOptions& options) {
    if (!(options.largest_ratio >= 1) || !std::isfinite(options.largest_ratio)) {
        throw Error(
            fmt::format("conductivity tensors: largest ratio of eigenvalues is {}; it must be a number of at "
                        "least 1",
                        options.largest_ratio));
    }
    if (!(options.largest_eigenvalue > 0) || !std::isfinite(options.largest_eigenvalue)) {
        throw Error(
            fmt::format("conductivity tensors: largest eigenvalue is {} S/m; it must be a positive number",
                        options.largest_eigenvalue));
    }
}

void check_samples(const TensorReport& report, const TensorMappingOptions& options) {
    if (report.n_tetrahedra == 0) {
        throw Error(
            fmt::format("conductivity tensors: the mesh has no tetrahedra of the labels {} that they are for",
                        fmt::join(options.labels, ", ")));
    }
    if (report.n_used == 0) {
        throw Error(fmt::format(
            "conductivity tensors: the tensor image has none for the {} tetrahedra of the labels {} "
            "({} without a tensor, {} with one that is not positive definite); register it to the "
            "T1 of the mesh",
            report.n_tetrahedra, fmt::join(options.labels, ", "), report.n_missing, report.n_not_positive));
    }
}

} // namespace

Eigen::Matrix3d head_from_fsl_axes(const Eigen::Affine3d& head_from_voxel) {
    const Eigen::Matrix3d axes = head_from_voxel.linear().colwise().normalized();
    const Eigen::JacobiSVD<Eigen::Matrix3d> svd(axes, Eigen::ComputeFullU | Eigen::ComputeFullV);
    Eigen::Matrix3d head_from_axes = svd.matrixU() * svd.matrixV().transpose();
    if (head_from_voxel.linear().determinant() > 0) head_from_axes.col(0) *= -1;
    return head_from_axes;
}

DiffusionTensor rotated(const DiffusionTensor& tensor, const Eigen::Matrix3d& rotation) {
    const Eigen::Matrix<double, 6, 1> result =
        components(rotation * as_matrix(tensor) * rotation.transpose());
    DiffusionTensor in_new_axes{};
    for (std::size_t i = 0; i < in_new_axes.size(); ++i)
        in_new_axes[i] = static_cast<float>(result[static_cast<Eigen::Index>(i)]);
    return in_new_axes;
}

MappedConductivity anisotropic_conductivity(const TetMesh& mesh, const Conductivity& isotropic,
                                            const TensorImage& image, const TensorMappingOptions& options) {
    CORTICOIL_ASSERT(isotropic.is_isotropic() && isotropic.size() == mesh.n_tetrahedra());
    check_options(options);
    TensorReport report;
    const std::vector<Sample> samples = sample_tensors(mesh, image, options, report);
    check_samples(report, options);
    const bool is_normalised = options.mapping == TensorMapping::volume_normalised;
    if (!is_normalised) report.scale = fit_scale(mesh, isotropic, samples);

    Eigen::VectorXd numbers = isotropic.isotropic();
    SymmetricTensors tensors = SymmetricTensors::Zero(6, mesh.n_tetrahedra());
    tensors.topRows<3>().rowwise() = numbers.transpose();
    for (const Sample& sample : samples) {
        const double scale =
            is_normalised ? isotropic[sample.tetrahedron] / geometric_mean(sample.diffusion) : report.scale;
        const Limited sigma = limit_largest(scale * sample.diffusion, options.largest_eigenvalue);
        report.n_limited += sample.is_limited || sigma.is_changed ? 1 : 0;
        numbers[sample.tetrahedron] = geometric_mean(sigma.tensor);
        tensors.col(sample.tetrahedron) = components(sigma.tensor);
    }
    if (options.mapping == TensorMapping::mean_conductivity)
        return {Conductivity(std::move(numbers)), report};
    return {Conductivity(std::move(tensors)), report};
}

} // namespace corticoil
