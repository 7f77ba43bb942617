#include "app/lesion_input.h"

#include "app/t1_input.h"
#include "core/constants.h"

#include <fmt/format.h>

namespace corticoil::app {

imaging::LesionImages read_lesions(const std::string& lesions, const std::string& black_holes,
                                   Session& session) {
    imaging::LesionImages images;
    if (!lesions.empty()) {
        images.lesions = load_image(lesions, session);
        images.lesions_name = lesions;
    }
    if (!black_holes.empty()) {
        images.black_holes = load_image(black_holes, session);
        images.black_holes_name = black_holes;
    }
    return images;
}

planning::LesionMaskPair read_mask_pair(const std::string& lesions, const std::string& black_holes,
                                        Session& session) {
    const imaging::LesionImages images = read_lesions(lesions, black_holes, session);
    const ScalarImage& grid = images.lesions ? *images.lesions : *images.black_holes;
    planning::LesionMaskPair masks;
    if (images.black_holes) {
        masks.black_holes = imaging::resample_lesions(*images.black_holes, images.black_holes_name, grid.size,
                                                      grid.head_from_voxel);
    }
    masks.lesions = images.lesions ? imaging::resample_lesions(*images.lesions, images.lesions_name,
                                                               grid.size, grid.head_from_voxel)
                                   : masks.black_holes;
    for (std::size_t n = 0; n < masks.black_holes.voxels.size(); ++n) {
        if (masks.black_holes.voxels[n] != 0) masks.lesions.voxels[n] = 1;
    }
    return masks;
}

nlohmann::json as_json(const imaging::LesionReport& report) {
    return {{"count", report.n_lesions},
            {"mask_volume_ml", report.given_volume * millilitres_per_cubic_metre},
            {"lesion_volume_ml", report.lesion_volume * millilitres_per_cubic_metre},
            {"black_hole_volume_ml", report.black_hole_volume * millilitres_per_cubic_metre},
            {"voxels_in_csf", report.n_in_csf},
            {"voxels_outside_brain", report.n_outside},
            {"voxels_of_grey_matter", report.n_grey_matter}};
}

std::string tell(const imaging::LesionReport& report, Session& session) {
    for (const std::string& warning : report.warnings) session.warn(warning);
    return fmt::format(
        "{} lesions: {:.2f} ml as label 51, {:.2f} ml of black holes as 52, of {:.2f} ml in the "
        "masks; {} voxels replaced grey matter; left out: {} voxels in CSF, {} in bone, scalp "
        "or air\n",
        report.n_lesions, report.lesion_volume * millilitres_per_cubic_metre,
        report.black_hole_volume * millilitres_per_cubic_metre,
        report.given_volume * millilitres_per_cubic_metre, report.n_grey_matter, report.n_in_csf,
        report.n_outside);
}

} // namespace corticoil::app
