#pragma once

#include "app/session.h"
#include "imaging/lesion_labels.h"
#include "imaging/lesion_masks.h"
#include "planning/lesion_coverage.h"

#include <string>

namespace corticoil::app {

/// The masks of --lesions and --black-holes, either may be empty. What reading them changed goes to the
/// session as warnings.
[[nodiscard]] imaging::LesionImages read_lesions(const std::string& lesions, const std::string& black_holes,
                                                 Session& session);

/// The masks on one grid, that of the first given, for lesions beside a mesh. \throws Error as
/// imaging::resample_lesions().
[[nodiscard]] planning::LesionMaskPair read_mask_pair(const std::string& lesions,
                                                      const std::string& black_holes, Session& session);

/// What became of the masks, as subject.json holds it.
[[nodiscard]] nlohmann::json as_json(const imaging::LesionReport& report);

/// The same in lines for people, and its warnings to the session.
[[nodiscard]] std::string tell(const imaging::LesionReport& report, Session& session);

} // namespace corticoil::app
