// Measures the accuracy of E on nested spheres or on a head and writes records:
// accuracy_benchmark (--edge-mm L | --mesh-file head.msh --mesh NAME) --out FILE. scripts/benchmark accuracy
// runs it.
#include "benchmarks/accuracy.h"
#include "benchmarks/records.h"
#include "core/constants.h"
#include "io/gmsh.h"

#include <CLI/CLI.hpp>
#include <omp.h>

#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    double edge_mm = 0;
    std::string mesh;
    std::string mesh_file;
    std::string out;
    CLI::App program("Accuracy of E for P1, P2 and their recovered fields.");
    auto* const sphere = program.add_option("--edge-mm", edge_mm, "mean edge length of nested spheres");
    auto* const head = program.add_option("--mesh-file", mesh_file, "Gmsh file of a head")->excludes(sphere);
    program.add_option("--mesh", mesh, "name of the head in the records")->needs(head);
    program.add_option("--out", out, "JSON list of records")->required();
    CLI11_PARSE(program, argc, argv);
    try {
        using namespace corticoil;
        nlohmann::json records = mesh_file.empty()
                                     ? benchmarks::accuracy_on_spheres(edge_mm * metres_per_millimetre)
                                     : benchmarks::accuracy_on_head(io::read_gmsh(mesh_file), mesh);
        for (nlohmann::json& record : records) {
            record["threads"] = omp_get_max_threads();
            record["processes"] = 1;
            record["contrast"] = "1:165";
            record["machine"] = benchmarks::machine_name();
            record["version"] = CORTICOIL_VERSION;
            record["peak_mib"] = benchmarks::peak_mib();
        }
        std::ofstream(out) << records.dump(1) << "\n";
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "accuracy_benchmark: " << error.what() << "\n";
        return 2;
    }
}
