#include "app/report.h"
#include "app/verbs.h"
#include "core/error.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace corticoil::app {

namespace {

struct ReportFlags {
    std::string folder;
    bool needs_view = false;
};

/// Whether a file is a report of ours, by its first lines.
bool is_report(const std::filesystem::path& file) {
    constexpr std::size_t looked_at = 400;
    std::string head(looked_at, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head.find("<meta name=\"generator\" content=\"Corticoil\">") != std::string::npos;
}

/// \throws Error where the report may not go.
void check_place(const std::filesystem::path& file, bool may_overwrite) {
    if (std::filesystem::is_directory(file)) {
        throw Error(fmt::format("--out {0}: is a folder; give the file to make, for example {0}/report.html",
                                file.string()));
    }
    if (!std::filesystem::exists(file)) return;
    if (!may_overwrite)
        throw Error(fmt::format("--out {}: is there already; give another name, or --overwrite to replace it",
                                file.string()));
    if (!is_report(file))
        throw Error(fmt::format("--out {}: is no report of ours and is not replaced; give another name",
                                file.string()));
}

void run_report(const ReportFlags& flags, Session& session) {
    const std::filesystem::path file = session.out();
    check_place(file, session.may_overwrite());
    if (!std::filesystem::is_directory(flags.folder))
        throw Error(fmt::format("{}: is no folder; give one of a run, plan or comparison", flags.folder));
    if (session.is_dry_run()) {
        session.finish_dry_run({{"folder", flags.folder},
                                {"kind", kind_of_result(flags.folder)},
                                {"require-3d", flags.needs_view},
                                {"out", session.out()}});
        return;
    }
    (void)session.progress("writing the report");
    const Report report = make_report(flags.folder, flags.needs_view);
    if (!report.has_view)
        session.warn("the report has no interactive view: this program was built without npm");
    if (!file.parent_path().empty()) std::filesystem::create_directories(file.parent_path());
    io::write_file_atomically(file, report.html);
    session.end_progress(fmt::format("wrote the report of a {}", report.kind));
    session.finish({{"report", session.out()},
                    {"kind", report.kind},
                    {"bytes", report.html.size()},
                    {"has_view", report.has_view}},
                   session.out() + "\n");
}

} // namespace

void add_report(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "report", "Run, plan or comparison → one HTML file to hand over, with an interactive view");
    auto flags = std::make_shared<ReportFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "HTML file to make");
    verb->get_option("--out")->type_name("FILE.html");
    session.add_overwrite_flag(*verb);
    verb->add_option("folder", flags->folder, "Folder of a run, plan or comparison")
        ->type_name("FOLDER")
        ->required();
    verb->add_flag("--require-3d", flags->needs_view,
                   "Fail (exit code 4) where this program was built without the interactive view");
    verb->footer("Examples:\n"
                 "  corticoil report runs/s01_m1 --out reports/s01_m1.html\n"
                 "  corticoil report plans/s01_hand --out plans/s01_hand.html --overwrite");
    verb->callback([flags, &session] {
        session.begin("report");
        run_report(*flags, session);
    });
}

} // namespace corticoil::app
