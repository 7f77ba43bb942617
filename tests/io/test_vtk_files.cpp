#include "core/tissue.h"
#include "io/vtk_files.h"
#include "support/box_mesh.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vtkCellData.h>
#include <vtkDataArray.h>
#include <vtkFieldData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkStringArray.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLPolyDataReader.h>
#include <vtkXMLPolyDataWriter.h>
#include <vtkXMLUnstructuredGridReader.h>

#include <filesystem>
#include <limits>

namespace corticoil::io {
namespace {

using test::error_of;
using ::testing::HasSubstr;

TetMesh layered_box() {
    return test::box_mesh(
        Vector3(-0.05, -0.04, 0), Vector3(0.05, 0.04, 0.06), {4, 3, 2},
        [](const Vector3& p) { return p[2] < 0.03 ? tissue::white_matter : tissue::grey_matter; });
}

PointFields surface_fields(const SurfaceMesh& surface) {
    return {{"magnE", surface.nodes.colwise().norm()}, {"E_normal", surface.nodes}};
}

TEST(VtkFiles, VtkReadsOurTetrahedra) {
    const test::TemporaryFolder folder;
    const TetMesh mesh = layered_box();
    const Points centres = barycentres(mesh);
    write_vtu(folder / "field.vtu", mesh, {{"E", centres}, {"magnE", centres.colwise().norm()}},
              "lengths mm, E V/m at dI/dt 1e6 A/s");
    vtkNew<vtkXMLUnstructuredGridReader> reader;
    reader->SetFileName((folder / "field.vtu").c_str());
    reader->Update();
    vtkUnstructuredGrid* const grid = reader->GetOutput();
    ASSERT_EQ(grid->GetNumberOfPoints(), mesh.n_nodes());
    ASSERT_EQ(grid->GetNumberOfCells(), mesh.n_tetrahedra());
    vtkCellData* const cells = grid->GetCellData();
    EXPECT_STREQ(cells->GetArrayName(0), "E");
    EXPECT_STREQ(cells->GetArrayName(1), "magnE");
    EXPECT_STREQ(cells->GetArrayName(2), "tissue");
    ASSERT_NE(cells->GetScalars(), nullptr);
    EXPECT_STREQ(cells->GetScalars()->GetName(), "magnE");
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        EXPECT_EQ(cells->GetArray("tissue")->GetComponent(t, 0), mesh.labels[static_cast<std::size_t>(t)]);
        EXPECT_EQ(grid->GetCellType(t), 10) << "VTK_TETRA";
        for (int axis = 0; axis < 3; ++axis) {
            EXPECT_NEAR(cells->GetArray("E")->GetComponent(t, axis), centres(axis, t), 1e-8);
        }
        for (int corner = 0; corner < 4; ++corner) {
            const vtkIdType node = grid->GetCell(t)->GetPointId(corner);
            EXPECT_EQ(node, mesh.tetrahedra(corner, t));
            EXPECT_NEAR(grid->GetPoint(node)[1], 1e3 * mesh.nodes(1, node), 1e-5) << "millimetres";
        }
    }
    auto* const text = vtkStringArray::SafeDownCast(grid->GetFieldData()->GetAbstractArray("description"));
    ASSERT_NE(text, nullptr);
    EXPECT_EQ(text->GetValue(0), "lengths mm, E V/m at dI/dt 1e6 A/s");
}

TEST(VtkFiles, TetrahedraComeBackWithTheFieldsAskedFor) {
    const test::TemporaryFolder folder;
    const TetMesh mesh = layered_box();
    const Points centres = barycentres(mesh);
    write_vtu(folder / "field.vtu", mesh, {{"E", centres}, {"magnE", centres.colwise().norm()}});
    const MeshWithFields read = read_vtu(folder / "field.vtu", {"E"});
    EXPECT_EQ(read.mesh.tetrahedra, mesh.tetrahedra);
    EXPECT_EQ(read.mesh.labels, mesh.labels);
    EXPECT_LT((read.mesh.nodes - mesh.nodes).cwiseAbs().maxCoeff(), 1e-8);
    ASSERT_EQ(read.fields.size(), 1U);
    EXPECT_LT((read.fields[0].values - centres).cwiseAbs().maxCoeff(), 1e-8);
    EXPECT_THAT(error_of([&] { (void)read_vtu(folder / "field.vtu", {"E_recovered"}); }),
                HasSubstr("field.vtu: has no array E_recovered in CellData"));
    write_vtp(folder / "surface.vtp", grey_matter_boundary(mesh).surface, {});
    EXPECT_THAT(error_of([&] { (void)read_vtu(folder / "surface.vtp", {}); }), HasSubstr("holds no mesh"));
}

TEST(VtkFiles, SurfacesComeBackWithTheirFields) {
    const test::TemporaryFolder folder;
    const SurfaceMesh surface = outer_boundary(layered_box()).surface;
    const PointFields fields = surface_fields(surface);
    write_vtp(folder / "a.vtp", surface, fields, "a < b & \"c\"");
    const SurfaceWithFields read = read_vtp(folder / "a.vtp");
    ASSERT_EQ(read.surface.n_nodes(), surface.n_nodes());
    EXPECT_LT((read.surface.nodes - surface.nodes).cwiseAbs().maxCoeff(), 1e-8);
    EXPECT_EQ(read.surface.triangles, surface.triangles);
    ASSERT_EQ(read.fields.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(read.fields[i].name, fields[i].name);
        ASSERT_EQ(read.fields[i].values.rows(), fields[i].values.rows());
        EXPECT_LT((read.fields[i].values - fields[i].values).cwiseAbs().maxCoeff(), 1e-8);
    }
    write_vtp(folder / "b.vtp", surface, fields, "a < b & \"c\"");
    EXPECT_EQ(test::read_bytes(folder / "a.vtp"), test::read_bytes(folder / "b.vtp")) << "deterministic";
}

TEST(VtkFiles, SurfacesSavedByVtkInOtherWaysAreReadOrRefusedByName) {
    const test::TemporaryFolder folder;
    const SurfaceMesh surface = outer_boundary(layered_box()).surface;
    write_vtp(folder / "a.vtp", surface, surface_fields(surface));
    vtkNew<vtkXMLPolyDataReader> reader;
    reader->SetFileName((folder / "a.vtp").c_str());
    vtkNew<vtkXMLPolyDataWriter> writer;
    writer->SetInputConnection(reader->GetOutputPort());
    writer->SetFileName((folder / "b.vtp").c_str());
    const auto error = [&] {
        writer->Write();
        return error_of([&] { EXPECT_EQ(read_vtp(folder / "b.vtp").surface.triangles, surface.triangles); });
    };
    writer->SetDataModeToAppended();
    writer->EncodeAppendedDataOff();
    writer->SetCompressorTypeToNone();
    writer->SetHeaderTypeToUInt32();
    EXPECT_EQ(error(), "no error");
    writer->SetCompressorTypeToZLib();
    writer->SetBlockSize(256);
    EXPECT_EQ(error(), "no error");
    writer->SetCompressorTypeToLZ4();
    EXPECT_THAT(error(), HasSubstr("b.vtp: is compressed by vtkLZ4DataCompressor; save it with zlib"));
    writer->SetCompressorTypeToNone();
    writer->SetDataModeToAscii();
    EXPECT_THAT(error(), HasSubstr("b.vtp: has no appended data"));
    writer->SetDataModeToAppended();
    writer->EncodeAppendedDataOn();
    EXPECT_THAT(error(), HasSubstr("b.vtp: its appended data are encoded"));
}

TEST(VtkFiles, BadValuesAndPlacesAreRefusedAndLeaveNoFile) {
    const test::TemporaryFolder folder;
    const TetMesh mesh = layered_box();
    Eigen::MatrixXd values = Eigen::MatrixXd::Zero(1, mesh.n_tetrahedra());
    values(0, 7) = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(error_of([&] {
                    write_vtu(folder / "a.vtu", mesh, {{"magnE", values}});
                }),
                HasSubstr("a.vtu: magnE of item 7 is nan"));
    values(0, 7) = 1e300;
    EXPECT_THAT(error_of([&] {
                    write_vtu(folder / "a.vtu", mesh, {{"magnE", values}});
                }),
                HasSubstr("is 1e+300"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_THAT(error_of([&] { write_vtu(folder / "no" / "a.vtu", mesh, {}); }),
                HasSubstr("make the folder first"));
    EXPECT_THROW(write_vtu(folder / "a.vtu", mesh, {{"short", Eigen::MatrixXd::Zero(1, 3)}}),
                 std::logic_error);
}

TEST(VtkFiles, OtherFilesAreRefusedWithoutAWordFromVtk) {
    const test::TemporaryFolder folder;
    ::testing::internal::CaptureStderr();
    EXPECT_THAT(error_of([&] { (void)read_vtp(folder / "none.vtp"); }),
                HasSubstr("none.vtp: file does not exist"));
    test::write_bytes(folder / "a.vtp", "solid");
    EXPECT_THAT(error_of([&] { (void)read_vtp(folder / "a.vtp"); }),
                HasSubstr("a.vtp: is not a VTK XML file"));
    write_vtu(folder / "a.vtu", layered_box(), {});
    EXPECT_THAT(error_of([&] { (void)read_vtp(folder / "a.vtu"); }), HasSubstr("holds no surface"));
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

} // namespace
} // namespace corticoil::io
