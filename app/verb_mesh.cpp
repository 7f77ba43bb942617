#include "app/make_subject.h"
#include "app/verbs.h"
#include "core/error.h"
#include "imaging/nifti.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>

namespace corticoil::app {

namespace {

struct MeshFlags {
    std::string subject;
    std::string resolution = "standard";
};

void run_mesh(const MeshFlags& flags, Session& session) {
    const SubjectFolder subject = SubjectFolder::open(flags.subject);
    const meshing::Resolution resolution = meshing::parse_resolution(flags.resolution);
    const nlohmann::json configuration = {{"subject", flags.subject},
                                          {"resolution", meshing::to_string(resolution)},
                                          {"threads", session.threads()}};
    if (std::filesystem::exists(subject.head_mesh()) && !session.may_overwrite()) {
        throw Error(
            fmt::format("{}: exists already; pass --overwrite to mesh again", subject.head_mesh().string()));
    }
    const LabelImage tissues = imaging::read_label_nifti(subject.tissues());
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    const meshing::HeadMesh head = mesh_subject(subject, tissues, resolution, configuration, session);
    session.finish(
        {{"subject", flags.subject}, {"quality", quality_as_json(head.quality)}, {"warnings", head.warnings}},
        meshing::describe(head.quality) + "\n");
}

} // namespace

void add_mesh(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand("mesh", "Subject's tissues → tetrahedral head mesh");
    auto flags = std::make_shared<MeshFlags>();
    session.add_common_flags(*verb);
    verb->add_option("subject", flags->subject, "Subject folder")->type_name("SUBJECT")->required();
    verb->add_option("--resolution", flags->resolution, "draft, standard or fine")->capture_default_str();
    session.add_overwrite_flag(*verb);
    verb->footer("Examples:\n"
                 "  corticoil mesh subjects/s01\n"
                 "  corticoil mesh subjects/s01 --resolution draft --overwrite");
    verb->callback([flags, &session] {
        session.begin("mesh");
        run_mesh(*flags, session);
    });
}

} // namespace corticoil::app
