#include "picture_file.h"
#include "sphere_head.h"
#include "viz/field_camera.h"
#include "viz/field_extras.h"
#include "viz/field_frames.h"
#include "viz/field_lines.h"
#include "viz/field_picture.h"
#include "viz/field_slices.h"
#include "viz/plane_section.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "support/round_head.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::viz {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

/// A round head in which E turns around the z axis, as strong as the distance from it times 20/s.
std::shared_ptr<FieldVolume> turning_field() {
    auto volume = std::make_shared<FieldVolume>();
    volume->mesh = corticoil::test::round_head(16);
    const Points middles = barycentres(volume->mesh);
    volume->field.resize(3, middles.cols());
    for (Eigen::Index t = 0; t < middles.cols(); ++t)
        volume->field.col(t) = 20 * Vector3(-middles(1, t), middles(0, t), 0);
    return volume;
}

/// The round head as a scene with the coil over its left upper side.
FieldScene round_scene() {
    FieldScene scene = test::sphere_head(Vector3(-0.6, 0.1, 0.8));
    scene.volume = turning_field();
    scene.cortex = grey_matter_boundary(scene.volume->mesh).surface;
    scene.scalp = outer_boundary(scene.volume->mesh).surface;
    scene.magnitude = 20 * scene.cortex.nodes.topRows(2).colwise().norm().transpose();
    scene.roi_centre *= scene.cortex.nodes.colwise().norm().maxCoeff() / scene.roi_centre.norm();
    scene.roi_radius = 0.010;
    return scene;
}

double area_of(const SurfaceMesh& surface) {
    return area_vectors(surface).colwise().norm().sum();
}

TEST(PlaneSection, HasTheAreaOfTheSphereAndFacesAlongTheNormal) {
    const std::shared_ptr<FieldVolume> volume = turning_field();
    const double radius = volume->mesh.nodes.colwise().norm().maxCoeff();
    for (const double level : {0.0, 0.03}) {
        for (const Vector3& normal : {Vector3(0, 0, 1), Vector3(0.48, -0.6, 0.64)}) {
            const PlaneSection section = section_of(*volume, {level * normal, normal});
            const double expected = pi * (radius * radius - level * level);
            EXPECT_NEAR(area_of(section.surface) / expected, 1, 0.04) << level;
            const VectorField areas = area_vectors(section.surface);
            EXPECT_GE((normal.transpose() * areas).minCoeff(), 0);
            EXPECT_LT((normal.transpose() * section.surface.nodes).array().maxCoeff() - level, 1e-9);
        }
    }
    EXPECT_EQ(section_of(*volume, {Vector3(0, 0, 0.2), Vector3::UnitZ()}).surface.n_triangles(), 0);
}

TEST(PlaneSection, ReadsTheFieldAndFindsWhereTissuesMeet) {
    const std::shared_ptr<FieldVolume> volume = turning_field();
    const PlaneSection section = section_of(*volume, {Vector3::Zero(), Vector3::UnitZ()});
    double sum_squared = 0;
    for (int node = 0; node < section.surface.n_nodes(); ++node) {
        const double expected = 20 * section.surface.nodes.col(node).head<2>().norm();
        sum_squared += std::pow(section.magnitude[node] - expected, 2);
    }
    EXPECT_LT(std::sqrt(sum_squared / section.surface.n_nodes()), 0.08) << "of 1.8 V/m at the rim";
    // Two closed lines: grey matter against scalp, and the scalp against the air.
    double inner = 0;
    double outer = 0;
    const double radius = volume->mesh.nodes.colwise().norm().maxCoeff();
    for (const Points& line : section.boundaries)
        (line.col(0).norm() > 0.9 * radius ? outer : inner) += (line.col(1) - line.col(0)).norm();
    EXPECT_NEAR(outer / (2 * pi * radius), 1, 0.05);
    EXPECT_GT(inner, pi * radius);
    EXPECT_LT(inner, outer);
}

TEST(Below, KeepsHalfOfASphereWithItsColours) {
    const SurfaceMesh ball = test::sphere(0.05, 40);
    Body body{ball, {}, Light::studio};
    for (int node = 0; node < ball.n_nodes(); ++node)
        body.node_colours.push_back(mix(black, white, static_cast<float>(0.5 + ball.nodes(2, node) / 0.1)));
    const Body half = below(body, {Vector3(0, 0, 0.007), Vector3::UnitZ()});
    // Archimedes: the area of a zone is proportional to its height.
    EXPECT_NEAR(area_of(half.surface) / area_of(ball), 0.057 / 0.100, 0.005);
    ASSERT_EQ(half.node_colours.size(), static_cast<std::size_t>(half.surface.n_nodes()));
    double highest = -1;
    for (int t = 0; t < half.surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            const int node = half.surface.triangles(corner, t);
            highest = std::max(highest, half.surface.nodes(2, node));
            EXPECT_NEAR(half.node_colours[static_cast<std::size_t>(node)].red,
                        0.5 + half.surface.nodes(2, node) / 0.1, 0.01);
        }
    }
    EXPECT_NEAR(highest, 0.007, 1e-9);
    double length = 0;
    for (const Points& line : plane_cut(ball, {Vector3(0, 0, 0.007), Vector3::UnitZ()}))
        length += (line.col(1) - line.col(0)).norm();
    EXPECT_NEAR(length / (2 * pi * std::sqrt(0.05 * 0.05 - 0.007 * 0.007)), 1, 0.01);
}

TEST(ThinnedNodes, LieApartAndLeaveNoGap) {
    const SurfaceMesh ball = test::sphere(0.05, 60);
    const Vector3 centre(0, 0, 0.05);
    constexpr double spacing = 0.006;
    constexpr double radius = 0.030;
    const std::vector<int> kept = thinned_nodes(ball, centre, radius, spacing);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        for (std::size_t j = i + 1; j < kept.size(); ++j)
            EXPECT_GE((ball.nodes.col(kept[i]) - ball.nodes.col(kept[j])).norm(), spacing);
    }
    for (int node = 0; node < ball.n_nodes(); ++node) {
        const Vector3 point = ball.nodes.col(node);
        if ((point - centre).norm() > radius) continue;
        double nearest = 1;
        for (const int other : kept) nearest = std::min(nearest, (ball.nodes.col(other) - point).norm());
        EXPECT_LT(nearest, spacing);
    }
    // All nodes, the wrong variant, are many more, and crowded at the pole.
    EXPECT_LT(kept.size(), 120U);
}

TEST(FieldLines, FollowCirclesAndStayInTheHead) {
    const std::shared_ptr<FieldVolume> volume = turning_field();
    const SmoothField field(*volume, Vector3::Zero(), 1, [](int) { return true; });
    const PointLocator head(volume->mesh);
    const std::vector<FieldLine> lines =
        field_lines(field, {Vector3(0.03, 0, 0.01), Vector3(0.03, 0.001, 0.01), Vector3(0, 0.07, 0)},
                    {.half_length = 0.06, .weakest = 0.1});
    ASSERT_EQ(lines.size(), 2U) << "the second seed lies on the first line";
    for (const FieldLine& line : lines) {
        const double radius = line.points.col(line.points.cols() / 2).head<2>().norm();
        for (Eigen::Index i = 0; i < line.points.cols(); ++i) {
            EXPECT_NEAR(line.points.col(i).head<2>().norm(), radius, 0.004);
            EXPECT_NEAR(line.magnitude[i], 20 * radius, 0.12);
            EXPECT_TRUE(head.find(line.points.col(i)).has_value()) << "outside the head";
        }
    }
    EXPECT_NEAR(lines[0].points.cols(), 1 + 2 * 0.06 / 0.0007, 2.1);
    EXPECT_TRUE(field_lines(field, {Vector3(0.03, 0, 0.01)}, {.weakest = 5}).empty());
    EXPECT_TRUE(field_lines(field, {Vector3(0, 0, 0.3)}, {}).empty());
}

TEST(FieldCut, PlaneHoldsTheTargetAndTheCoilsAxis) {
    const FieldScene scene = round_scene();
    const Plane plane = cut_plane(scene);
    EXPECT_NEAR(plane.height(scene.roi_centre), 0, 1e-12);
    EXPECT_NEAR(plane.normal.dot(scene.head_from_coil.rotation().col(2)), 0, 1e-12);
    EXPECT_NEAR(plane.normal.norm(), 1, 1e-12);
    // The camera looks at the open side.
    EXPECT_GT(field_camera(scene, FieldView::cut, {}).towards_viewer.dot(plane.normal), 0.8);
}

TEST(FieldViewsOfTheVolume, AreDrawn) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = round_scene();
    for (int i = 0; i < 5; ++i) {
        RigidTransform pose = scene.head_from_coil;
        pose = RigidTransform(pose.rotation(), pose.translation() + 0.004 * i * pose.rotation().col(0));
        scene.candidates.push_back({pose, 1.0 - 0.05 * i});
    }
    scene.candidate_title = "mean |E| (V/m)";
    for (const FieldView view :
         {FieldView::cut, FieldView::arrows, FieldView::streamlines, FieldView::candidates}) {
        const std::filesystem::path path = folder / (std::string(name_of(view)) + ".png");
        draw_field(scene, view, {}, {.width = 640, .height = 480}, path);
        const Canvas picture = test::read_picture(path);
        EXPECT_LT(test::count_near(picture, white, 0.01, 20, 50, 480, 415), 150000) << name_of(view);
    }
    // On the section the field is strong outside, weak at the axis of turning, and the scalp has its own
    // colour.
    const Canvas cut = test::read_picture(folder / "cut.png");
    const PictureCamera camera = field_camera(scene, FieldView::cut, {.width = 640, .height = 480});
    const Vector3 axis =
        camera.project(scene.roi_centre - 0.95 * scene.roi_centre.dot(Vector3(-0.6, 0.1, 0.8).normalized()) *
                                              Vector3(-0.6, 0.1, 0.8).normalized());
    EXPECT_LT(test::distance(test::mean_around(cut, axis.x(), axis.y(), 2), field_colour(0.03)), 0.25);
    FieldLook by_tissue;
    by_tissue.cut_by_tissue = true;
    draw_field(scene, FieldView::cut, by_tissue, {.width = 640, .height = 480}, folder / "tissue.png");
    EXPECT_GT(test::count_near(test::read_picture(folder / "tissue.png"), tissue_colour(tissue::grey_matter),
                               0.05, 20, 50, 480, 415),
              1000);
}

TEST(FieldViewsOfTheVolume, NeedWhatTheyShow) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = round_scene();
    const auto drawing = [&](FieldView view) {
        return [&, view] { draw_field(scene, view, {}, {.width = 640, .height = 480}, folder / "none.png"); };
    };
    EXPECT_THAT(drawing(FieldView::candidates), ThrowsMessage<Error>(HasSubstr("no candidate poses")));
    auto broken = std::make_shared<FieldVolume>(*scene.volume);
    broken->field(1, 5) = std::numeric_limits<double>::quiet_NaN();
    scene.volume = broken;
    EXPECT_THAT(drawing(FieldView::cut), ThrowsMessage<Error>(HasSubstr("not a finite number")));
    scene.volume.reset();
    EXPECT_THAT(drawing(FieldView::arrows), ThrowsMessage<Error>(HasSubstr("the view arrows needs E")));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Frames, TurnAroundTheHeadOnOneScale) {
    const corticoil::test::TemporaryFolder folder;
    FieldScene scene = round_scene();
    const PictureOptions options{.width = 480, .height = 360};
    const std::vector<PictureCamera> cameras = orbit_cameras(scene, options, 4);
    ASSERT_EQ(cameras.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
        const PictureCamera& camera = cameras[i];
        EXPECT_EQ(camera.metres_per_pixel, cameras[0].metres_per_pixel);
        EXPECT_NEAR(camera.towards_viewer.z(), cameras[0].towards_viewer.z(), 1e-12);
        // A quarter of a turn from one to the next.
        const PictureCamera& next = cameras[(i + 1) % 4];
        EXPECT_NEAR(camera.towards_viewer.head<2>().dot(next.towards_viewer.head<2>()), 0, 1e-12);
        for (Eigen::Index node = 0; node < scene.scalp.nodes.cols(); ++node) {
            const Vector3 pixel = camera.project(scene.scalp.nodes.col(node));
            ASSERT_TRUE(pixel.x() > 0 && pixel.x() < 480 && pixel.y() > 0 && pixel.y() < 360);
        }
    }
    scene.candidates = {{scene.head_from_coil, 1.0}, {scene.head_from_coil, 0.9}};
    int n_files = 0;
    draw_sweep(scene, {}, options, [&](int frame) {
        ++n_files;
        return folder / std::to_string(frame);
    });
    EXPECT_EQ(n_files, 2);
    EXPECT_EQ(test::read_picture(folder / "2").width(), 480);
    EXPECT_THAT([&] { draw_orbit(scene, {}, options, 1, [&](int) { return folder / "none"; }); },
                ThrowsMessage<Error>(HasSubstr("give 2 to 720")));
}

TEST(FieldSlices, ShowTheFieldOverTheT1) {
    const corticoil::test::TemporaryFolder folder;
    const FieldScene scene = round_scene();
    Eigen::Affine3d affine = Eigen::Affine3d::Identity();
    affine.linear().diagonal().setConstant(0.004);
    affine.translation().setConstant(-0.100);
    ScalarImage t1({51, 51, 51}, affine, 50.0F);
    for (int j = 0; j < 51; ++j)
        std::fill_n(&t1.at(0, j, 50), 51, 100.0F); // White is brighter than the head.
    LabelImage tissues({51, 51, 51}, affine, 0);
    const PointLocator locator(scene.volume->mesh);
    for (int k = 0; k < 51; ++k) {
        for (int j = 0; j < 51; ++j) {
            for (int i = 0; i < 51; ++i) {
                const std::optional<int> t = locator.find(affine * Vector3(i, j, k));
                if (t) {
                    tissues.at(i, j, k) =
                        static_cast<std::uint8_t>(scene.volume->mesh.labels[static_cast<std::size_t>(*t)]);
                }
            }
        }
    }
    draw_field_slices(scene, t1, tissues, {.width = 1000, .height = 750}, folder / "slices.png");
    const Canvas picture = test::read_picture(folder / "slices.png");
    int n_field = 0;
    int n_grey = 0;
    for (int row = 80; row < 640; ++row) {
        for (int column = 30; column < 740; ++column) {
            const Colour& colour = picture.at(column, row);
            const float spread = std::max({colour.red, colour.green, colour.blue}) -
                                 std::min({colour.red, colour.green, colour.blue});
            if (colour.blue > colour.red + 0.15F) ++n_field;
            if (spread < 0.02F && colour.red > 0.3F && colour.red < 0.99F) ++n_grey;
        }
    }
    EXPECT_GT(n_field, 20000);
    EXPECT_GT(n_grey, 5000) << "the scalp and the air of the T1 stay grey";
}

} // namespace
} // namespace corticoil::viz
