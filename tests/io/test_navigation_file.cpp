#include "io/navigation_file.h"

#include "core/constants.h"
#include "io/navigation_formats.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <Eigen/Geometry>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace corticoil::io {
namespace {

using ::testing::HasSubstr;

/// A pose that no symmetry maps onto itself.
RigidTransform sample_pose(std::mt19937& generator) {
    std::uniform_real_distribution<double> uniform(-1, 1);
    const Vector3 axis = Vector3(uniform(generator), uniform(generator), uniform(generator)).normalized();
    const Eigen::Matrix3d rotation = Eigen::AngleAxisd(pi * uniform(generator), axis).toRotationMatrix();
    return RigidTransform(rotation,
                          0.1 * Vector3(uniform(generator), uniform(generator), uniform(generator)));
}

std::vector<NavigationPose> sample_poses(int n = 20) {
    std::mt19937 generator(7);
    std::vector<NavigationPose> poses;
    for (int i = 0; i < n; ++i) {
        NavigationPose pose;
        pose.name = fmt::format("place <{}> & \"é\"", i);
        pose.head_from_coil = sample_pose(generator);
        poses.push_back(pose);
    }
    return poses;
}

struct Deviation {
    double millimetres = 0;
    double degrees = 0;
};

Deviation deviation_of(const RigidTransform& a, const RigidTransform& b) {
    const Eigen::Matrix3d turn = a.rotation().transpose() * b.rotation();
    const Vector3 axis(turn(2, 1) - turn(1, 2), turn(0, 2) - turn(2, 0), turn(1, 0) - turn(0, 1));
    return {(a.translation() - b.translation()).norm() * millimetres_per_metre,
            std::atan2(axis.norm(), turn.trace() - 1) * 180 / pi};
}

NavigationFile read_text(const test::TemporaryFolder& folder, const std::string& name,
                         const std::string& content) {
    test::write_bytes(folder / name, content);
    return read_navigation(folder / name);
}

std::string message(const test::TemporaryFolder& folder, const std::string& name,
                    const std::string& content) {
    return test::error_of([&] { (void)read_text(folder, name, content); });
}

/// Brainsight's table of one target.
std::string brainsight(const std::string& row, const std::string& system = "NIfTI:Scanner",
                       const std::string& units = "millimetres") {
    return fmt::format(
        "# Version: 13\r\n# Coordinate system: {}\r\n# Units: {}\r\n# Target Name\tLoc. X\tLoc. "
        "Y\tLoc. Z\tm0n0\tm0n1\tm0n2\tm1n0\tm1n1\tm1n2\tm2n0\tm2n1\tm2n2\r\n{}\r\n",
        system, units, row);
}

TEST(NavigationFile, EveryWrittenFormatComesBackExactly) {
    const test::TemporaryFolder folder;
    NavigationImage image;
    image.head_from_voxel = Eigen::Translation3d(0.09, -0.126, -0.072) * Eigen::Scaling(-1e-3, 1e-3, 1e-3);
    const std::vector<NavigationPose> poses = sample_poses();
    struct Case {
        PoseFormat format;
        std::string name;
        bool has_names;
    };
    for (const Case& one :
         {Case{PoseFormat::brainsight, "b.txt", true}, Case{PoseFormat::localite, "l.xml", true},
          Case{PoseFormat::ant, "a.mrk", true}, Case{PoseFormat::csv, "c.csv", true},
          Case{PoseFormat::matsimnibs, "m.json", false}}) {
        (void)write_navigation(folder / one.name, one.format, poses, {.coil = "D70", .image = image});
        const NavigationFile read = read_navigation(folder / one.name);
        EXPECT_EQ(read.format, one.format) << one.name;
        ASSERT_EQ(read.poses.size(), poses.size()) << one.name;
        for (std::size_t i = 0; i < poses.size(); ++i) {
            const Deviation deviation = deviation_of(read.poses[i].head_from_coil, poses[i].head_from_coil);
            EXPECT_LT(deviation.millimetres, 1e-6) << one.name;
            EXPECT_LT(deviation.degrees, 1e-6) << one.name;
            if (one.has_names) {
                EXPECT_EQ(read.poses[i].name, poses[i].name) << one.name;
            }
        }
        if (one.format == PoseFormat::ant) {
            ASSERT_TRUE(read.space.image.has_value());
            EXPECT_TRUE(read.space.image->head_from_voxel.isApprox(image.head_from_voxel, 1e-12));
        }
    }
    (void)write_navigation(folder / "pose.json", PoseFormat::pose, {poses[0]});
    EXPECT_LT(
        deviation_of(read_navigation(folder / "pose.json").poses[0].head_from_coil, poses[0].head_from_coil)
            .degrees,
        1e-6);
}

TEST(NavigationFile, TheTableKeepsEverything) {
    const test::TemporaryFolder folder;
    NavigationPose pose = sample_poses(1)[0];
    pose.name = "a, \"b\"";
    pose.target = "M1, left";
    pose.time = "10:05";
    pose.is_recorded = true;
    pose.didt = 61.3e6;
    pose.mso = 47;
    EXPECT_TRUE(write_navigation(folder / "c.csv", PoseFormat::csv, {pose}).empty());
    const NavigationPose read = read_navigation(folder / "c.csv").poses.at(0);
    EXPECT_EQ(read.name, pose.name);
    EXPECT_EQ(read.target, pose.target);
    EXPECT_EQ(read.time, pose.time);
    EXPECT_TRUE(read.is_recorded);
    EXPECT_DOUBLE_EQ(read.didt.value(), 61.3e6);
    EXPECT_DOUBLE_EQ(read.mso.value(), 47);
    // Formats without a place for it say what is lost.
    EXPECT_EQ(write_navigation(folder / "l.xml", PoseFormat::localite, {pose}),
              (std::vector<std::string>{"stimulator output", "times"}));
}

/// Our axes of each tool's, written out: which of the tool's columns is ours, with its sign.
TEST(NavigationFile, AxesAreThoseOfEachProgram) {
    std::mt19937 generator(3);
    const Eigen::Matrix3d tool = sample_pose(generator).rotation();
    const Eigen::Matrix3d from_brainsight = brainsight_axes().to_ours(tool);
    EXPECT_TRUE(from_brainsight.col(0).isApprox(-tool.col(0)));
    EXPECT_TRUE(from_brainsight.col(1).isApprox(tool.col(1)));
    EXPECT_TRUE(from_brainsight.col(2).isApprox(-tool.col(2)));
    const Eigen::Matrix3d from_localite = localite_axes().to_ours(tool);
    EXPECT_TRUE(from_localite.col(0).isApprox(tool.col(2)));
    EXPECT_TRUE(from_localite.col(1).isApprox(-tool.col(1)));
    EXPECT_TRUE(from_localite.col(2).isApprox(tool.col(0)));
    const Eigen::Matrix3d from_softaxic = softaxic_axes().to_ours(tool);
    EXPECT_TRUE(from_softaxic.col(0).isApprox(-tool.col(1)));
    EXPECT_TRUE(from_softaxic.col(1).isApprox(tool.col(0)));
    EXPECT_TRUE(from_softaxic.col(2).isApprox(tool.col(2)));
    // ANT's x is our −y, its y our −x, its z our −z.
    const Eigen::Matrix3d to_ant = ant_axes().to_tool(tool);
    EXPECT_TRUE(to_ant.col(0).isApprox(-tool.col(1)));
    EXPECT_TRUE(to_ant.col(1).isApprox(-tool.col(0)));
    EXPECT_TRUE(to_ant.col(2).isApprox(-tool.col(2)));
    for (const ToolAxes& axes : {brainsight_axes(), localite_axes(), softaxic_axes(), ant_axes()}) {
        EXPECT_DOUBLE_EQ(axes.tool_from_ours.determinant(), 1);
        EXPECT_TRUE(axes.to_tool(axes.to_ours(tool)).isApprox(tool));
    }
    // Softaxic's is not its own inverse: applying it twice is not the identity.
    EXPECT_FALSE(softaxic_axes().to_ours(softaxic_axes().to_ours(tool)).isApprox(tool));
}

TEST(NavigationFile, RoundedNumbersBecomeRotations) {
    const test::TemporaryFolder folder;
    std::mt19937 generator(11);
    for (int i = 0; i < 200; ++i) {
        const RigidTransform pose = sample_pose(generator);
        const Eigen::Matrix3d tool = brainsight_axes().to_tool(pose.rotation());
        const Vector3 mm = pose.translation() * millimetres_per_metre;
        for (const int decimals : {3, 4}) {
            std::string row = fmt::format("p\t{:.3f}\t{:.3f}\t{:.3f}", mm[0], mm[1], mm[2]);
            for (int axis = 0; axis < 3; ++axis) {
                for (int j = 0; j < 3; ++j) row += fmt::format("\t{:.{}f}", tool(j, axis), decimals);
            }
            const NavigationFile read = read_text(folder, "t.txt", brainsight(row));
            const Deviation deviation = deviation_of(read.poses.at(0).head_from_coil, pose);
            EXPECT_LT(deviation.millimetres, 1e-3);
            // Half a unit of the last digit, in degrees: 0.029 and 0.0029 for one number, twice for nine.
            EXPECT_LT(deviation.degrees, decimals == 4 ? 0.006 : 0.06);
            EXPECT_GT(deviation.degrees, 1e-6);
        }
    }
}

TEST(NavigationFile, MatricesThatAreNoRotationsAreRefused) {
    const test::TemporaryFolder folder;
    const auto refused = [&](const std::string& matrix) {
        return message(folder, "t.txt", brainsight("p\t0\t0\t90\t" + matrix));
    };
    EXPECT_EQ(refused("1\t0\t0\t0\t1\t0\t0\t0\t1"), "no error");
    EXPECT_THAT(refused("1\t0\t0\t0\t1\t0\t0\t0\t-1"), HasSubstr("line 5: its axes are left-handed"));
    EXPECT_THAT(refused("1\t0\t0\t0.02\t1\t0\t0\t0\t1"), HasSubstr("sheared or scaled"));
    EXPECT_THAT(refused("1.01\t0\t0\t0\t1.01\t0\t0\t0\t1.01"), HasSubstr("sheared or scaled"));
    EXPECT_THAT(refused("1\t0\t0\t0\t1\t0\t0\t0\tnan"), HasSubstr("m2n2: 'nan' is no number"));
    EXPECT_THAT(refused("1\t0\t0\t0\t1\t0\t0\t0\tx"), HasSubstr("m2n2: 'x' is no number"));
    EXPECT_THAT(message(folder, "t.txt", brainsight("p\t0\t0\t90000\t1\t0\t0\t0\t1\t0\t0\t0\t1")),
                HasSubstr("positions must be in mm"));
}

TEST(NavigationFile, BrainsightIsReadByTheNamesOfItsColumns) {
    const test::TemporaryFolder folder;
    const std::string text =
        "# Version: 14\n# Coordinate system: NIfTI:S:Scanner\n"
        "# Units: millimetres, degrees, milliseconds, and microvolts\n"
        "# Planned Landmark Name\tLoc. X\tLoc. Y\tLoc. Z\nNz\t0\t90\t0\n"
        "# Sample Name\tm0n0\tm0n1\tm0n2\tm1n0\tm1n1\tm1n2\tm2n0\tm2n1\tm2n2\tLoc. Z\tLoc. Y\tLoc. X\tAssoc. "
        "Target\n"
        "Sample 1\t1\t0\t0\t0\t1\t0\t0\t0\t1\t3\t2\t1\tM1\n"
        "Sample 2\t(null)\t0\t0\t0\t1\t0\t0\t0\t1\t3\t2\t1\t(null)\n";
    const NavigationFile read = read_text(folder, "t.txt", text);
    ASSERT_EQ(read.poses.size(), 1U);
    EXPECT_EQ(read.n_missing, 1);
    EXPECT_TRUE(read.poses[0].is_recorded);
    EXPECT_EQ(read.poses[0].target, "M1");
    EXPECT_TRUE(read.poses[0].head_from_coil.translation().isApprox(Vector3(0.001, 0.002, 0.003)));
    EXPECT_TRUE(
        read.poses[0].head_from_coil.rotation().isApprox(Eigen::Matrix3d(Vector3(-1, 1, -1).asDiagonal())));
    const std::string row = "p\t0\t0\t90\t1\t0\t0\t0\t1\t0\t0\t0\t1";
    EXPECT_TRUE(read_text(folder, "t.txt", brainsight(row, "NIfTI:MNI-152")).space.is_mni);
    EXPECT_FALSE(read_text(folder, "t.txt", brainsight(row, "World")).space.is_mni);
    EXPECT_THAT(message(folder, "t.txt", brainsight(row, "Brainsight")), HasSubstr("Brainsight's own"));
    EXPECT_THAT(message(folder, "t.txt", brainsight(row, "Ours")), HasSubstr("'Ours' is not known"));
    EXPECT_THAT(message(folder, "t.txt", brainsight(row, "World", "inches")), HasSubstr("'inches'"));
    EXPECT_THAT(message(folder, "t.txt", "# Version: 13\n" + row), HasSubstr("does not say its coordinate"));
}

/// Localite's list with one trigger marker.
std::string trigger(const std::string& matrix, const std::string& value, const std::string& space = "RAS") {
    return fmt::format("<?xml version=\"1.0\"?><TriggerMarkerList coordinateSpace=\"{}\"><TriggerMarker "
                       "recordingTime=\"52\"><ResponseValues><Value key=\"valueA\" response=\"{}\"/><Value "
                       "key=\"amplitudeA\" response=\"47\"/></ResponseValues><Matrix4D {}/>"
                       "</TriggerMarker></TriggerMarkerList>",
                       space, value, matrix);
}

const char* const localite_matrix = "data00=\"0\" data01=\"0\" data02=\"1\" data03=\"10\" data10=\"0\" "
                                    "data11=\"-1\" data12=\"0\" data13=\"20\" "
                                    "data20=\"1\" data21=\"0\" data22=\"0\" data23=\"30\" data30=\"0\" "
                                    "data31=\"0\" data32=\"0\" data33=\"1\"";

TEST(NavigationFile, LocalitePulsesHaveTheirOutputAndUntrackedOnesAreMissing) {
    const test::TemporaryFolder folder;
    const NavigationPose pulse = read_text(folder, "t.xml", trigger(localite_matrix, "61.0")).poses.at(0);
    EXPECT_TRUE(pulse.is_recorded);
    EXPECT_DOUBLE_EQ(pulse.didt.value(), 61e6);
    EXPECT_DOUBLE_EQ(pulse.mso.value(), 47);
    EXPECT_TRUE(pulse.head_from_coil.rotation().isIdentity());
    EXPECT_TRUE(pulse.head_from_coil.translation().isApprox(Vector3(0.010, 0.020, 0.030)));
    for (const char* unknown : {"NaN", "0", ""}) {
        EXPECT_FALSE(read_text(folder, "t.xml", trigger(localite_matrix, unknown)).poses.at(0).didt)
            << unknown;
    }
    // LPS: x and y are turned round on the left.
    const NavigationPose lps = read_text(folder, "t.xml", trigger(localite_matrix, "61", "LPS")).poses.at(0);
    EXPECT_TRUE(lps.head_from_coil.translation().isApprox(Vector3(-0.010, -0.020, 0.030)));
    EXPECT_TRUE(lps.head_from_coil.rotation().isApprox(Eigen::Matrix3d(Vector3(-1, -1, 1).asDiagonal())));
    EXPECT_THAT(message(folder, "t.xml", trigger(localite_matrix, "61", "")),
                HasSubstr("coordinateSpace is ''"));
    std::string untracked = trigger(localite_matrix, "61");
    const std::size_t at = untracked.find("</TriggerMarkerList>");
    untracked.insert(at,
                     "<TriggerMarker recordingTime=\"53\"><Matrix4D data00=\"0\" data01=\"0\" data02=\"0\" "
                     "data03=\"0\" data10=\"0\" data11=\"0\" data12=\"0\" data13=\"0\" data20=\"0\" "
                     "data21=\"0\" data22=\"0\" data23=\"0\"/></TriggerMarker>");
    const NavigationFile read = read_text(folder, "t.xml", untracked);
    EXPECT_EQ(read.poses.size(), 1U);
    EXPECT_EQ(read.n_missing, 1);
    EXPECT_THAT(read.warnings.at(0), HasSubstr("1 entry has no pose"));
}

TEST(NavigationFile, SoftaxicIsReadWithAWarningAndNeverWritten) {
    const test::TemporaryFolder folder;
    const NavigationFile read =
        read_text(folder, "s.stmpx",
                  "<Session><Point name=\"M1\"><Matrix>0 1 0 1\n-1 0 0 2\n0 0 1 3\n0 0 0 "
                  "1</Matrix></Point></Session>");
    EXPECT_THAT(read.warnings.at(0), HasSubstr("is an assumption"));
    EXPECT_EQ(read.poses.at(0).name, "M1");
    // Columns (0,−1,0), (1,0,0), z: ours are −(1,0,0), (0,−1,0), z.
    EXPECT_TRUE(
        read.poses[0].head_from_coil.rotation().isApprox(Eigen::Matrix3d(Vector3(-1, -1, 1).asDiagonal())));
    EXPECT_THAT(test::error_of([&] {
                    (void)write_navigation(folder / "s.stmpx", PoseFormat::softaxic, sample_poses(1));
                }),
                HasSubstr("only read"));
}

TEST(NavigationFile, AntAxesAndImageAreThoseOfTheFile) {
    const test::TemporaryFolder folder;
    const auto text = [](const std::string& axes, const std::string& system) {
        return fmt::format(R"({{"Configuration": {{"AssociatedImageInfo": {{"NIfTI_quatern": [0, 0, 0],
            "NIfTI_qoffset": [-90, -126, -72], "NIfTI_pixdim": [1, 1, 2, 3]}}}}, "TargetMarkers": [{{"CoilTarget":
            {{"Name": "M1", "CoordinateSystem": "{}", "PositionalUnit": "mm", "CoilAxesConvention": "{}",
            "CoilPose": {{"RigidTransformMatrix4x4": [[1,0,0,1],[0,1,0,2],[0,0,1,3],[0,0,0,1]]}}}}}}]}})",
                           system, axes);
    };
    const NavigationFile read = read_text(folder, "a.mrk", text("simnibs", "ASSOCIATED_IMAGE"));
    EXPECT_TRUE(read.poses.at(0).head_from_coil.rotation().isIdentity());
    EXPECT_TRUE(
        (read.space.image->head_from_voxel * Vector3(1, 1, 1)).isApprox(Vector3(-0.089, -0.124, -0.069)));
    const NavigationFile own = read_text(folder, "a.mrk", text("visor2", "ASSOCIATED_IMAGE"));
    EXPECT_TRUE(own.poses.at(0).head_from_coil.rotation().col(2).isApprox(-Vector3::UnitZ()));
    EXPECT_THAT(message(folder, "a.mrk", text("other", "ASSOCIATED_IMAGE")), HasSubstr("CoilAxesConvention"));
    EXPECT_THAT(message(folder, "a.mrk", text("simnibs", "HEAD")), HasSubstr("only ASSOCIATED_IMAGE"));
    EXPECT_THAT(
        test::error_of([&] { (void)write_navigation(folder / "b.mrk", PoseFormat::ant, sample_poses(1)); }),
        HasSubstr("give --subject"));
}

TEST(NavigationFile, MatricesOfSimnibsInEveryForm) {
    const test::TemporaryFolder folder;
    const std::string one = "[[1,0,0,1],[0,1,0,2],[0,0,1,3],[0,0,0,1]]";
    EXPECT_EQ(read_text(folder, "m.json", one).poses.size(), 1U);
    EXPECT_EQ(read_text(folder, "m.json", "[" + one + "," + one + "]").poses.size(), 2U);
    EXPECT_EQ(read_text(folder, "m.json", R"({"matsimnibs": )" + one + "}").poses.size(), 1U);
    const NavigationFile text = read_text(folder, "m.csv", "1,0,0,1\n0,1,0,2\n0,0,1,3\n0,0,0,1\n");
    EXPECT_TRUE(text.poses.at(0).head_from_coil.translation().isApprox(Vector3(0.001, 0.002, 0.003)));
    EXPECT_EQ(
        read_text(folder, "m.txt", "1 0 0 1\n0 1 0 2\n0 0 1 3\n0 0 0 1\n\n1 0 0 1\n0 1 0 2\n0 0 1 3\n0 0 0 1")
            .poses.size(),
        2U);
    EXPECT_THAT(message(folder, "m.txt", "1 0 0 1\n0 1 0 2\n0 0 1 3\n"),
                HasSubstr("ends within a 4×4 matrix"));
    EXPECT_THAT(message(folder, "m.txt", "1 0 0\n"), HasSubstr("has 3 numbers"));
    EXPECT_THAT(message(folder, "m.txt", "1 0 0 1\n0 1 0 2\n0 0 1 3\n0 0 1 1\n"), HasSubstr("last row"));
    EXPECT_THAT(message(folder, "m.json", "{\"a\": 1}"), HasSubstr("neither head_from_coil nor matrices"));
    EXPECT_THAT(message(folder, "m.csv", "a,b\n1,2\n"), HasSubstr("neither a matrix nor our header"));
}

TEST(NavigationFile, DamagedFilesDoNoHarm) {
    const test::TemporaryFolder folder;
    NavigationImage image;
    const std::vector<NavigationPose> poses = sample_poses(3);
    std::mt19937 generator(5);
    for (const PoseFormat format : {PoseFormat::brainsight, PoseFormat::localite, PoseFormat::ant,
                                    PoseFormat::csv, PoseFormat::matsimnibs}) {
        const std::string name = format == PoseFormat::brainsight ? "d.txt"
                                 : format == PoseFormat::localite ? "d.xml"
                                 : format == PoseFormat::ant      ? "d.mrk"
                                 : format == PoseFormat::csv      ? "d.csv"
                                                                  : "d.json";
        (void)write_navigation(folder / name, format, poses, {.image = image});
        const std::string whole = test::read_bytes(folder / name);
        for (int i = 0; i < 200; ++i) {
            std::string damaged = whole;
            const std::size_t at = generator() % whole.size();
            if (i % 2 == 0) {
                damaged.resize(at);
            } else {
                damaged[at] = static_cast<char>(generator());
            }
            // A pose or an Error with the file's name; nothing else escapes.
            const std::string said = message(folder, name, damaged);
            EXPECT_TRUE(said == "no error" || said.find(name) != std::string::npos) << said;
        }
    }
    EXPECT_THAT(message(folder, "d.xml", ""), HasSubstr("is no XML"));
    EXPECT_THAT(message(folder, "d.xml", "<Other coordinateSpace=\"RAS\"/>"), HasSubstr("is a Other"));
    EXPECT_THAT(message(folder, "d.doc", "x"), HasSubstr("is no file of poses"));
    EXPECT_THAT(message(folder, "d.txt", "\xFF\xFE#"), HasSubstr("UTF-16"));
    EXPECT_THAT(message(folder, "d.csv", ""), HasSubstr("holds no pose"));
    // Nested as deep as the file is long, and an entity that would blow up if it were expanded.
    std::string deep;
    constexpr int depth = 100'000;
    for (int i = 0; i < depth; ++i) deep += "<a>";
    EXPECT_THAT(message(folder, "d.stmpx", deep), HasSubstr("is no XML"));
    for (int i = 0; i < depth; ++i) deep += "</a>";
    EXPECT_THAT(message(folder, "d.stmpx", deep), HasSubstr("holds no pose"));
    EXPECT_THAT(message(folder, "d.xml",
                        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
                        "<InstrumentMarkerList coordinateSpace=\"&b;\"/>"),
                HasSubstr("coordinateSpace is '&b;'"));
}

} // namespace
} // namespace corticoil::io
