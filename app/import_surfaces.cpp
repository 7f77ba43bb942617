#include "app/import_surfaces.h"

#include "app/make_subject.h"
#include "app/segmentation_quality.h"
#include "app/t1_input.h"
#include "coils/stl_file.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/gifti_file.h"
#include "io/off_file.h"
#include "io/staged_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <map>
#include <optional>

namespace corticoil::app {

namespace {

namespace fs = std::filesystem;

/// A surface by the tissue just inside it.
struct SurfaceKind {
    const char* key;
    int label;
};
constexpr std::array<SurfaceKind, 5> outermost_first{{{"scalp", tissue::scalp},
                                                      {"skull", tissue::bone},
                                                      {"csf", tissue::csf},
                                                      {"grey", tissue::grey_matter},
                                                      {"white", tissue::white_matter}}};

/// KEY=FILE,… \throws Error for anything else, a repeated key, and a list without the scalp.
std::map<std::string, std::string> parse_files(const std::string& text) {
    std::map<std::string, std::string> files;
    const auto refuse = [&](const std::string& part) {
        throw Error(
            fmt::format("--surfaces: '{}' is not one of scalp=FILE, skull=FILE, csf=FILE, grey=FILE and "
                        "white=FILE, with commas between",
                        part));
    };
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        const std::string part = text.substr(start, end - start);
        const std::size_t equals = part.find('=');
        if (equals == std::string::npos || equals + 1 == part.size()) refuse(part);
        const std::string key = part.substr(0, equals);
        if (std::none_of(outermost_first.begin(), outermost_first.end(),
                         [&](const SurfaceKind& kind) { return key == kind.key; })) {
            refuse(part);
        }
        if (!files.emplace(key, part.substr(equals + 1)).second)
            throw Error(fmt::format("--surfaces: {} is given twice", key));
        start = end + 1;
    }
    if (!files.contains("scalp")) throw Error("--surfaces: a head needs its scalp; add scalp=FILE");
    return files;
}

SurfaceMesh read_surface(const fs::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (ending == ".stl") return coils::read_stl(path);
    if (ending == ".off") return io::read_off(path);
    if (ending == ".gii") return io::read_gifti(path);
    throw Error(fmt::format("{}: surfaces are read from .stl, .off and .gii files", path.string()));
}

std::vector<meshing::HeadSurface> read_all(const std::map<std::string, std::string>& files) {
    std::vector<meshing::HeadSurface> surfaces;
    for (const SurfaceKind& kind : outermost_first) {
        const auto file = files.find(kind.key);
        if (file == files.end()) continue;
        surfaces.push_back({fmt::format("{} ({})", kind.key, fs::path(file->second).filename().string()),
                            kind.label, read_surface(file->second)});
    }
    return surfaces;
}

/// Keeps the surfaces in the subject. Single precision, as STL has it, is 4 nm in a head.
void keep(const SubjectFolder& subject, const std::map<std::string, std::string>& files,
          const std::vector<meshing::HeadSurface>& surfaces) {
    fs::create_directory(subject.surfaces());
    for (const SurfaceKind& kind : outermost_first) {
        const auto surface =
            std::find_if(surfaces.begin(), surfaces.end(),
                         [&](const meshing::HeadSurface& one) { return one.label == kind.label; });
        if (surface == surfaces.end()) continue;
        const std::string file = fmt::format("surfaces/{}.stl", kind.key);
        coils::write_stl(subject.path() / file, surface->surface);
        subject.record(file, {{"made_by", "segment"}, {"source", files.at(kind.key)}});
    }
}

} // namespace

void run_surfaces(const std::string& text, const std::string& t1_path, Session& session) {
    const std::map<std::string, std::string> files = parse_files(text);
    nlohmann::json configuration = {
        {"surfaces", files}, {"t1", t1_path}, {"out", session.out()}, {"threads", session.threads()}};
    std::optional<ScalarImage> t1;
    if (!t1_path.empty()) {
        t1 = load_image(t1_path, session);
        check_given_t1(*t1, t1_path, session);
    }
    (void)session.progress("checking the surfaces");
    const std::vector<meshing::HeadSurface> surfaces = read_all(files);
    const meshing::HeadSurfaces checked(surfaces);
    session.end_progress("checked the surfaces");
    if (session.is_dry_run()) {
        session.finish_dry_run(configuration);
        return;
    }
    io::StagedFolder staged(session.out(), {"subject.json", session.may_overwrite(), subject_entries()});
    const SubjectFolder subject(staged.path());
    SegmentedHead head;
    head.tissues = checked.voxels();
    head.volumes = checked.volumes();
    if (t1) {
        (void)session.progress("registering");
        head.mni = register_given_t1(*t1, {}, session);
        session.end_progress("registered to MNI space");
    }
    head.t1 = std::move(t1);
    head.t1_source = t1_path;
    add_quality(head, session);
    write_subject(subject, head, configuration, session.warnings());
    keep(subject, files, surfaces);
    staged.commit();
    const nlohmann::json in_ml = volumes_in_ml(head.volumes);
    std::string report = fmt::format("{}: tissues between the surfaces in ml:\n", session.out());
    for (const auto& [key, value] : in_ml.items())
        report += fmt::format("  {:14} {:7.0f}\n", key, value.get<double>());
    report += fmt::format("Then: corticoil mesh {}\n", session.out());
    session.finish({{"subject", session.out()}, {"volumes_ml", in_ml}, {"warnings", session.warnings()}},
                   report);
}

std::vector<meshing::HeadSurface> read_surfaces(const SubjectFolder& subject) {
    std::map<std::string, std::string> files;
    for (const SurfaceKind& kind : outermost_first) {
        const fs::path file = subject.surfaces() / fmt::format("{}.stl", kind.key);
        if (fs::exists(file)) files[kind.key] = file.string();
    }
    return read_all(files);
}

} // namespace corticoil::app
