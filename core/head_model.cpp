#include "core/head_model.h"

#include "core/error.h"
#include "core/tissue.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace corticoil {

Conductivities default_conductivities() {
    Conductivities result;
    for (const TissueInfo& known : known_tissues()) result[known.label] = known.conductivity;
    return result;
}

HeadModel make_head_model(TetMesh mesh, const Conductivities& conductivities) {
    HeadModel head;
    Eigen::VectorXd conductivity(mesh.n_tetrahedra());
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        const auto found = conductivities.find(label);
        if (found == conductivities.end()) {
            throw Error(fmt::format(
                "mesh: tetrahedra carry label {}, which has no conductivity; relabel them or give one",
                label));
        }
        if (!(found->second > 0) || !std::isfinite(found->second)) {
            throw Error(fmt::format("conductivity of {} is {:g} S/m; it must be a positive number",
                                    describe_tissue(label), found->second));
        }
        conductivity[t] = found->second;
    }
    head.conductivity = std::move(conductivity);
    head.mesh = std::move(mesh);
    return head;
}

} // namespace corticoil
