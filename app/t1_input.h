#pragma once

#include "app/session.h"
#include "core/mni_mapping.h"
#include "imaging/lesion_masks.h"

#include <string>

namespace corticoil::app {

/// Reads an image (.nii, .nii.gz, .mgz); what the file has to say goes to the session as warnings. \throws
/// Error as imaging::read_image().
[[nodiscard]] ScalarImage load_image(const std::string& path, Session& session);

/// Looks whether a T1 that comes beside labels or surfaces can be registered, as `segment` does before it
/// makes anything of one. \throws Error as imaging::check_t1().
void check_given_t1(const ScalarImage& t1, const std::string& path, Session& session);

/// The mapping to MNI space of a head whose tissues were made elsewhere. Registration sees the T1 with its
/// lesions filled. \throws Error for lesions that are not this head's, and as imaging::register_to_mni().
[[nodiscard]] MniMapping register_given_t1(const ScalarImage& t1, const imaging::LesionImages& lesions,
                                           Session& session);

} // namespace corticoil::app
