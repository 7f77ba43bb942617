#include "reader_checks.h"

#include "coils/ccd_file.h"
#include "coils/primary_field.h"
#include "coils/sampled_potential.h"
#include "coils/sampled_potential_file.h"
#include "coils/stl_file.h"
#include "coils/tcd_file.h"
#include "coils/waveform_file.h"
#include "core/error.h"
#include "io/navigation_file.h"
#include "support/temporary_folder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>

namespace corticoil::fuzz {

namespace {

void require(bool condition, const char* what) {
    if (!condition) throw std::logic_error(what);
}

/// What `read` returns, or nothing where it refuses the input.
template <typename Read>
auto accepted(Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const Error& error) {
        require(std::string_view(error.what()).size() > 10, "an error without a message");
        return std::nullopt;
    }
}

void check_coil(const coils::Coil& coil) {
    require(coil.dipoles.positions.cols() == coil.dipoles.moments.cols(), "dipoles without moments");
    require(coil.dipoles.positions.allFinite() && coil.dipoles.moments.allFinite(),
            "dipoles that are not finite");
    if (coil.didt_at_full_output)
        require(std::isfinite(*coil.didt_at_full_output) && *coil.didt_at_full_output > 0,
                "dI/dt is not positive");
    if (coil.induced_direction) {
        constexpr double tolerance = 1e-9;
        require(std::abs(coil.induced_direction->norm() - 1) < tolerance,
                "a direction that is no unit vector");
    }
    if (coil.sampling_region) {
        require((coil.sampling_region->limits.sizes().array() > 0).all(), "an empty sampling region");
        require((coil.sampling_region->resolution.array() > 0).all(), "a resolution that is not positive");
    }
}

bool is_same(const coils::Coil& a, const coils::Coil& b) {
    const bool has_same_region =
        a.sampling_region.has_value() == b.sampling_region.has_value() &&
        (!a.sampling_region || (a.sampling_region->limits.min() == b.sampling_region->limits.min() &&
                                a.sampling_region->limits.max() == b.sampling_region->limits.max() &&
                                a.sampling_region->resolution == b.sampling_region->resolution));
    return a.dipoles.positions == b.dipoles.positions && a.dipoles.moments == b.dipoles.moments &&
           a.didt_at_full_output == b.didt_at_full_output && has_same_region;
}

/// Larger grids only take longer to fit.
constexpr Eigen::Index most_samples = 130;

/// Evaluates small grids: at their centre, where interpolation must be finite, and far outside, where the
/// answer is an error or the continuation's.
void evaluate(coils::SampledPotential grid) {
    if (grid.values.cols() > most_samples) return;
    grid.continuation = coils::fit_continuation(grid);
    const Vector3 middle(0.5 * (grid.size[0] - 1), 0.5 * (grid.size[1] - 1), 0.5 * (grid.size[2] - 1));
    coils::Coil coil;
    coil.grids = {grid};
    require(coils::vector_potential(coil, grid.coil_from_voxel * middle).allFinite(),
            "A inside is not finite");
    const auto outside =
        accepted([&] { return coils::vector_potential(coil, grid.coil_from_voxel * Vector3(3 * middle)); });
    require(outside.has_value() <= grid.continuation.has_value(), "A outside without a continuation");
    if (outside) require(outside->allFinite(), "A outside is not finite");
}

} // namespace

void check_ccd(std::string_view bytes) {
    const auto coil = accepted([&] { return coils::parse_ccd(bytes, "fuzz.ccd"); });
    if (!coil) return;
    require(coil->dipoles.positions.cols() > 0, "a coil without dipoles");
    check_coil(*coil);
    require(is_same(*coil, coils::parse_ccd(coils::ccd_text(*coil, "fuzz.ccd"), "again.ccd")),
            "the file written reads back differently");
}

void check_nii(std::string_view bytes) {
    const auto grids = accepted([&] { return coils::parse_nifti_potential(bytes, "fuzz.nii"); });
    if (!grids) return;
    require(!grids->empty(), "no potentials");
    for (const coils::SampledPotential& grid : *grids) {
        coils::check_sampled_potential(grid, "fuzz.nii");
        evaluate(grid);
    }
}

void check_stl(std::string_view bytes) {
    const auto mesh = accepted([&] { return coils::parse_stl(bytes, "fuzz.stl"); });
    if (!mesh) return;
    require(mesh->n_triangles() > 0 && mesh->n_nodes() >= 3, "an empty surface");
    require(mesh->nodes.allFinite(), "nodes that are not finite");
    require(mesh->triangles.minCoeff() == 0 && mesh->triangles.maxCoeff() == mesh->n_nodes() - 1,
            "triangles of other nodes than there are");
    require((mesh->triangles.row(0).array() != mesh->triangles.row(1).array()).all() &&
                (mesh->triangles.row(1).array() != mesh->triangles.row(2).array()).all() &&
                (mesh->triangles.row(2).array() != mesh->triangles.row(0).array()).all(),
            "a triangle that touches a node twice");
}

void check_tcd(std::string_view bytes) {
    const auto model = accepted([&] { return coils::parse_tcd(bytes, "fuzz.tcd"); });
    if (!model) return;
    require(!model->elements.empty(), "a coil without elements");
    check(*model, "fuzz.tcd");
    const std::string text = coils::tcd_text(*model);
    require(coils::tcd_text(coils::parse_tcd(text, "text.tcd")) == text,
            "the text written reads back differently");
    const std::string binary = coils::tcd_text(*model, coils::ArrayFormat::binary);
    require(coils::tcd_text(coils::parse_tcd(binary, "binary.tcd")) == text,
            "the binary arrays written read back differently");
    for (const coils::CoilElement& element : model->elements) {
        const auto* const grid = std::get_if<coils::SampledPotential>(&element.source);
        if (grid != nullptr && grid->values.cols() > most_samples) return;
    }
    if (const auto coil = accepted([&] { return coils::assemble(*model); })) check_coil(*coil);
}

void check_tsv(std::string_view bytes) {
    const auto waveforms = accepted([&] { return coils::parse_waveforms(bytes, "fuzz.tsv"); });
    if (!waveforms) return;
    require(!waveforms->empty(), "no waveforms");
    const auto is_finite = [](double value) { return std::isfinite(value); };
    for (const coils::Waveform& waveform : *waveforms) {
        require(!waveform.time.empty() && waveform.signal.size() == waveform.time.size(),
                "a signal without times");
        require(waveform.fit.empty() || waveform.fit.size() == waveform.time.size(), "a fit without times");
        require(std::adjacent_find(waveform.time.begin(), waveform.time.end(), std::greater_equal<>()) ==
                    waveform.time.end(),
                "times that do not increase");
        for (const std::vector<double>* values : {&waveform.time, &waveform.signal, &waveform.fit})
            require(std::all_of(values->begin(), values->end(), is_finite), "numbers that are not finite");
    }
}

void check_poses(std::string_view bytes) {
    // A program's format is found by its file's ending, which the first byte stands for.
    constexpr std::array endings{"txt", "xml", "mrk", "stmpx", "json", "csv"};
    if (bytes.empty()) return;
    const test::TemporaryFolder folder;
    const std::string ending = endings[static_cast<unsigned char>(bytes[0]) % endings.size()];
    const auto path = folder / ("fuzz." + ending);
    test::write_bytes(path, std::string(bytes.substr(1)));
    const auto file = accepted([&] { return io::read_navigation(path); });
    if (!file) return;
    require(file->n_missing >= 0, "a negative number of entries");
    if (file->space.image)
        require(file->space.image->head_from_voxel.matrix().allFinite(),
                "an image's grid that is not finite");
    for (const io::NavigationPose& pose : file->poses) {
        constexpr double tolerance = 1e-9;
        const Eigen::Matrix3d rotation = pose.head_from_coil.rotation();
        require(pose.head_from_coil.matrix().allFinite(), "a pose that is not finite");
        require((rotation.transpose() * rotation).isIdentity(tolerance) && rotation.determinant() > 0,
                "a pose that is not rigid");
        require(std::isfinite(pose.didt.value_or(0)) && std::isfinite(pose.mso.value_or(0)),
                "stimulator output that is not finite");
    }
    if (file->poses.empty()) return;
    const auto table = folder / "again.csv";
    io::write_navigation(table, io::PoseFormat::csv, file->poses);
    const io::NavigationFile again = io::read_navigation(table);
    require(again.poses.size() == file->poses.size(), "a table of another number of poses");
    for (std::size_t i = 0; i < again.poses.size(); ++i) {
        constexpr double rounding = 1e-9;
        require(
            again.poses[i].head_from_coil.matrix().isApprox(file->poses[i].head_from_coil.matrix(), rounding),
            "the table written reads back differently");
    }
}

std::vector<ReaderCheck> reader_checks() {
    return {{"ccd", check_ccd}, {"nii", check_nii},     {"stl", check_stl},
            {"tcd", check_tcd}, {"poses", check_poses}, {"tsv", check_tsv}};
}

} // namespace corticoil::fuzz
