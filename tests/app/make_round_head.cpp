// Writes the round test head as a Gmsh file: make_round_head FILE [N_PER_AXIS].
#include "io/gmsh.h"
#include "support/round_head.h"

#include <cstdlib>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    constexpr int default_size = 16;
    corticoil::io::write_gmsh(argv[1],
                              corticoil::test::round_head(argc > 2 ? std::atoi(argv[2]) : default_size));
    return 0;
}
