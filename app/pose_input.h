#pragma once

#include "app/session.h"
#include "app/subject_folder.h"
#include "coils/coil.h"
#include "io/navigation_file.h"

#include <optional>
#include <string>

namespace corticoil::app {

/// Reads a file of poses for a subject: tells its warnings, keeps the poses whose name is `name` (empty:
/// all), compares the image that it belongs to with the subject's, and carries poses of MNI space to the
/// head. Without a subject the poses stay as they are. \throws Error as io::read_navigation(), for another
/// image, and for a name that none has.
[[nodiscard]] io::NavigationFile load_poses(const std::string& path, const std::string& name,
                                            const std::optional<SubjectFolder>& subject, Session& session);

/// The subject's image as navigation programs see it: the T1, or without one the label map.
[[nodiscard]] io::NavigationImage image_of(const SubjectFolder& subject);

/// \throws Error where an image's grid is not that of the subject's: turned, moved, mirrored or of other
/// voxels. Corners may lie 0.1 mm apart.
void check_same_image(const io::NavigationImage& stated, const SubjectFolder& subject,
                      const std::string& path);

/// A warning for a coil without a casing: its dipoles and wires stand for it where it is put on a scalp.
void tell_of_missing_casing(const coils::Coil& coil, Session& session);

} // namespace corticoil::app
