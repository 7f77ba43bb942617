#include "app/t1_input.h"

#include "core/error.h"
#include "imaging/head_mask.h"
#include "imaging/input_checks.h"
#include "imaging/lesion_filling.h"
#include "imaging/mgh.h"
#include "imaging/mni_registration.h"
#include "imaging/templates.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace corticoil::app {

ScalarImage load_image(const std::string& path, Session& session) {
    imaging::LoadedImage loaded = imaging::read_image(path);
    for (const std::string& warning : loaded.warnings) session.warn(warning);
    return std::move(loaded.image);
}

void check_given_t1(const ScalarImage& t1, const std::string& path, Session& session) {
    const std::string name = std::filesystem::path(path).filename().string();
    for (const std::string& warning : imaging::check_t1(t1, imaging::load_mni_template().t1, name))
        session.warn(warning);
}

MniMapping register_given_t1(const ScalarImage& t1, const imaging::LesionImages& lesions, Session& session) {
    const imaging::RegistrationOptions options{.n_threads = session.threads()};
    const ScalarImage mni = imaging::load_mni_template().t1;
    if (lesions.is_empty()) return imaging::register_to_mni(t1, mni, options);
    const imaging::LesionMasks masks = imaging::place_lesions(lesions, imaging::find_head(t1).mask);
    return imaging::register_to_mni(imaging::fill_lesions(t1, masks.lesions).t1, mni, options);
}

} // namespace corticoil::app
