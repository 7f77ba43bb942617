// Writes the round test head as a Gmsh file: make_round_head FILE [N_PER_AXIS [X Y Z RADIUS]]; with the last
// four [mm] the tetrahedra of grey matter around a point are a lesion.
#include "core/constants.h"
#include "core/tissue.h"
#include "io/gmsh.h"
#include "support/round_head.h"

#include <cstdlib>

int main(int argc, char** argv) {
    using namespace corticoil;
    if (argc < 2) return 2;
    constexpr int default_size = 16;
    TetMesh head = test::round_head(argc > 2 ? std::atoi(argv[2]) : default_size);
    if (argc > 6) {
        const Vector3 centre =
            Vector3(std::atof(argv[3]), std::atof(argv[4]), std::atof(argv[5])) * metres_per_millimetre;
        const double radius = std::atof(argv[6]) * metres_per_millimetre;
        const Points centres = barycentres(head);
        for (int t = 0; t < head.n_tetrahedra(); ++t) {
            int& label = head.labels[static_cast<std::size_t>(t)];
            if (label == tissue::grey_matter && (centres.col(t) - centre).norm() < radius)
                label = tissue::lesion;
        }
    }
    io::write_gmsh(argv[1], head);
    return 0;
}
