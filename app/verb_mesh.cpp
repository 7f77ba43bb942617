#include "app/electrodes.h"
#include "app/make_subject.h"
#include "app/mesh_targets.h"
#include "app/verbs.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/json_file.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace corticoil::app {

namespace {

/// Figures of Colin27 (docs/decisions/0009-sizes-for-tms.md).
constexpr const char* resolution_help =
    "draft, standard or fine: about 0.15, 0.7 and 1.7 million nodes for an adult's head";

struct MeshFlags {
    std::string subject;
    std::string resolution = "standard";
    std::vector<std::string> targets;
    std::string fiducials;
    bool keeps_mesh = false;
};

/// Finds the 10-10 positions on the mesh that is there.
void run_electrodes(const SubjectFolder& subject, const MeshFlags& flags, Session& session) {
    const GivenFiducials given = parse_fiducials(flags.fiducials);
    const TetMesh mesh = subject.read_mesh();
    if (!std::filesystem::exists(subject.mni_file()) && given.is_none()) (void)subject.read_mni();
    if (session.is_dry_run()) {
        session.finish_dry_run({{"subject", flags.subject}, {"fiducials", flags.fiducials}});
        return;
    }
    write_electrodes(subject, mesh, given, session);
    session.finish({{"subject", flags.subject},
                    {"electrodes", io::read_json(subject.electrodes())},
                    {"warnings", session.warnings()}},
                   fmt::format("10-10 positions: {}\n", subject.electrodes().string()));
}

void run_mesh(const MeshFlags& flags, Session& session) {
    const SubjectFolder subject = SubjectFolder::open(flags.subject);
    if (flags.keeps_mesh) {
        run_electrodes(subject, flags, session);
        return;
    }
    const GivenFiducials given = parse_fiducials(flags.fiducials);
    const meshing::Resolution resolution = meshing::parse_resolution(flags.resolution);
    const nlohmann::json configuration = {{"subject", flags.subject},
                                          {"resolution", meshing::to_string(resolution)},
                                          {"targets", flags.targets},
                                          {"fiducials", flags.fiducials},
                                          {"threads", session.threads()}};
    if (std::filesystem::exists(subject.head_mesh()) && !session.may_overwrite()) {
        throw Error(
            fmt::format("{}: exists already; pass --overwrite to mesh again", subject.head_mesh().string()));
    }
    const LabelImage tissues = imaging::read_label_nifti(subject.tissues());
    const MeshRequest request{resolution, parse_mesh_targets(flags.targets, subject, tissues)};
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    const SubjectMesh made = mesh_subject(subject, tissues, request, configuration, session);
    if (given.is_none()) {
        write_electrodes_if_possible(subject, made.head.mesh, subject.path(), session);
    } else {
        remove_electrodes(subject); // Of another mesh, should these landmarks be wrong.
        write_electrodes(subject, made.head.mesh, given, session);
    }
    session.finish({{"subject", flags.subject}, {"quality", made.quality}, {"warnings", session.warnings()}},
                   meshing::describe(made.head.quality) + "\n");
}

} // namespace

void add_mesh(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand("mesh", "Subject's tissues → tetrahedral head mesh");
    auto flags = std::make_shared<MeshFlags>();
    session.add_common_flags(*verb);
    verb->add_option("subject", flags->subject, "Subject folder")->type_name("SUBJECT")->required();
    verb->add_option("--resolution", flags->resolution, resolution_help)->capture_default_str();
    verb->add_option("--target", flags->targets, "Finer still within 20 mm of these; may be given again")
        ->type_name("NAME,…|x,y,z")
        ->allow_extra_args(false);
    verb->add_option("--fiducials", flags->fiducials,
                     "Landmarks for the 10-10 positions in mm of the head, where registration missed them")
        ->type_name("nz=x,y,z,iz=x,y,z,lpa=x,y,z,rpa=x,y,z");
    verb->add_flag("--keep-mesh", flags->keeps_mesh,
                   "Only find the 10-10 positions again, on head.msh as it is");
    session.add_overwrite_flag(*verb);
    verb->footer("Examples:\n"
                 "  corticoil mesh subjects/s01 --resolution draft --target M1_HAND_L,DLPFC_L_SGC\n"
                 "  corticoil mesh subjects/s01 --keep-mesh --fiducials nz=0,86,-42");
    verb->callback([flags, &session] {
        session.begin("mesh");
        run_mesh(*flags, session);
    });
}

} // namespace corticoil::app
