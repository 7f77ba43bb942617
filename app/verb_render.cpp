#include "app/pictures.h"
#include "app/render_flags.h"
#include "app/subject_folder.h"
#include "app/verbs.h"
#include "app/video.h"
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

/// Frames and the video that is made of them.
void check_frames(const RenderFlags& flags) {
    if (flags.orbit != 0 && flags.has_sweep) throw Error("give either --orbit or --sweep, not both");
    if (flags.has_frames() && (flags.has_montage || !flags.legend.empty()))
        throw Error("--orbit and --sweep go with neither --montage nor --legend");
    constexpr int most_frames = 720;
    if (flags.orbit != 0 && (flags.orbit < 2 || flags.orbit > most_frames))
        throw Error(fmt::format("--orbit: {} frames; give 2 to {}", flags.orbit, most_frames));
    if (flags.video.empty()) return;
    if (!flags.has_frames()) throw Error("--video needs --orbit N or --sweep");
    check_video(flags.video);
}

/// Everything that was asked for, into a folder.
std::vector<std::filesystem::path> draw(const RenderFlags& flags, Source source, const RunPictures& pictures,
                                        const std::filesystem::path& folder) {
    const std::filesystem::path given(flags.folder);
    if (source == Source::subject) return draw_subject(SubjectFolder::open(given), pictures.options, folder);
    const std::filesystem::path run = source == Source::plan ? given / "runs" / "planned" : given;
    if (!flags.has_frames()) return draw_run(run, pictures, folder);
    std::vector<std::filesystem::path> frames = draw_frames(run, pictures, folder);
    if (flags.video.empty()) return frames;
    encode_video(folder, flags.has_sweep ? "sweep" : "orbit", flags.video);
    return {folder / flags.video};
}

void run_render(const RenderFlags& flags, Session& session) {
    RunPictures pictures;
    pictures.options = picture_options(flags);
    pictures.look = field_look(flags);
    pictures.views = parse_views(flags.view);
    pictures.subject = flags.subject;
    pictures.has_montage = flags.has_montage;
    pictures.has_svg_legend = !flags.legend.empty();
    pictures.n_orbit_frames = flags.orbit;
    pictures.has_sweep = flags.has_sweep;
    check_frames(flags);
    const std::filesystem::path folder(flags.folder);
    const Source source = source_of(folder);
    if (source == Source::plan) pictures.plan = folder;
    if (source == Source::subject && flags.has_frames())
        throw Error(fmt::format("{}: --orbit and --sweep are for runs and plans", flags.folder));
    if (source != Source::plan && flags.has_sweep)
        throw Error(
            fmt::format("--sweep: {} is no plan's folder; give one that corticoil plan made", flags.folder));
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
                                {"orbit", flags.orbit},
                                {"sweep", flags.has_sweep},
                                {"video", flags.video},
                                {"out", session.out()}});
        return;
    }
    io::StagedFolder staged(session.out(), {"", false, {}});
    pictures.options.progress = session.progress("drawing");
    const std::vector<std::filesystem::path> drawn = draw(flags, source, pictures, staged.path());
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
    verb->add_option("--orbit", flags->orbit, "Frames of a turn around the head, in the place of views")
        ->type_name("N");
    verb->add_flag("--sweep", flags->has_sweep,
                   "A frame per candidate pose of a plan, in the place of views");
    verb->add_option("--video", flags->video,
                     "Make NAME.mp4, .webm or .gif in --out of the frames, with ffmpeg")
        ->type_name("NAME");
    verb->add_option("--scalar", flags->scalar, "magnitude, normal or tangential: what the colours mean")
        ->capture_default_str();
    verb->add_option("--show", flags->show,
                     "Parts to show besides: skull, white_matter, axes; or scalp, cortex, lesions, windings, "
                     "casing, marks, roi, coil");
    verb->add_option("--hide", flags->hide, "Parts to leave out");
    verb->add_option("--section", flags->section, "field or tissue: the colours of the view cut")
        ->capture_default_str();
    verb->add_option("--background", flags->background, "light or dark")->capture_default_str();
    verb->add_option("--size", flags->size,
                     "Pixels, 1600x1200 (frames: 960x720), or as printed: 170x120mm, 17x12cm");
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
