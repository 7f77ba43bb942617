#include "imaging/label_cache.h"

#include "core/error.h"
#include "imaging/nifti.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <optional>

namespace corticoil::imaging {

namespace fs = std::filesystem;

namespace {

std::optional<LabelImage> read_kept(const fs::path& file, const ScalarImage& grid) {
    std::error_code ignored;
    if (!fs::is_regular_file(file, ignored)) return std::nullopt;
    try {
        LabelImage labels = read_label_nifti(file);
        // NIfTI keeps affines as floats.
        constexpr double float_precision = 1e-5;
        if (labels.size == grid.size &&
            labels.head_from_voxel.isApprox(grid.head_from_voxel, float_precision)) {
            labels.head_from_voxel = grid.head_from_voxel; // Kept or made: the same to the last bit.
            return labels;
        }
    } catch (const Error&) {
        // Broken: made anew.
    }
    return std::nullopt;
}

void keep(const LabelImage& labels, const fs::path& file) {
    // A name of its own for every process and call.
    static std::atomic<int> n_calls{0};
    const fs::path unfinished =
        file.parent_path() / fmt::format("unfinished_{}_{}.nii.gz", ::getpid(), n_calls++);
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    if (failure) return;
    try {
        write_nifti(unfinished, labels);
        fs::rename(unfinished, file, failure);
    } catch (const Error&) {
        // A full disk or a read-only folder: nothing is kept.
    }
    fs::remove(unfinished, failure);
}

} // namespace

LabelImage kept_or_made(const fs::path& file, const ScalarImage& grid,
                        const std::function<LabelImage()>& make) {
    if (std::optional<LabelImage> kept = read_kept(file, grid)) return std::move(*kept);
    LabelImage labels = make();
    keep(labels, file);
    return labels;
}

} // namespace corticoil::imaging
