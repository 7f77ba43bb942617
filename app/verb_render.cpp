#include "app/parse.h"
#include "app/pictures.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/staged_output.h"
#include "viz/segmentation_picture.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

struct RenderFlags {
    std::string folder;
    std::string view = "all";
    std::string size = "1600x1200";
    double cap_percentile = 99.9;
};

std::vector<std::filesystem::path> draw_subject(const SubjectFolder& subject,
                                                const viz::PictureOptions& options,
                                                const std::filesystem::path& folder) {
    if (!std::filesystem::exists(subject.t1())) {
        throw Error(
            fmt::format("{}: has no t1.nii.gz to draw the segmentation over", subject.path().string()));
    }
    const std::filesystem::path picture = folder / "segmentation.png";
    viz::draw_segmentation(imaging::read_nifti(subject.t1()).image,
                           imaging::read_label_nifti(subject.tissues()), options, picture);
    return {picture};
}

void run_render(const RenderFlags& flags, Session& session) {
    viz::PictureOptions options;
    std::tie(options.width, options.height) = parse_size(flags.size);
    options.cap_percentile = flags.cap_percentile;
    viz::check(options);
    if (flags.view != "close" && flags.view != "overview" && flags.view != "all") {
        throw Error(fmt::format("--view: '{}' is not a view; give close, overview or all", flags.view));
    }
    const std::filesystem::path source(flags.folder);
    const bool is_run = std::filesystem::exists(source / "run.json");
    if (!is_run && !std::filesystem::exists(source / "subject.json")) {
        throw Error(fmt::format("{}: is neither a run folder (run.json) nor a subject folder (subject.json)",
                                flags.folder));
    }
    if (session.is_dry_run()) {
        session.finish_dry_run({{"folder", flags.folder},
                                {"view", flags.view},
                                {"size", flags.size},
                                {"cap-percentile", flags.cap_percentile},
                                {"out", session.out()}});
        return;
    }
    io::StagedFolder staged(session.out(), {"", false, {}});
    (void)session.progress("drawing");
    const std::vector<std::filesystem::path> drawn =
        is_run ? draw_run(source, flags.view, options, staged.path())
               : draw_subject(SubjectFolder::open(source), options, staged.path());
    staged.commit();
    session.end_progress(fmt::format("drew {} pictures", drawn.size()));
    nlohmann::json pictures = nlohmann::json::array();
    std::string text;
    for (const std::filesystem::path& picture : drawn) {
        pictures.push_back((std::filesystem::path(session.out()) / picture.filename()).string());
        text += pictures.back().get<std::string>() + "\n";
    }
    session.finish({{"pictures", pictures}}, text);
}

} // namespace

void add_render(CLI::App& program, Session& session) {
    CLI::App* verb =
        program.add_subcommand("render", "Run or subject folder → pictures, without display or GPU");
    auto flags = std::make_shared<RenderFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make for the pictures");
    verb->add_option("folder", flags->folder, "Run folder (field pictures) or subject folder (segmentation)")
        ->type_name("FOLDER")
        ->required();
    verb->add_option("--view", flags->view, "close, overview or all")->capture_default_str();
    verb->add_option("--size", flags->size, "Pixels")->capture_default_str();
    verb->add_option("--cap-percentile", flags->cap_percentile,
                     "The colour bar ends at this percentile of |E|")
        ->capture_default_str();
    verb->footer("Examples:\n"
                 "  corticoil render runs/s01_m1 --out pictures/s01_m1\n"
                 "  corticoil render subjects/s01 --size 1200x900 --out pictures/s01");
    verb->callback([flags, &session] {
        session.begin("render");
        run_render(*flags, session);
    });
}

} // namespace corticoil::app
