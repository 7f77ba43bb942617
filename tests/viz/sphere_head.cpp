#include "sphere_head.h"

#include "core/constants.h"

#include <Eigen/Geometry>

#include <cmath>

namespace corticoil::viz::test {

SurfaceMesh sphere(double radius, int n_latitudes) {
    const int n_longitudes = 2 * n_latitudes;
    SurfaceMesh surface;
    surface.nodes.resize(3, 2 + (n_latitudes - 1) * n_longitudes);
    surface.nodes.col(0) = Vector3(0, 0, radius);
    surface.nodes.col(1) = Vector3(0, 0, -radius);
    const auto node = [&](int latitude, int longitude) {
        if (latitude == 0) return 0;
        if (latitude == n_latitudes) return 1;
        return 2 + (latitude - 1) * n_longitudes + longitude % n_longitudes;
    };
    for (int i = 1; i < n_latitudes; ++i) {
        for (int j = 0; j < n_longitudes; ++j) {
            const double polar = pi * i / n_latitudes;
            const double azimuth = 2 * pi * j / n_longitudes;
            surface.nodes.col(node(i, j)) =
                radius * Vector3(std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth),
                                 std::cos(polar));
        }
    }
    surface.triangles.resize(3, 2 * n_longitudes * (n_latitudes - 1));
    int t = 0;
    for (int i = 0; i < n_latitudes; ++i) {
        for (int j = 0; j < n_longitudes; ++j) {
            if (i + 1 < n_latitudes)
                surface.triangles.col(t++) << node(i, j), node(i + 1, j), node(i + 1, j + 1);
            if (i > 0) surface.triangles.col(t++) << node(i, j), node(i + 1, j + 1), node(i, j + 1);
        }
    }
    return surface;
}

FieldScene sphere_head(const Vector3& direction) {
    constexpr double cortex_radius = 0.070;
    constexpr double scalp_radius = 0.090;
    const Vector3 outward = direction.normalized();
    FieldScene scene;
    scene.cortex = sphere(cortex_radius, 60);
    scene.scalp = sphere(scalp_radius, 30);
    scene.didt = ampere_per_microsecond;
    const Vector3 z = -outward;
    const Vector3 y = z.unitOrthogonal();
    Eigen::Matrix3d rotation;
    rotation << y.cross(z), y, z;
    scene.head_from_coil = RigidTransform(rotation, (scalp_radius + 0.005) * outward);
    Points circle(3, 65);
    for (Eigen::Index i = 0; i < circle.cols(); ++i) {
        const double angle = 2 * pi * static_cast<double>(i) / static_cast<double>(circle.cols() - 1);
        circle.col(i) = Vector3(0.045 * std::cos(angle), 0.045 * std::sin(angle), 0);
    }
    scene.windings.push_back(scene.head_from_coil.apply_to_points(circle));
    scene.roi_centre = cortex_radius * outward;
    scene.roi_radius = 0.020;
    scene.title = "A sphere";
    scene.subtitle = "in a sphere";
    scene.magnitude.resize(scene.cortex.n_nodes());
    for (int node = 0; node < scene.cortex.n_nodes(); ++node) {
        const double away = (scene.cortex.nodes.col(node) - scene.roi_centre).norm();
        scene.magnitude[node] = 1.5 * std::exp(-std::pow(away / 0.040, 2));
    }
    return scene;
}

} // namespace corticoil::viz::test
