#pragma once

#include "app/make_subject.h"
#include "app/session.h"

#include <nlohmann/json.hpp>

#include <string>

namespace corticoil::app {

/// What a segmentation measures up to: volumes against those of healthy adults, thickness of skull, CSF and
/// scalp by region, and how the layers lie. Volumes are those within the field of view.
struct SegmentationQuality {
    nlohmann::json json;               ///< `quality` of tissues.nii.gz in subject.json.
    std::string table;                 ///< For people.
    std::vector<std::string> warnings; ///< In words: what is unusual and what to look at.
};

/// Layers are measured where the head has a mapping to MNI space, which says where the skull base is.
[[nodiscard]] SegmentationQuality assess_segmentation(const SegmentedHead& head);

/// Assesses the head, keeps the result in it and warns of what is unusual.
void add_quality(SegmentedHead& head, Session& session);

} // namespace corticoil::app
