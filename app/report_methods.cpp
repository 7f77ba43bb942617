// The methods paragraph with the works that stand behind what a run used, and the exact settings.
#include "app/comparison.h"
#include "app/report_sections.h"
#include "coils/coil_library.h"
#include "core/constants.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <set>

namespace corticoil::app {

namespace {

using Json = nlohmann::json;

/// A paragraph that remembers what it cites.
class Methods {
  public:
    void say(const std::string& sentence) { text_ += (text_.empty() ? "" : " ") + sentence; }
    /// The short form of a work; the long one goes to the list.
    std::string cite(const std::string& brief, const std::string& source) {
        if (known_.insert(brief).second) works_.push_back(brief + ". " + source + ".");
        return brief;
    }
    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] const std::vector<std::string>& works() const { return works_; }

  private:
    std::string text_;
    std::set<std::string> known_;
    std::vector<std::string> works_;
};

std::string how_segmented(Methods& methods, const Json& tissues) {
    const Json configuration = at(tissues, "configuration");
    if (!text_at(configuration, "m2m").empty()) return "taken over from a SimNIBS head model";
    if (at(configuration, "surfaces").is_object()) return "given as closed surfaces";
    if (!text_at(configuration, "labels").empty()) return "taken from a label map";
    const std::string skull =
        "skull, scalp and CSF by intensities and priors of a labelled template (Colin27)";
    if (!text_at(configuration, "aseg").empty())
        return "segmented from the T1-weighted image, the brain's tissues from given brain labels, " + skull;
    return fmt::format("segmented from the T1-weighted image: bias field by N4 ({}) and together with the "
                       "classes ({}), brain by "
                       "a Gaussian mixture with partial volume ({}) under a Markov random field ({}), {}",
                       methods.cite("Tustison et al. 2010", "IEEE Trans Med Imaging 29:1310"),
                       methods.cite("Wells et al. 1996", "IEEE Trans Med Imaging 15:429"),
                       methods.cite("Ruan et al. 2000", "IEEE Trans Med Imaging 19:1179"),
                       methods.cite("Zhang et al. 1997", "Signal Process 58:65"), skull);
}

void tell_of_head(Methods& methods, const ReportedHead& head) {
    if (!head.subject) return;
    const Json files = at(head.description, "files");
    methods.say(
        fmt::format("The head's tissues were {}.", how_segmented(methods, at(files, "tissues.nii.gz"))));
    if (head.mni) {
        methods.say(head.mni->is_deformable()
                        ? fmt::format("The mapping to MNI space is an affine by mutual information ({}) "
                                      "followed by symmetric "
                                      "normalisation ({}).",
                                      methods.cite("Mattes et al. 2003", "IEEE Trans Med Imaging 22:120"),
                                      methods.cite("Avants et al. 2008", "Med Image Anal 12:26"))
                        : "The mapping to MNI space is an affine.");
    }
    if (!head.electrodes.empty()) {
        methods.say(fmt::format("10-10 positions follow {}.",
                                methods.cite("Jurcak, Tsuzuki & Dan 2007", "NeuroImage 34:1600")));
    }
    const Json quality = at(at(files, "head.msh"), "quality");
    if (!quality.is_object()) return;
    const Json grey = at(at(quality, "tissues"), "grey_matter");
    methods.say(fmt::format(
        "The labels were meshed with CGAL into {:.2f} million tetrahedra, with a mean edge of {} mm in "
        "grey matter.",
        quality.value("tetrahedra", 0.0) / 1e6, figure_text(at(grey, "edge_mean_mm"))));
}

void tell_of_conductivities(Methods& methods, const Json& configuration) {
    const auto of = [&](int label) {
        const Json given = at(configuration, "conductivity_s_per_m");
        const Json value = at(given, std::to_string(label).c_str());
        return value.is_number() ? value.get<double>() : find_tissue(label)->conductivity;
    };
    methods.say(fmt::format(
        "Conductivities in S/m: white matter {:g}, grey matter {:g}, CSF {:g}, bone {:g}, scalp {:g} ({}).",
        of(tissue::white_matter), of(tissue::grey_matter), of(tissue::csf), of(tissue::bone),
        of(tissue::scalp), methods.cite("defaults of Wagner et al. 2004", "IEEE Trans Biomed Eng 51:1586")));
    if (!text_at(configuration, "dti").empty()) {
        methods.say(fmt::format(
            "White and grey matter were anisotropic, from diffusion tensors ({} mapping; {}).",
            text_at(configuration, "dti-mapping"), methods.cite("Güllmar et al. 2010", "NeuroImage 51:145")));
    }
}

void tell_of_solver(Methods& methods, const Json& metrics) {
    const Json solver = at(metrics, "solver");
    if (!solver.is_object()) return;
    const int order = solver.value("order", 1);
    const bool is_direct = solver.value("solver", "") == "direct";
    methods.say(fmt::format(
        "The quasi-static problem ∇·(σ∇φ) = −∇·(σ ∂A/∂t), E = −∇φ − ∂A/∂t, with no current through the "
        "scalp, was solved by "
        "finite elements of order {} ({:.2f} million unknowns), {}; relative residual {:.1e}.",
        order, solver.value("unknowns", 0.0) / 1e6,
        is_direct
            ? fmt::format(
                  "by a sparse Cholesky factorisation ({})",
                  methods.cite("Chen, Davis, Hager & Rajamanickam 2008", "ACM Trans Math Softw 35:22"))
            : fmt::format("by conjugate gradients preconditioned with smoothed-aggregation multigrid ({})",
                          methods.cite("Vaněk, Mandel & Brezina 1996", "Computing 56:179")),
        solver.value("relative_residual", 0.0)));
    if (text_at(metrics, "field") == "recovered") {
        methods.say(fmt::format("E was recovered with the bubbles of the next order ({}).",
                                methods.cite("Bank & Smith 1993", "SIAM J Numer Anal 30:921")));
    }
    if (at(metrics, "e_mean_roi_relative_error").is_number()) {
        methods.say(fmt::format("The mean in the region of interest carries a dual-weighted estimate of its "
                                "discretisation error ({}).",
                                methods.cite("Becker & Rannacher 2001", "Acta Numer 10:1")));
    }
}

void tell_of_coil(Methods& methods, const ReportedRun& run, const Json& configuration) {
    std::string sentence = fmt::format("The coil was {}", run.pose.coil);
    try {
        const coils::Coil coil = coils::load_coil(text_at(configuration, "coil"));
        if (!coil.description.empty()) sentence += fmt::format(" ({})", coil.description);
        if (!coil.source.empty()) sentence += fmt::format("; its geometry: {}", coil.source);
    } catch (const std::exception&) {
        // The file may have moved since: its name must do.
    }
    methods.say(sentence + ".");
    const Json roi = at(run.metrics, "roi");
    methods.say(fmt::format("Fields are for dI/dt = {}.", rate_text(run.metrics.value("didt_a_per_s", 0.0))));
    if (roi.is_object()) {
        methods.say(fmt::format("The region of interest is {} ({} mm³).", text_at(roi, "description"),
                                figure_text(at(roi, "grey_matter_volume_mm3"))));
    }
    methods.say("Percentiles and means are weighted by volume.");
}

} // namespace

void add_methods_section(viz::ReportPage& page, const ReportedHead& head, const ReportedRun& run,
                         const std::vector<std::string>& further_sentences) {
    const Json configuration = at(run.run, "configuration");
    Methods methods;
    methods.say(fmt::format("Electric fields were computed with Corticoil {} (research software).",
                            text_at(run.run, "version")));
    tell_of_head(methods, head);
    tell_of_conductivities(methods, configuration);
    tell_of_coil(methods, run, configuration);
    tell_of_solver(methods, run.metrics);
    for (const std::string& sentence : further_sentences) methods.say(sentence);
    page.section("methods", "Methods, to paste");
    page.paragraph(methods.text());
    page.subsection("Works cited");
    std::vector<viz::Html> works(methods.works().begin(), methods.works().end());
    page.list(works);
}

void add_details_section(viz::ReportPage& page, const nlohmann::json& configuration,
                         const nlohmann::json& inputs_sha256, const std::string& version,
                         const ReportedHead& head) {
    page.section("details", "Details");
    page.begin_details("Configuration");
    page.table(table_of("As it was resolved, defaults included", configuration));
    page.end_details();
    page.begin_details("Versions and checksums");
    viz::ReportTable table{
        fmt::format("Corticoil {}; SHA-256 of the inputs", version), {"input", "SHA-256"}, {}, false};
    for (const auto& [role, checksum] : inputs_sha256.items())
        table.rows.push_back({role, viz::code(checksum.is_string() ? checksum.get<std::string>() : "")});
    if (head.subject) {
        const Json files = at(head.description, "files");
        for (const auto& [file, record] : files.items()) {
            table.rows.push_back({file + " (made by version " + text_at(record, "version") + ")",
                                  viz::code(text_at(record, "sha256"))});
        }
    }
    page.table(table);
    page.end_details();
}

} // namespace corticoil::app
