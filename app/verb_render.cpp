#include "app/pictures.h"
#include "app/render_flags.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/staged_output.h"
#include "viz/segmentation_picture.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

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

/// What a folder is that pictures are made of.
enum class Source { run, plan, subject };

Source source_of(const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "run.json")) return Source::run;
    if (std::filesystem::exists(folder / "plan.json")) return Source::plan;
    if (std::filesystem::exists(folder / "subject.json")) return Source::subject;
    const char* const hint =
        std::filesystem::exists(folder / "compare.json") ? "; of a comparison give one of its runs/" : "";
    throw Error(fmt::format("{}: is neither a run folder (run.json) nor a plan's (plan.json) nor a subject "
                            "folder (subject.json){}",
                            folder.string(), hint));
}

void run_render(const RenderFlags& flags, Session& session) {
    RunPictures pictures;
    pictures.options = picture_options(flags);
    pictures.look = field_look(flags);
    pictures.views = parse_views(flags.view);
    pictures.subject = flags.subject;
    pictures.has_montage = flags.has_montage;
    pictures.has_svg_legend = !flags.legend.empty();
    const std::filesystem::path folder(flags.folder);
    const Source source = source_of(folder);
    if (source == Source::plan) pictures.plan = folder;
    if (session.is_dry_run()) {
        session.finish_dry_run({{"folder", flags.folder},
                                {"subject", flags.subject},
                                {"view", pictures.views},
                                {"scalar", flags.scalar},
                                {"show", flags.show},
                                {"hide", flags.hide},
                                {"section", flags.section},
                                {"background", flags.background},
                                {"width", pictures.options.width},
                                {"height", pictures.options.height},
                                {"dpi", flags.dots_per_inch},
                                {"cap-percentile", flags.cap_percentile},
                                {"legend", flags.legend},
                                {"montage", flags.has_montage},
                                {"out", session.out()}});
        return;
    }
    io::StagedFolder staged(session.out(), {"", false, {}});
    pictures.options.progress = session.progress("drawing");
    const std::vector<std::filesystem::path> drawn =
        source == Source::subject ? draw_subject(SubjectFolder::open(folder), pictures.options, staged.path())
                                  : draw_run(source == Source::plan ? folder / "runs" / "planned" : folder,
                                             pictures, staged.path());
    staged.commit();
    session.end_progress(fmt::format("drew {} pictures", drawn.size()));
    nlohmann::json files = nlohmann::json::array();
    std::string text;
    for (const std::filesystem::path& picture : drawn) {
        files.push_back((std::filesystem::path(session.out()) / picture.filename()).string());
        text += files.back().get<std::string>() + "\n";
    }
    session.finish({{"pictures", files}}, text);
}

} // namespace

void add_render(CLI::App& program, Session& session) {
    CLI::App* verb =
        program.add_subcommand("render", "Run, plan or subject folder → pictures, without display or GPU");
    auto flags = std::make_shared<RenderFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make for the pictures");
    verb->add_option("folder", flags->folder,
                     "Run folder or plan's folder (pictures of the field) or subject folder (segmentation)")
        ->type_name("FOLDER")
        ->required();
    verb->add_option("--view", flags->view,
                     fmt::format("One or several of {}; standard is the target's own view and the close one",
                                 fmt::join(view_words(), ", ")))
        ->capture_default_str();
    verb->add_option("--subject", flags->subject,
                     "Subject folder for the view slices, where the run's own is not found")
        ->type_name("DIR");
    verb->add_flag("--montage", flags->has_montage, "All views in one picture");
    verb->add_option("--scalar", flags->scalar, "magnitude, normal or tangential: what the colours mean")
        ->capture_default_str();
    verb->add_option("--show", flags->show,
                     "Parts to show besides: skull, white_matter, axes; or scalp, cortex, lesions, windings, "
                     "casing, marks, roi, coil");
    verb->add_option("--hide", flags->hide, "Parts to leave out");
    verb->add_option("--section", flags->section, "field or tissue: the colours of the view cut")
        ->capture_default_str();
    verb->add_option("--background", flags->background, "light or dark")->capture_default_str();
    verb->add_option("--size", flags->size, "Pixels, or as printed: 170x120mm, 17x12cm")
        ->capture_default_str();
    verb->add_option("--dpi", flags->dots_per_inch, "Dots per inch, written into the PNG")
        ->capture_default_str();
    verb->add_option("--cap-percentile", flags->cap_percentile,
                     "The colour bar ends at this percentile over the cortex")
        ->capture_default_str();
    verb->add_option("--legend", flags->legend,
                     "svg: words, colour bar and scale in a vector file that lies over the picture");
    verb->footer("Examples:\n"
                 "  corticoil render runs/s01_m1 --out pictures/s01_m1\n"
                 "  corticoil render runs/s01_m1 --view motor,six --scalar normal --size 170x120mm --dpi 600 "
                 "--out pictures/s01_paper");
    verb->callback([flags, &session] {
        session.begin("render");
        run_render(*flags, session);
    });
}

} // namespace corticoil::app
