#include "imaging/aseg.h"

#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace corticoil::imaging {

namespace {

/// Numbers from first to last that mean one tissue.
struct LabelRange {
    int first;
    int last;
    int tissue;
};

using tissue::air;
using tissue::csf;
using tissue::grey_matter;
using tissue::white_matter;

// FreeSurferColorLUT.txt, by number.
constexpr std::array ranges{
    LabelRange{0, 1, air},                  // unknown, outline of the left cerebrum
    LabelRange{2, 2, white_matter},         // left cerebrum
    LabelRange{3, 3, grey_matter},          // left cortex
    LabelRange{4, 5, csf},                  // left lateral and inferior lateral ventricle
    LabelRange{6, 6, air},                  // outline of the left cerebellum
    LabelRange{7, 7, white_matter},         // left cerebellum
    LabelRange{8, 8, grey_matter},          // left cerebellar cortex
    LabelRange{9, 13, grey_matter},         // left thalamus (two numbers), caudate, putamen, pallidum
    LabelRange{14, 15, csf},                // third and fourth ventricle
    LabelRange{16, 16, white_matter},       // brain stem
    LabelRange{17, 20, grey_matter},        // left hippocampus, amygdala, insula, operculum
    LabelRange{24, 24, csf},                // CSF
    LabelRange{25, 25, white_matter},       // left lesion
    LabelRange{26, 28, grey_matter},        // left accumbens, substantia nigra, ventral diencephalon
    LabelRange{30, 31, csf},                // left vessel (perivascular space), choroid plexus
    LabelRange{40, 40, air},                // outline of the right cerebrum
    LabelRange{41, 41, white_matter},       // right cerebrum
    LabelRange{42, 42, grey_matter},        // right cortex
    LabelRange{43, 44, csf},                // right ventricles
    LabelRange{45, 45, air},                // outline of the right cerebellum
    LabelRange{46, 46, white_matter},       // right cerebellum
    LabelRange{47, 56, grey_matter},        // right cerebellar cortex, deep nuclei, insula, operculum
    LabelRange{57, 57, white_matter},       // right lesion
    LabelRange{58, 60, grey_matter},        // right accumbens, substantia nigra, ventral diencephalon
    LabelRange{62, 63, csf},                // right vessel, choroid plexus
    LabelRange{72, 72, csf},                // fifth ventricle
    LabelRange{77, 79, white_matter},       // white-matter hypointensities
    LabelRange{80, 82, grey_matter},        // other hypointensities: in deep grey matter
    LabelRange{85, 85, white_matter},       // optic chiasm
    LabelRange{99, 99, white_matter},       // lesion
    LabelRange{165, 165, air},              // skull
    LabelRange{170, 170, white_matter},     // brain stem
    LabelRange{171, 172, grey_matter},      // dentate nuclei, vermis
    LabelRange{173, 175, white_matter},     // midbrain, pons, medulla
    LabelRange{178, 178, white_matter},     // superior cerebellar peduncle
    LabelRange{192, 192, white_matter},     // corpus callosum
    LabelRange{250, 255, white_matter},     // fornix, corpus callosum
    LabelRange{257, 259, air},              // CSF and head outside the brain, skull: taken from the T1
    LabelRange{601, 628, grey_matter},      // cerebellar lobules
    LabelRange{1000, 2999, grey_matter},    // cortex, parcellated
    LabelRange{3000, 4999, white_matter},   // white matter under it
    LabelRange{5001, 5002, white_matter},   // white matter under none
    LabelRange{11100, 12199, grey_matter},  // cortex by the atlas of Destrieux
    LabelRange{13100, 14199, white_matter}, // white matter under it
};

std::optional<int> tissue_of(int label) {
    for (const LabelRange& range : ranges) {
        if (label >= range.first && label <= range.last) return range.tissue;
    }
    return std::nullopt;
}

bool is_hypointensity(int label) {
    return label == 25 || label == 57 || (label >= 77 && label <= 79) || label == 99;
}

[[noreturn]] void throw_unknown(const std::map<int, std::size_t>& unknown) {
    constexpr std::size_t most_listed = 20;
    std::string list;
    std::size_t n_listed = 0;
    for (const auto& [label, n_voxels] : unknown) {
        if (n_listed++ == most_listed) break;
        list += fmt::format("{}{} ({} voxels)", list.empty() ? "" : ", ", label, n_voxels);
    }
    if (unknown.size() > most_listed) list += fmt::format(" and {} more", unknown.size() - most_listed);
    throw Error(
        fmt::format("aseg: unknown labels {}; is this aseg, aparc+aseg, wmparc or SynthSeg's? Give other "
                    "label maps with --labels and --map",
                    list));
}

} // namespace

AsegBrain aseg_brain(const ScalarImage& labels) {
    // Labels up to the largest number of the table by a look-up: there are millions of voxels.
    std::vector<int> tissues(15'000, -1);
    for (std::size_t label = 0; label < tissues.size(); ++label)
        tissues[label] = tissue_of(static_cast<int>(label)).value_or(-1);
    AsegBrain brain{LabelImage(labels.size, labels.head_from_voxel), 0};
    std::map<int, std::size_t> unknown;
    std::size_t n_brain = 0;
    for (std::size_t n = 0; n < labels.voxels.size(); ++n) {
        const float value = labels.voxels[n];
        constexpr float largest = 16'777'216; // Floats hold integers up to here.
        if (!(value >= 0 && value <= largest && value == std::round(value))) {
            throw Error(fmt::format("aseg: a voxel holds {}; labels are integers: was the map resampled with "
                                    "interpolation?",
                                    value));
        }
        const auto label = static_cast<int>(value);
        const int found =
            static_cast<std::size_t>(label) < tissues.size() ? tissues[static_cast<std::size_t>(label)] : -1;
        if (found < 0) {
            ++unknown[label];
            continue;
        }
        brain.tissues.voxels[n] = static_cast<std::uint8_t>(found);
        n_brain += found == grey_matter || found == white_matter ? 1 : 0;
        brain.n_hypointensities += is_hypointensity(label) ? 1 : 0;
    }
    if (!unknown.empty()) throw_unknown(unknown);
    if (n_brain == 0) throw Error("aseg: has no grey or white matter; is this the right file?");
    return brain;
}

} // namespace corticoil::imaging
