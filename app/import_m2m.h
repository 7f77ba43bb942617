#pragma once

#include "app/session.h"

#include <string>

namespace corticoil::app {

/// Makes a subject folder of a head-model folder of SimNIBS (`m2m_NAME`): tissues from final_tissues.nii.gz,
/// with T1.nii.gz its gaps filled and the mapping to MNI space, and NAME.msh, in the folder or beside it, as
/// head.msh with its 10-10 positions. What is missing is said. \throws Error for a folder without
/// final_tissues.nii.gz, labels that are not SimNIBS's, and a mesh in several large parts.
void run_m2m(const std::string& folder, Session& session);

} // namespace corticoil::app
