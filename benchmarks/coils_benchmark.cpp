// Measures how fast the coil's ∂A/∂t comes at all nodes of a head, exactly and from the interpolant, and the
// rate of the dipole kernel beside a plain loop and the processor's arithmetic: coils_benchmark --coil NAME
// --out FILE. scripts/benchmark runs it.
#include "benchmarks/arithmetic_peak.h"
#include "benchmarks/heads.h"
#include "benchmarks/records.h"
#include "coils/coil_library.h"
#include "coils/kernel_tables.h"
#include "coils/potential_interpolant.h"
#include "coils/potential_kernels.h"
#include "coils/primary_field.h"
#include "coils/reduced_dipoles.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>
#include <omp.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>

using namespace corticoil;
using namespace corticoil::benchmarks;

namespace {

struct Setting {
    std::string mesh = "sphere_0.69M";
    std::string mesh_file;
    std::string coil = "figure8_70mm";
    int repetitions = 5;
};

void add(const char* name, const Setting& setting, const std::function<void(benchmark::State&)>& step) {
    benchmark::RegisterBenchmark(name, step)
        ->Iterations(1)
        ->Repetitions(setting.repetitions)
        ->UseRealTime()
        ->Unit(benchmark::kSecond);
}

/// A pose over the head's top, 2 mm from its highest node: where its points lie in the coil does not matter
/// for the exact sum, and hardly for the interpolant.
RigidTransform pose_on_top(const Points& nodes) {
    constexpr double gap = 0.002;
    Eigen::Index highest = 0;
    nodes.row(2).maxCoeff(&highest);
    Eigen::Matrix3d downwards;
    downwards << 1, 0, 0, 0, -1, 0, 0, 0, -1;
    return RigidTransform(downwards, nodes.col(highest) + Vector3(0, 0, gap), "benchmark's pose");
}

/// The greatest difference over the greatest field, at every 101st node.
double relative_error(const coils::PlacedCoil& placed, const VectorField& field, const Points& nodes) {
    constexpr Eigen::Index stride = 101;
    const Eigen::Index n = (nodes.cols() + stride - 1) / stride;
    Points some(3, n);
    VectorField there(3, n);
    for (Eigen::Index i = 0; i < n; ++i) {
        some.col(i) = nodes.col(stride * i);
        there.col(i) = field.col(stride * i);
    }
    const VectorField exact = coils::rate_of_vector_potential(placed, some);
    return (there - exact).colwise().norm().maxCoeff() / exact.colwise().norm().maxCoeff();
}

/// Whole heads: what a simulation needs.
void register_head_cases(const Setting& setting, const std::shared_ptr<const coils::Coil>& coil) {
    const auto mesh = std::make_shared<TetMesh>(benchmark_mesh(setting.mesh, setting.mesh_file));
    const RigidTransform pose = pose_on_top(mesh->nodes);
    constexpr double didt = 1e6;
    const auto count = [mesh](benchmark::State& state) {
        state.counters["points"] = static_cast<double>(mesh->n_nodes());
        state.counters["peak_mib"] = std::ceil(peak_mib());
    };
    add("coil_direct", setting, [=](benchmark::State& state) {
        for (auto _ : state)
            benchmark::DoNotOptimize(coils::rate_of_vector_potential({*coil, pose, didt}, mesh->nodes));
        count(state);
    });
    add("coil_interpolant_first", setting, [=](benchmark::State& state) {
        double n_cells = 0;
        for (auto _ : state) {
            const coils::PotentialInterpolant interpolant(*coil);
            benchmark::DoNotOptimize(coils::rate_of_vector_potential(interpolant, pose, didt, mesh->nodes));
            n_cells = static_cast<double>(interpolant.n_cells());
        }
        state.counters["cells"] = n_cells;
        count(state);
    });
    const auto interpolant = std::make_shared<coils::PotentialInterpolant>(*coil);
    add("coil_interpolant", setting, [=](benchmark::State& state) {
        VectorField rate =
            coils::rate_of_vector_potential(*interpolant, pose, didt, mesh->nodes.leftCols<1>());
        (void)interpolant->vector_potential(pose.inverse().apply_to_points(mesh->nodes)); // Makes the cells.
        for (auto _ : state) rate = coils::rate_of_vector_potential(*interpolant, pose, didt, mesh->nodes);
        state.counters["relative_error"] = relative_error({*coil, pose, didt}, rate, mesh->nodes);
        count(state);
    });
}

/// Dipoles and points of the kernels' cases, in single precision.
struct KernelData {
    static constexpr std::size_t n_points = 8192;
    coils::DipoleTable dipoles;
    std::vector<float> x, y, z, ax, ay, az;

    explicit KernelData(const coils::Coil& coil)
        : dipoles(coils::dipole_table(coils::equivalent_dipoles(coil, 2))), x(n_points), y(n_points),
          z(n_points), ax(n_points), ay(n_points), az(n_points) {
        const Points points = Points::Random(3, n_points) * 0.07;
        for (std::size_t i = 0; i < n_points; ++i) {
            x[i] = static_cast<float>(points(0, static_cast<Eigen::Index>(i)));
            y[i] = static_cast<float>(points(1, static_cast<Eigen::Index>(i)));
            z[i] = static_cast<float>(points(2, static_cast<Eigen::Index>(i)) + 0.08);
        }
    }
};

/// The plain loop that the kernel replaces: one dipole, one point at a time.
void add_dipoles_plainly(KernelData& data) {
    for (std::size_t i = 0; i < KernelData::n_points; ++i) {
        float sx = 0;
        float sy = 0;
        float sz = 0;
        for (std::size_t k = 0; k < data.dipoles.x.size(); ++k) {
            const float dx = data.x[i] - data.dipoles.x[k];
            const float dy = data.y[i] - data.dipoles.y[k];
            const float dz = data.z[i] - data.dipoles.z[k];
            const float square = dx * dx + dy * dy + dz * dz;
            const float factor = 1 / (square * std::sqrt(square));
            sx += factor * (data.dipoles.my[k] * dz - data.dipoles.mz[k] * dy);
            sy += factor * (data.dipoles.mz[k] * dx - data.dipoles.mx[k] * dz);
            sz += factor * (data.dipoles.mx[k] * dy - data.dipoles.my[k] * dx);
        }
        data.ax[i] += sx;
        data.ay[i] += sy;
        data.az[i] += sz;
    }
}

/// One core: pairs of a dipole and a point per second.
void register_kernel_cases(const Setting& setting, const coils::Coil& coil) {
    const auto data = std::make_shared<KernelData>(coil);
    const double n_pairs = static_cast<double>(KernelData::n_points * data->dipoles.x.size());
    const auto count = [=](benchmark::State& state) {
        state.counters["threads"] = 1;
        state.counters["dipoles"] = static_cast<double>(data->dipoles.x.size());
        state.counters["points"] = static_cast<double>(KernelData::n_points);
        state.counters["pairs"] = n_pairs;
        state.counters["peak_mib"] = std::ceil(peak_mib());
    };
    for (const char* name : {"portable", "avx2", "avx512"}) {
        const coils::PotentialKernels* kernels = coils::potential_kernels(name);
        if (kernels == nullptr) continue;
        add((std::string("coil_dipole_kernel_") + name).c_str(), setting, [=](benchmark::State& state) {
            for (auto _ : state) {
                kernels->add_dipoles(data->dipoles,
                                     {data->x.data(), data->y.data(), data->z.data(), KernelData::n_points},
                                     {data->ax.data(), data->ay.data(), data->az.data()});
            }
            constexpr double operations_per_pair =
                31; // Of the loop in potential_kernels_loops.h, a fused one as two.
            state.counters["operations_per_pair"] = operations_per_pair;
            const std::optional<double> peak = arithmetic_peak(name);
            if (peak) state.counters["peak_operations_per_second"] = *peak;
            count(state);
        });
    }
    add("coil_scalar_loop", setting, [=](benchmark::State& state) {
        for (auto _ : state) add_dipoles_plainly(*data);
        count(state);
    });
}

void register_reduced_cases(const Setting& setting, const std::shared_ptr<const coils::Coil>& coil) {
    for (const int n : {20, 40, 60, 80, 120, 200, 300}) {
        add("coil_reduced_dipoles", setting, [=](benchmark::State& state) {
            coils::ReducedDipoles reduced;
            for (auto _ : state) reduced = coils::reduced_dipoles(*coil, n);
            state.counters["dipoles"] = static_cast<double>(reduced.dipoles.positions.cols());
            state.counters["relative_error"] = reduced.relative_error;
            state.counters["peak_mib"] = std::ceil(peak_mib());
        });
    }
}

} // namespace

int main(int argc, char** argv) {
    Setting setting;
    std::string out;
    CLI::App program("How fast a coil's field comes.");
    program.add_option("--mesh", setting.mesh,
                       fmt::format("{}, or a name for --mesh-file", fmt::join(sphere_names(), ", ")));
    program.add_option("--mesh-file", setting.mesh_file, "Gmsh file of a head that is no sphere");
    program.add_option("--coil", setting.coil, "coil of the library or coil file");
    program.add_option("--repetitions", setting.repetitions, "of each case; the fastest counts");
    program.add_option("--out", out, "JSON list of records")->required();
    CLI11_PARSE(program, argc, argv);
    try {
        const nlohmann::json common{
            {"mesh", setting.mesh}, {"coil", setting.coil},      {"threads", omp_get_max_threads()},
            {"processes", 1},       {"machine", machine_name()}, {"version", CORTICOIL_VERSION}};
        RecordReporter reporter(common);
        const auto coil = std::make_shared<const coils::Coil>(coils::load_coil(setting.coil));
        register_head_cases(setting, coil);
        register_kernel_cases(setting, *coil);
        register_reduced_cases(setting, coil);
        benchmark::RunSpecifiedBenchmarks(&reporter);
        std::ofstream(out) << reporter.records().dump(1) << "\n";
        return reporter.has_failed() ? 1 : 0;
    } catch (const std::exception& error) {
        std::cerr << "coils_benchmark: " << error.what() << "\n";
        return 2;
    }
}
