#include "app/run_input.h"

#include "app/aim.h"
#include "app/atlas_input.h"
#include "app/parse.h"
#include "coils/coil_file.h"
#include "core/constants.h"
#include "core/error.h"
#include "imaging/nifti.h"
#include "io/gmsh.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <utility>

namespace corticoil::app {

TetMesh read_users_mesh(const std::string& path, Session& session) {
    io::GmshMesh read = io::read_gmsh_with_report(path);
    if (read.labels_are_entities) {
        session.warn(fmt::format(
            "{}: no tetrahedron has a physical tag; the numbers of its volumes are taken as tissue labels",
            path));
    }
    if (read.n_reoriented > 0)
        session.warn(fmt::format("{}: {} tetrahedra were turned outside in", path, read.n_reoriented));
    if (read.n_unused_nodes > 0)
        session.warn(fmt::format("{}: {} unused nodes were dropped", path, read.n_unused_nodes));
    return std::move(read.mesh);
}

std::optional<Vector3> parse_point(const std::string& text) {
    const std::optional<std::vector<double>> numbers = parse_numbers(text);
    if (!numbers || numbers->size() != 3) return std::nullopt;
    return Vector3((*numbers)[0], (*numbers)[1], (*numbers)[2]) * metres_per_millimetre;
}

std::string coil_reference(const std::string& name_or_path) {
    return coils::is_coil_file(name_or_path)
               ? std::filesystem::absolute(name_or_path).lexically_normal().string()
               : name_or_path;
}

bool is_mask_file(const std::string& text) {
    return text.ends_with(".nii") || text.ends_with(".nii.gz");
}

planning::Roi parse_roi(const std::string& text, const std::optional<MniMapping>& mni) {
    const std::optional<std::vector<double>> numbers = parse_numbers(text);
    if (numbers) {
        if (numbers->size() != 4)
            throw Error(fmt::format("--roi: '{}' must be x,y,z,radius in millimetres", text));
        return planning::ball_roi(text.substr(0, text.rfind(',')),
                                  Vector3((*numbers)[0], (*numbers)[1], (*numbers)[2]) *
                                      metres_per_millimetre,
                                  (*numbers)[3] * metres_per_millimetre);
    }
    if (is_mask_file(text)) {
        return planning::mask_roi(std::filesystem::path(text).filename().string(),
                                  imaging::read_label_nifti(text));
    }
    if (is_atlas_region(text)) return atlas_roi(text, mni);
    if (is_target_region(text)) return target_region_roi(text, mni);
    const planning::Target target = library_target(text);
    if (target.scalp_rule) {
        throw Error(
            fmt::format("--roi {0}: this target is a place on the scalp; give --roi {0}:region, or aim "
                        "at it: --target {0} measures in the brain under it",
                        target.name));
    }
    if (!mni)
        throw Error(
            fmt::format("--roi {}: a named ROI needs --subject with an mni.json; give x,y,z,radius", text));
    return planning::ball_roi(target.name, mni->to_head(*target.mni), target.roi_radius);
}

solver::SolverChoice solver_choice(const std::string& name) {
    if (name == "multigrid") return solver::SolverChoice::multigrid;
    if (name == "direct") return solver::SolverChoice::direct;
    return solver::SolverChoice::automatic;
}

void add_solver_flags(CLI::App& verb, std::string& conductivity, std::string& solver, double& tolerance) {
    verb.add_option("--conductivity", conductivity, "Conductivities in S/m on top of the defaults")
        ->type_name("csf=1.654,...");
    verb.add_option("--solver", solver, "auto takes the one that a cost model expects to be faster")
        ->check(CLI::IsMember({"auto", "multigrid", "direct"}))
        ->capture_default_str();
    verb.add_option("--tolerance", tolerance, "Relative residual at which the solver may stop")
        ->capture_default_str();
}

void check_rate(double didt) {
    constexpr double least_didt = 1;
    constexpr double largest_didt = 1e12;
    if (!(std::abs(didt) >= least_didt && std::abs(didt) <= largest_didt)) {
        throw Error(
            fmt::format("--didt: {:g} A/s is no rate of a stimulator; give for example 1e6 (1 A/µs)", didt));
    }
}

void check_tolerance(double tolerance) {
    constexpr double least_tolerance = 1e-14;
    if (!(tolerance >= least_tolerance && tolerance < 1)) {
        throw Error(fmt::format(
            "--tolerance: {:g}; give a relative residual from 1e-14 to below 1, usually 1e-6", tolerance));
    }
}

} // namespace corticoil::app
