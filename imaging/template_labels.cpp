#include "imaging/template_labels.h"

#include "imaging/carry.h"
#include "imaging/eyes.h"
#include "imaging/head_layers.h"
#include "imaging/label_cleaning.h"
#include "imaging/resample.h"

namespace corticoil::imaging {

LabelImage make_template_labels(const MniTemplate& mni, const Progress& progress) {
    report(progress, 0, "labelling the template (kept for the next time)");
    HeadEvidence evidence;
    evidence.head = find_head(mni.t1);
    evidence.brain_hint =
        resample_mask(mni.brain, mni.t1.size, mni.t1.head_from_voxel, Eigen::Affine3d::Identity());
    evidence.is_hint_exact = true;
    if (!mni.atlas.voxels.empty())
        evidence.priors.brain.deep_grey =
            carry_to_head(deep_grey_of_atlas(mni.atlas), MniMapping{}, grid_of(mni.t1));
    LabelledHead head = label_head(mni.t1, evidence, part_of(progress, 0, 0.9));
    (void)add_eyes(head.corrected, MniMapping{}, head.labels);
    clean_labels(head.labels);
    report(progress, 1, "template labelled");
    return head.labels;
}

} // namespace corticoil::imaging
