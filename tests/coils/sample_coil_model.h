#pragma once

#include "coils/coil_model.h"

namespace corticoil::coils::test {

/// A coil with everything that a model can hold: the three kinds of sources, two stimulators, deformations of
/// every kind, casings, waveforms and self-intersection groups. Its numbers are thousandths, as from a file.
[[nodiscard]] inline CoilModel sample_coil_model() {
    const auto millimetres = [](const Eigen::MatrixXd& values) { return Eigen::MatrixXd(values / 1000); };
    CoilModel model;
    model.name = "sample \"1\"";
    model.brand = "Ours";
    model.version = "1.0";
    model.limits = millimetres((Eigen::Matrix<double, 3, 2>() << -100, 100, -90.5, 90, -3, 70).finished());
    model.resolution = millimetres(Vector3(1, 2, 0.3));
    model.stimulators = {
        {"S1", "B1", 1.5e8, {{"biphasic", {0, 1e-5, 3e-5}, {0, 1, -0.7}, {0, 0.9, -0.6}}}},
        {"S2", "", 0.9e8, {{"", {0, 0.1}, {1.0 / 3, 0.25}, {}}}},
    };
    model.deformation_ranges = {{0, -10, 10}, {2.5, 0, 5}, {30, -90, 90}};
    model.deformations.resize(4);
    model.deformations[1].range = 1;
    model.deformations[1].kind = Deformation::Kind::translation_y;
    model.deformations[2].range = 1;
    model.deformations[2].kind = Deformation::Kind::translation_z;
    model.deformations[3].range = 2;
    model.deformations[3].kind = Deformation::Kind::rotation;
    model.deformations[3].point1 = millimetres(Vector3(0, 0.1, 1));
    model.deformations[3].point2 = millimetres(Vector3(7, 0, 1.3));
    Eigen::Matrix3Xd some(3, 4);
    some << 1.1, 20.7, -30.3, 4.9, 5.123456789, 60, 71.7, -8, -9.1, -10.3, -11, -1.0 / 3;
    model.casings = {{{millimetres(some), Triangles(3, 4)}, millimetres(some.leftCols(2))},
                     {{millimetres(2 * some), Triangles(3, 1)}, Points(3, 0)}};
    model.casings[0].surface.triangles << 0, 0, 0, 1, 1, 2, 3, 2, 2, 3, 1, 3;
    model.casings[1].surface.triangles << 2, 1, 0;
    model.casing = 1;
    model.elements.resize(3);
    model.elements[0].name = "dipoles";
    model.elements[0].casing = 0;
    model.elements[0].deformations = {3, 0};
    model.elements[0].source = MagneticDipoles{millimetres(some), 0.37 * some};
    model.elements[1].name = "lines";
    model.elements[1].stimulator = 1;
    model.elements[1].source = LineElements{millimetres(some), millimetres(some / 7)};
    SampledPotential grid;
    grid.size = {2, 3, 4};
    grid.values = Eigen::Matrix3Xf::Random(3, 24) * 1e-7F;
    // Around the centre, with axes in another order than the coil's.
    Eigen::Matrix<double, 3, 4> affine;
    affine << 130.3, 0, 0, -65.1, 0, 0.1, -45.7, 67, 0, 40.9, 1.1, -20;
    grid.coil_from_voxel.matrix().topRows<3>() = millimetres(affine);
    model.elements[2].deformations = {1, 2};
    model.elements[2].source = grid;
    model.self_intersection_groups = {{0, 1}, {1, 2, 3}};
    return model;
}

} // namespace corticoil::coils::test
