// Measures one case of the solver on one mesh, in a process of its own so that its peak memory is its own,
// and writes records: solver_benchmark --mesh NAME --case CASE --out FILE [...]. scripts/benchmark runs all
// of them.
#include "benchmarks/heads.h"
#include "benchmarks/records.h"
#include "benchmarks/solver_cases.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>
#include <omp.h>

#include <fstream>
#include <iostream>

using namespace corticoil::benchmarks;

int main(int argc, char** argv) {
    SolverSetting setting;
    std::string case_name;
    std::string out;
    bool measures_bandwidth = false;
    CLI::App program("One case of the solver benchmark.");
    program.add_option("--mesh", setting.mesh,
                       fmt::format("{}, or a name for --mesh-file", fmt::join(sphere_names(), ", ")));
    program.add_option("--mesh-file", setting.mesh_file, "Gmsh file of a head that is no sphere");
    program.add_option("--contrast", setting.contrast, "1:1, 1:165 or 1:200");
    program.add_option("--tolerance", setting.tolerance, "on the true relative residual");
    program.add_option("--system", setting.system_file,
                       "linear system: written by the case head, read by solvers");
    program.add_option("--repetitions", setting.repetitions, "of each step; the fastest counts");
    program.add_option("--case", case_name, fmt::format("{}", fmt::join(solver_case_names(), ", ")));
    program.add_flag("--bandwidth", measures_bandwidth, "measure the memory's read bandwidth instead");
    program.add_option("--out", out, "JSON list of records")->required();
    CLI11_PARSE(program, argc, argv);
    try {
        // What every record carries; counters replace what differs.
        nlohmann::json common{{"mesh", setting.mesh},
                              {"contrast", setting.contrast},
                              {"order", 1},
                              {"unknowns", nullptr},
                              {"tetrahedra", nullptr},
                              {"threads", omp_get_max_threads()},
                              {"processes", 1},
                              {"tolerance", setting.tolerance},
                              {"iterations", nullptr},
                              {"relative_residual", nullptr},
                              {"machine", machine_name()},
                              {"version", CORTICOIL_VERSION}};
        RecordReporter reporter(common);
        nlohmann::json records;
        if (measures_bandwidth) {
            common["name"] = "read_bandwidth";
            common["bytes_per_second"] = measure_read_bandwidth();
            records = {common};
        } else {
            register_solver_case(case_name, setting);
            benchmark::RunSpecifiedBenchmarks(&reporter);
            records = reporter.records();
        }
        std::ofstream(out) << records.dump(1) << "\n";
        return reporter.has_failed() ? 1 : 0;
    } catch (const std::exception& error) {
        std::cerr << "solver_benchmark: " << error.what() << "\n";
        return 2;
    }
}
