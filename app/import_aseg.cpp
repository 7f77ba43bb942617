#include "app/import_aseg.h"

#include "imaging/aseg.h"
#include "imaging/mgh.h"

#include <fmt/format.h>

#include <utility>

namespace corticoil::app {

LabelImage load_aseg(const std::string& path, Session& session) {
    const imaging::LoadedImage loaded = imaging::read_image(path);
    for (const std::string& warning : loaded.warnings) session.warn(warning);
    imaging::AsegBrain brain = imaging::aseg_brain(loaded.image);
    if (brain.n_hypointensities > 0) {
        session.say(
            fmt::format("{}: {} voxels of white-matter hypointensities are taken as white matter; give "
                        "lesions with --lesions",
                        path, brain.n_hypointensities));
    }
    return std::move(brain.tissues);
}

} // namespace corticoil::app
