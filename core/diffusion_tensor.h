#pragma once

#include "core/conductivity.h"
#include "core/image.h"
#include "core/tet_mesh.h"

#include <array>
#include <vector>

namespace corticoil {

/// A diffusion tensor (xx, yy, zz, xy, xz, yz) in the axes of the head frame, in any unit: only its shape and
/// how it compares with the other voxels' matter. All zeros where a voxel has none.
using DiffusionTensor = std::array<float, 6>;
using TensorImage = Image<DiffusionTensor>;

/// The orthogonal matrix that takes directions in the axes that FSL's bvecs and dtifit's tensors use to
/// directions in the head frame: the voxel axes, with the first one reversed where the affine's determinant
/// is positive ("radiological" storage; FSL's documentation of bvecs, spelt out in the BIDS specification,
/// "dwi.bvec"). Scaling and what shear there is are removed by the polar decomposition, the rotation closest
/// to the affine's normalised axes.
[[nodiscard]] Eigen::Matrix3d head_from_fsl_axes(const Eigen::Affine3d& head_from_voxel);

/// R D Rᵀ: a tensor in other axes, which `rotation` takes a direction to.
[[nodiscard]] DiffusionTensor rotated(const DiffusionTensor& tensor, const Eigen::Matrix3d& rotation);

/// How diffusion becomes conductivity; compared by Opitz et al. 2011 (NeuroImage 58:849).
enum class TensorMapping {
    /// σ = s D with one s for the whole brain (linear as in Tuch et al. 2001, PNAS 98:11697).
    direct,
    /// σ = σ_iso D / det(D)^(1/3): the tissue's isotropic value is the geometric mean of the eigenvalues
    /// everywhere
    /// (Güllmar, Haueisen & Reichenbach 2010, NeuroImage 51:145).
    volume_normalised,
    /// A number: the geometric mean of the eigenvalues under `direct`.
    mean_conductivity
};

struct TensorMappingOptions {
    TensorMapping mapping = TensorMapping::volume_normalised;
    std::vector<int> labels{1, 2}; ///< White and grey matter; all others keep their isotropic value.
    /// Largest ratio of two eigenvalues: smaller ones are raised to the largest one over this.
    double largest_ratio =
        10; ///< White matter's conductivity ratio (Nicholson 1965, Exp Neurol 13:386: about 9).
    /// Larger eigenvalues of σ are lowered to this [S/m]; above CSF's 1.654, the best conductor of the head.
    double largest_eigenvalue = 2;
};

/// What became of the tetrahedra of the chosen labels.
struct TensorReport {
    int n_tetrahedra = 0;   ///< All of them: used, missing and not positive add up to it.
    int n_used = 0;         ///< With a tensor of the image.
    int n_limited = 0;      ///< Of those, with an eigenvalue that was raised or lowered.
    int n_missing = 0;      ///< Isotropic: outside the image, or where most voxels around hold zeros.
    int n_not_positive = 0; ///< Isotropic: the tensor is not positive definite, or flat.
    double scale =
        0; ///< s of `direct` and `mean_conductivity` [S/m per unit of the image]; 0 where not used.
};

struct MappedConductivity {
    Conductivity conductivity;
    TensorReport report;
};

/// σ per tetrahedron from diffusion tensors: the image's tensor at the barycentre (trilinear in its
/// components, voxels without a tensor left out), eigenvalues' ratio limited, mapped, largest eigenvalue
/// limited. Where there is no usable tensor the isotropic value stays. s of `direct` keeps the labels' mean
/// isotropic conductivities σ_l in the least-squares sense: s = Σ d_l σ_l / Σ d_l², d_l the volume-weighted
/// mean over the label's tetrahedra with a tensor of the geometric mean of the eigenvalues (the fit of
/// Rullmann et al. 2009, NeuroImage 44:399, for white and grey matter). Anisotropic except under
/// `mean_conductivity`. Cost O(M). \throws Error where the limits are no positive numbers (the ratio: below
/// 1), where the mesh has none of the labels, and where not one of their tetrahedra has a usable tensor: the
/// image is elsewhere.
[[nodiscard]] MappedConductivity anisotropic_conductivity(const TetMesh& mesh, const Conductivity& isotropic,
                                                          const TensorImage& image,
                                                          const TensorMappingOptions& options = {});

} // namespace corticoil
