#include "core/tissue.h"
#include "io/gmsh.h"
#include "support/box_mesh.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

namespace corticoil::io {
namespace {

using test::error_of;
using ::testing::HasSubstr;

/// Labels alternate along x, so that blocks by label need the order restored.
TetMesh striped_box() {
    return test::box_mesh(
        Vector3(-0.08, -0.1, 0.03), Vector3(0.07, 0.1, 0.11), {5, 4, 3}, [](const Vector3& p) {
            return static_cast<int>(std::floor(p[0] * 100)) % 2 == 0 ? tissue::grey_matter : tissue::lesion;
        });
}

void expect_same(const TetMesh& actual, const TetMesh& expected) {
    ASSERT_EQ(actual.n_nodes(), expected.n_nodes());
    EXPECT_LE((actual.nodes - expected.nodes).cwiseAbs().maxCoeff(), 1e-16)
        << "float64 rounding of 0.1 m is 1.4e-17";
    EXPECT_EQ(actual.tetrahedra, expected.tetrahedra);
    EXPECT_EQ(actual.labels, expected.labels);
}

CellFields sample_fields(const TetMesh& mesh) {
    const Points centres = barycentres(mesh);
    return {{"magnE", centres.colwise().norm()}, {"E", centres}};
}

TEST(GmshWrite, RoundTripKeepsEverything) {
    const test::TemporaryFolder folder;
    const TetMesh mesh = striped_box();
    write_gmsh(folder / "head.msh", mesh, sample_fields(mesh));
    const GmshMesh read = read_gmsh_with_report(folder / "head.msh");
    expect_same(read.mesh, mesh);
    EXPECT_EQ(read.n_reoriented, 0);
    EXPECT_EQ(read.n_unused_nodes, 0);
    const std::string bytes = test::read_bytes(folder / "head.msh");
    EXPECT_THAT(bytes, HasSubstr("3 2 \"grey_matter\"\n3 51 \"lesion\"\n"));
    write_gmsh(folder / "again.msh", mesh, sample_fields(mesh));
    EXPECT_EQ(bytes, test::read_bytes(folder / "again.msh")) << "the same mesh must give the same file";
}

TEST(GmshWrite, BadMeshesAreRefusedAndLeaveNoFile) {
    const test::TemporaryFolder folder;
    TetMesh mesh = striped_box();
    mesh.labels[3] = 0;
    EXPECT_THAT(error_of([&] { write_gmsh(folder / "head.msh", mesh); }),
                HasSubstr("tetrahedron 3 has the label 0"));
    mesh = striped_box();
    mesh.nodes(1, 2) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(error_of([&] { write_gmsh(folder / "head.msh", mesh); }), HasSubstr("not finite"));
    EXPECT_THAT(error_of([&] { write_gmsh(folder / "head.msh", TetMesh{}); }), HasSubstr("no tetrahedra"));
    EXPECT_THAT(error_of([&] { write_gmsh(folder / "no" / "head.msh", striped_box()); }),
                HasSubstr("make the folder"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

#ifdef CORTICOIL_GMSH_PROGRAM
TEST(GmshWrite, GmshReadsOurFilesAndWeReadGmshs) {
    const test::TemporaryFolder folder;
    const TetMesh mesh = striped_box();
    write_gmsh(folder / "ours.msh", mesh, sample_fields(mesh));
    for (const std::string options :
         {"-format msh22", "-format msh22 -bin", "-format msh41", "-format msh41 -bin"}) {
        SCOPED_TRACE(options);
        const std::string command = CORTICOIL_GMSH_PROGRAM " " + (folder / "ours.msh").string() + " -save " +
                                    options + " -v 2 -o " + (folder / "gmshs.msh").string() + " > " +
                                    (folder / "log").string() + " 2>&1";
        ASSERT_EQ(std::system(command.c_str()), 0) << test::read_bytes(folder / "log");
        EXPECT_EQ(test::read_bytes(folder / "log"), "") << "Gmsh warned";
        TetMesh read = read_gmsh(folder / "gmshs.msh");
        // Gmsh numbers tetrahedra by entity: compare the volumes.
        ASSERT_EQ(read.n_nodes(), mesh.n_nodes());
        EXPECT_LE((read.nodes - mesh.nodes).cwiseAbs().maxCoeff(), 1e-15);
        ASSERT_EQ(read.n_tetrahedra(), mesh.n_tetrahedra());
        const std::map<int, double> volumes = volumes_by_label(mesh);
        for (const auto& [label, volume] : volumes_by_label(read))
            EXPECT_NEAR(volume, volumes.at(label), 1e-15);
    }
}
#endif

} // namespace
} // namespace corticoil::io
