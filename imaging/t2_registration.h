#pragma once

#include "core/image.h"
#include "core/progress.h"
#include "imaging/voxel_distance.h"

#include <string>

namespace corticoil::imaging {

/// A second image of the same head (T2-weighted or FLAIR) on the T1's voxels.
struct PlacedT2 {
    std::string name = "T2";                                  ///< For messages, for instance the file's name.
    ScalarImage image;                                        ///< Trilinear; 0 outside its field of view.
    Mask covered;                                             ///< Where it has something to say.
    Eigen::Affine3d t2_from_t1 = Eigen::Affine3d::Identity(); ///< Rigid.
    double coarsest_voxel = 0;                                ///< Longest voxel edge as given [m].
};

/// Voxels longer than this tell neither thin CSF nor the skull's surface apart [m]: the limit of T1s too.
inline constexpr double coarsest_useful_t2 = 2.5e-3;

/// The rigid transform that lays the T1 on the T2, by mutual information from 8 mm to 2 mm voxels, started
/// from the files' own frames and from the image's centres laid on one another; frames that fit as well
/// already are kept. Repeats exactly. \throws Error naming the image where the two do not overlap.
[[nodiscard]] Eigen::Affine3d register_t2(const ScalarImage& t1, const ScalarImage& t2,
                                          const std::string& name, const Progress& progress = {});

/// Registers a T2 to the T1 and resamples it onto the T1's voxels, its air at 0. \throws Error as
/// register_t2().
[[nodiscard]] PlacedT2 place_t2(const ScalarImage& t2, const std::string& name, const ScalarImage& t1,
                                const Progress& progress = {});

} // namespace corticoil::imaging
