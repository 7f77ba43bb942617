#include "app/import_aseg.h"
#include "app/import_m2m.h"
#include "app/import_surfaces.h"
#include "app/lesion_input.h"
#include "app/make_subject.h"
#include "app/segmentation_quality.h"
#include "app/t1_input.h"
#include "app/t2_input.h"
#include "app/template_cache.h"
#include "app/verbs.h"
#include "app/what_if_flags.h"
#include "core/error.h"
#include "core/tissue.h"
#include "imaging/label_import.h"
#include "imaging/segmentation.h"
#include "io/json_file.h"
#include "io/staged_output.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace corticoil::app {

namespace {

struct SegmentFlags {
    std::string t1;
    std::string t2;
    std::string labels;
    std::string map;
    std::string brain_mask;
    std::string lesions;
    std::string black_holes;
    WhatIfFlags what_if;
    std::string aseg;
    std::string m2m;
    std::string surfaces;
    bool skips_cache = false;
};

/// {"3": "csf", "17": 2, "99": 0}: their labels to ours, by key or number.
std::map<int, int> read_mapping(const std::string& path) {
    std::map<int, int> mapping;
    if (path.empty()) return mapping;
    const nlohmann::json content = io::read_json(path);
    if (!content.is_object())
        throw Error(fmt::format("{}: must be an object such as {{\"3\": \"csf\", \"99\": 0}}", path));
    for (const auto& [key, value] : content.items()) {
        std::optional<int> ours;
        if (value.is_number_integer()) ours = value.get<int>();
        if (value.is_string()) {
            const std::optional<TissueInfo> known =
                find_tissue(std::string_view(value.get_ref<const std::string&>()));
            if (known) ours = known->label;
        }
        constexpr std::size_t most_digits = 7; // What 32-bit floats hold exactly.
        const bool is_number = !key.empty() && key.size() <= most_digits &&
                               key.find_first_not_of("0123456789") == std::string::npos;
        if (!is_number || !ours || (*ours != tissue::air && !find_tissue(*ours))) {
            throw Error(fmt::format(
                "{}: '{}': {} does not map a label (a whole number) to a tissue's key or label (0 drops it)",
                path, key, value.dump()));
        }
        mapping[std::stoi(key)] = *ours;
    }
    return mapping;
}

/// The label map as tissues.
LabelImage load_labels(const SegmentFlags& flags, Session& session) {
    return imaging::map_labels(load_image(flags.labels, session), read_mapping(flags.map),
                               std::filesystem::path(flags.labels).filename().string());
}

SegmentedHead segment_from_t1(const ScalarImage& t1, const SegmentFlags& flags, Session& session) {
    imaging::SegmentationOptions options;
    options.t1_name = std::filesystem::path(flags.t1).filename().string();
    if (!flags.brain_mask.empty()) options.brain_mask = load_image(flags.brain_mask, session);
    if (!flags.aseg.empty()) options.brain_labels = load_aseg(flags.aseg, session);
    options.lesions = read_lesions(flags.lesions, flags.black_holes, session);
    if (!flags.t2.empty()) options.t2 = load_image(flags.t2, session);
    options.t2_name = std::filesystem::path(flags.t2).filename().string();
    options.n_threads = session.threads();
    options.progress = session.progress("segmenting");
    options.mni_template = load_labelled_template(!flags.skips_cache, options.progress);
    imaging::Segmentation segmentation = imaging::segment_t1(t1, options);
    for (const std::string& warning : segmentation.warnings) session.warn(warning);
    session.end_progress("segmented");
    SegmentedHead head;
    head.tissues = std::move(segmentation.tissues);
    head.volumes = segmentation.volumes;
    head.mni = segmentation.mni;
    head.lesions = segmentation.lesions;
    if (segmentation.t2) {
        head.t2 = as_json(*segmentation.t2, flags.t2);
        head.t2_text = tell(*segmentation.t2, flags.t2);
    }
    return head;
}

/// Labels made elsewhere; a T1 fills their gaps and gives the mapping to MNI space.
SegmentedHead import_head(const std::optional<ScalarImage>& t1, const SegmentFlags& flags, Session& session) {
    imaging::ImportOptions options;
    if (t1) check_given_t1(*t1, flags.t1, session);
    options.t1 = t1;
    options.lesions = read_lesions(flags.lesions, flags.black_holes, session);
    options.progress = session.progress("importing");
    imaging::ImportedLabels imported = imaging::import_labels(load_labels(flags, session), {}, options);
    if (imported.n_filled > 0) {
        session.say(fmt::format("{} voxels inside the head had no label and were filled", imported.n_filled));
    }
    SegmentedHead head;
    head.tissues = std::move(imported.tissues);
    head.volumes = imported.volumes;
    head.lesions = imported.lesions;
    if (t1) head.mni = register_given_t1(*t1, options.lesions, session);
    session.end_progress("imported");
    return head;
}

/// A head that was made elsewhere is taken over as it is. \throws Error for flags that would change it.
void refuse_changes(const char* source, const SegmentFlags& flags) {
    std::string given;
    const auto add = [&](bool is_given, const char* flag) {
        if (is_given) given += fmt::format("{}{}", given.empty() ? "" : ", ", flag);
    };
    add(!flags.lesions.empty(), "--lesions");
    add(!flags.black_holes.empty(), "--black-holes");
    add(flags.what_if.csf_layer != 0, "--csf-layer");
    add(flags.what_if.posterior_layer != 0, "--posterior-layer");
    add(flags.what_if.ventricle_growth != 0, "--ventricle-growth");
    add(flags.what_if.cortex_thinning != 0, "--cortex-thinning");
    if (given.empty()) return;
    throw Error(fmt::format(
        "{}: takes a head over as it is, without {}; import it first, then change its labels: corticoil "
        "segment SUBJECT/t1.nii.gz --labels SUBJECT/tissues.nii.gz {} … --out ANOTHER",
        source, given, given.substr(0, given.find(','))));
}

void run_segment(const SegmentFlags& flags, Session& session) {
    if (!flags.m2m.empty()) {
        refuse_changes("--m2m", flags);
        run_m2m(flags.m2m, session);
        return;
    }
    if (!flags.surfaces.empty()) {
        refuse_changes("--surfaces", flags);
        run_surfaces(flags.surfaces, flags.t1, session);
        return;
    }
    if (!flags.t2.empty() && flags.t1.empty())
        throw Error("--t2: give the T1 as well: a T2 or FLAIR helps to segment it and does not replace it");
    if (!flags.aseg.empty() && flags.t1.empty())
        throw Error("--aseg: give the T1 as well: skull and scalp are found in it");
    if (flags.t1.empty() && flags.labels.empty()) {
        throw Error(
            "segment: give a T1 (corticoil segment T1.nii.gz --out DIR) or a label map (--labels FILE)");
    }
    const nlohmann::json configuration = {{"t1", flags.t1},
                                          {"labels", flags.labels},
                                          {"map", flags.map},
                                          {"brain-mask", flags.brain_mask},
                                          {"aseg", flags.aseg},
                                          {"t2", flags.t2},
                                          {"lesions", flags.lesions},
                                          {"black-holes", flags.black_holes},
                                          {"what_if", flags.what_if.as_json()},
                                          {"out", session.out()},
                                          {"threads", session.threads()}};
    std::optional<ScalarImage> t1;
    if (!flags.t1.empty()) t1 = load_image(flags.t1, session);
    if (session.is_dry_run()) {
        if (t1) check_given_t1(*t1, flags.t1, session);
        if (!flags.labels.empty()) (void)load_labels(flags, session);
        if (!flags.brain_mask.empty()) (void)load_image(flags.brain_mask, session);
        if (!flags.aseg.empty()) (void)load_aseg(flags.aseg, session);
        if (!flags.t2.empty()) (void)load_image(flags.t2, session);
        (void)read_lesions(flags.lesions, flags.black_holes, session);
        session.finish_dry_run(configuration);
        return;
    }
    io::StagedFolder staged(session.out(), {"subject.json", session.may_overwrite(), subject_entries()});
    const SubjectFolder subject(staged.path());
    SegmentedHead head =
        flags.labels.empty() ? segment_from_t1(*t1, flags, session) : import_head(t1, flags, session);
    apply_what_if(flags.what_if, head.tissues, head.volumes);
    const std::string lesion_text = head.lesions ? tell(*head.lesions, session) : "";
    head.t1 = std::move(t1);
    head.t1_source = flags.t1;
    add_quality(head, session);
    write_subject(subject, head, configuration, session.warnings());
    staged.commit();
    std::string text = fmt::format("{}: tissues in ml within the field of view:\n", session.out());
    const nlohmann::json in_ml = volumes_in_ml(head.volumes);
    for (const auto& [key, value] : in_ml.items())
        text += fmt::format("  {:14} {:7.0f}\n", key, value.get<double>());
    text += head.t2_text + lesion_text + head.quality_table;
    text +=
        fmt::format("Look at {}/segmentation.png, then: corticoil mesh {}\n", session.out(), session.out());
    nlohmann::json result = {{"subject", session.out()},
                             {"volumes_ml", in_ml},
                             {"quality", head.quality},
                             {"warnings", session.warnings()}};
    if (head.lesions) result["lesions"] = as_json(*head.lesions);
    if (!head.t2.is_null()) result["t2"] = head.t2;
    session.finish(result, text);
}

} // namespace

void add_segment(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand("segment", "T1 image or label map → subject folder with tissues");
    auto flags = std::make_shared<SegmentFlags>();
    session.add_common_flags(*verb);
    session.add_out_flag(*verb, "Subject folder to make");
    session.add_overwrite_flag(*verb);
    verb->add_option("t1", flags->t1, "Whole-head T1 (.nii, .nii.gz, .mgz)")->type_name("T1.nii.gz");
    verb->add_option("--labels", flags->labels,
                     "Use this label map instead of segmenting; a T1 beside it fills its gaps")
        ->type_name("FILE");
    verb->add_option("--map", flags->map,
                     "JSON from the map's labels to tissues, e.g. {\"3\": \"csf\", \"99\": 0}")
        ->type_name("JSON")
        ->needs("--labels");
    verb->add_option("--brain-mask", flags->brain_mask, "Hint: image that is not 0 in the brain")
        ->type_name("FILE")
        ->excludes("--labels");
    verb->add_option(
            "--t2", flags->t2,
            "T2-weighted or FLAIR image of the same head: registered to the T1; a T2 shows where CSF "
            "ends and bone begins, a FLAIR helps with CSF against brain only")
        ->type_name("FILE")
        ->excludes("--labels");
    verb->add_option("--lesions", flags->lesions,
                     "Mask of MS lesions in the T1's space: filled before the tissues are found, label 51")
        ->type_name("FILE");
    flags->what_if.add_to(*verb);
    verb->add_option("--black-holes", flags->black_holes,
                     "Mask of T1 black holes, part of the lesions or beside them: label 52")
        ->type_name("FILE");
    verb->add_option("--aseg", flags->aseg,
                     "Brain labels of FreeSurfer, FastSurfer or SynthSeg (.mgz, .nii.gz) instead of our own")
        ->type_name("FILE")
        ->excludes("--labels", "--brain-mask");
    verb->add_option("--m2m", flags->m2m, "Take over a head-model folder of SimNIBS, with its mesh")
        ->type_name("DIR")
        ->excludes("t1", "--labels", "--brain-mask", "--aseg", "--t2");
    verb->add_option(
            "--surfaces", flags->surfaces,
            "Closed surfaces, one within the other (.stl, .off, .gii, mm of the head): scalp and any of "
            "skull, csf, grey, white")
        ->type_name("scalp=FILE,skull=FILE,...")
        ->excludes("--labels", "--brain-mask", "--aseg", "--m2m", "--t2");
    verb->add_flag("--no-cache", flags->skips_cache,
                   "Label the template anew (20 s) instead of taking and keeping it in "
                   "$XDG_CACHE_HOME/corticoil");
    verb->footer("Examples:\n"
                 "  corticoil segment T1.nii.gz --out subjects/s01\n"
                 "  corticoil segment T1.nii.gz --labels tissues.nii.gz --out subjects/s02");
    verb->callback([flags, &session] {
        session.begin("segment");
        run_segment(*flags, session);
    });
}

} // namespace corticoil::app
