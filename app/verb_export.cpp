#include "app/did_you_mean.h"
#include "app/export_run.h"
#include "app/run_folder.h"
#include "app/verbs.h"
#include "core/error.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

namespace corticoil::app {

namespace {

struct ExportFlags {
    std::string run;
    std::string subject;
    std::vector<std::string> formats{"all"};
};

std::set<std::string> wanted_formats(const std::vector<std::string>& given) {
    const std::vector<std::string> known = export_formats();
    std::set<std::string> wanted;
    for (const std::string& format : given) {
        if (format == "all") {
            wanted.insert(known.begin(), known.end());
        } else if (std::find(known.begin(), known.end(), format) != known.end()) {
            wanted.insert(format);
        } else {
            throw Error(fmt::format("--format: '{}' is not known{}; there are all, {}", format,
                                    suggestion(format, known), fmt::join(known, ", ")));
        }
    }
    return wanted;
}

/// The subject that is named, or else the one that the run says it is of, where that folder is still there.
std::optional<SubjectFolder> subject_of(const ExportFlags& flags, Session& session) {
    if (!flags.subject.empty()) return SubjectFolder::open(flags.subject);
    const std::vector<std::filesystem::path> places =
        subject_places(flags.run, subject_name_of_run(flags.run));
    if (places.empty()) return std::nullopt;
    session.say(fmt::format("the run's subject: {}", places.front().string()));
    return SubjectFolder::open(places.front());
}

void run_export(const ExportFlags& flags, Session& session) {
    ExportRequest request;
    request.run = flags.run;
    request.formats = wanted_formats(flags.formats);
    if (!std::filesystem::exists(request.run / "run.json")) {
        throw Error(
            fmt::format("{}: holds no run.json, so it is not a run folder; make one with corticoil simulate, "
                        "or name one of a plan's or a comparison's runs/",
                        flags.run));
    }
    check_run_files(request.run, {"metrics.json", "pose.json", "field.vtu", "grey_matter.vtp", "scalp.vtp"});
    const io::StagedFolderOptions staging{"export.json", false, {}};
    io::check_output_folder(session.out(), staging);
    request.subject = subject_of(flags, session);
    if (session.is_dry_run()) {
        session.finish_dry_run({{"run", flags.run},
                                {"format", request.formats},
                                {"subject", request.subject ? request.subject->path().string() : ""},
                                {"out", session.out()}});
        return;
    }
    io::StagedFolder staged(session.out(), staging);
    nlohmann::json result = export_run(request, staged.path(), session);
    result["version"] = CORTICOIL_VERSION;
    io::write_json(staged.path() / "export.json", result);
    staged.commit();
    std::string text;
    for (const nlohmann::json& file : result["files"]) {
        text +=
            fmt::format("  {:<28} {}\n", file["file"].get<std::string>(), file["what"].get<std::string>());
    }
    session.finish(result, text + fmt::format("Files: {}\n", session.out()));
}

} // namespace

void add_export(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "export", "A run's field for ParaView, Gmsh, NIfTI viewers, GIfTI, FreeSurfer and tables");
    auto flags = std::make_shared<ExportFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Folder to make for the files");
    verb->add_option("run", flags->run, "Run folder")->type_name("RUN")->required();
    verb->add_option("--subject", flags->subject,
                     "For the T1's grid and MNI space (default: the one the run names)")
        ->type_name("DIR");
    verb->add_option("--format", flags->formats,
                     fmt::format("all, or some of {}", fmt::join(export_formats(), ", ")))
        ->type_name("A[,B,...]")
        ->delimiter(',')
        ->capture_default_str();
    verb->footer("Examples:\n"
                 "  corticoil export runs/s01_m1 --out export/s01_m1\n"
                 "  corticoil export plans/s01_hand/runs/planned --subject subjects/s01 --format nifti,csv "
                 "--out export/s01_hand");
    verb->callback([flags, &session] {
        session.begin("export");
        run_export(*flags, session);
    });
}

} // namespace corticoil::app
