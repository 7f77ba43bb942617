#include "io/vtk_files.h"

#include "core/constants.h"
#include "core/error.h"
#include "io/staged_output.h"

#include <fmt/format.h>

#include <vtkCellArray.h>
#include <vtkCellData.h>
#include <vtkCellType.h>
#include <vtkCommand.h>
#include <vtkErrorCode.h>
#include <vtkFieldData.h>
#include <vtkFloatArray.h>
#include <vtkIntArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkSmartPointer.h>
#include <vtkStringArray.h>
#include <vtkTypeInt32Array.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLPolyDataWriter.h>
#include <vtkXMLUnstructuredGridWriter.h>

#include <cmath>
#include <limits>

namespace corticoil::io {

namespace {

/// Keeps the first message that VTK would print.
class MessageCatcher : public vtkCommand {
  public:
    static MessageCatcher* New() { return new MessageCatcher; } // NOLINT: VTK counts references itself
    void Execute(vtkObject*, unsigned long, void* message) override {
        if (first_.empty() && message != nullptr) first_ = static_cast<const char*>(message);
    }
    [[nodiscard]] const std::string& first() const { return first_; }

  private:
    std::string first_;
};

/// `values × scale` as a 32-bit array named `name`.
vtkSmartPointer<vtkFloatArray> float_array(const std::string& file, const std::string& name,
                                           const Eigen::Ref<const Eigen::MatrixXd>& values, double scale) {
    const auto array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetName(name.c_str());
    array->SetNumberOfComponents(static_cast<int>(values.rows()));
    array->SetNumberOfTuples(values.cols());
    float* out = array->GetPointer(0);
    for (Eigen::Index column = 0; column < values.cols(); ++column) {
        for (Eigen::Index row = 0; row < values.rows(); ++row) {
            const double value = values(row, column) * scale;
            if (!(std::abs(value) <= std::numeric_limits<float>::max())) {
                throw Error(fmt::format("{}: {} of item {} is {}, which is not a finite number", file, name,
                                        column, values(row, column)));
            }
            *out++ = static_cast<float>(value);
        }
    }
    return array;
}

vtkSmartPointer<vtkPoints> points_in_mm(const std::string& file, const Points& nodes) {
    const auto points = vtkSmartPointer<vtkPoints>::New();
    points->SetData(float_array(file, "Points", nodes, millimetres_per_metre));
    return points;
}

/// Cells with `corners` as columns, without a copy of each cell.
vtkSmartPointer<vtkCellArray> cell_array(const Eigen::Ref<const Eigen::MatrixXi>& corners) {
    vtkNew<vtkTypeInt32Array> offsets;
    offsets->SetNumberOfValues(corners.cols() + 1);
    for (Eigen::Index cell = 0; cell <= corners.cols(); ++cell) {
        offsets->SetValue(cell, static_cast<vtkTypeInt32>(cell * corners.rows()));
    }
    vtkNew<vtkTypeInt32Array> connectivity;
    connectivity->SetNumberOfValues(corners.size());
    std::copy_n(corners.data(), corners.size(), connectivity->GetPointer(0));
    const auto cells = vtkSmartPointer<vtkCellArray>::New();
    cells->SetData(offsets, connectivity);
    return cells;
}

void add_fields(const std::string& file, const std::vector<DataField>& fields,
                vtkDataSetAttributes& attributes) {
    bool has_scalars = false;
    bool has_vectors = false;
    for (const DataField& field : fields) {
        attributes.AddArray(float_array(file, field.name, field.values, 1));
        if (field.values.rows() == 1 && !has_scalars) {
            attributes.SetActiveScalars(field.name.c_str());
            has_scalars = true;
        }
        if (field.values.rows() == 3 && !has_vectors) {
            attributes.SetActiveVectors(field.name.c_str());
            has_vectors = true;
        }
    }
}

void add_description(const std::string& description, vtkFieldData& data) {
    if (description.empty()) return;
    vtkNew<vtkStringArray> text;
    text->SetName("description");
    text->InsertNextValue(description);
    data.AddArray(text);
}

template <typename Writer, typename DataSet>
void write(const std::filesystem::path& path, DataSet* data) {
    StagedFile staged(path);
    vtkNew<MessageCatcher> messages;
    vtkNew<Writer> writer;
    writer->AddObserver(vtkCommand::ErrorEvent, messages);
    writer->AddObserver(vtkCommand::WarningEvent, messages);
    writer->SetFileName(staged.path().c_str());
    writer->SetInputData(data);
    writer->SetDataModeToAppended();
    writer->EncodeAppendedDataOff();
    writer->SetHeaderTypeToUInt64();
    writer->SetByteOrderToLittleEndian();
    writer->SetCompressorTypeToZLib();
    writer->SetCompressionLevel(1);
    const bool is_written = writer->Write() == 1;
    if (!is_written || writer->GetErrorCode() != vtkErrorCode::NoError || !messages->first().empty()) {
        const std::string reason =
            messages->first().empty()
                ? fmt::format("VTK's error code is {}; is the disk full?", writer->GetErrorCode())
                : messages->first();
        throw Error(fmt::format("{}: cannot be written: {}", path.string(), reason));
    }
    staged.commit();
}

void check_columns(const std::vector<DataField>& fields, int n) {
    for (const DataField& field : fields)
        CORTICOIL_ASSERT(field.values.cols() == n && field.values.rows() > 0);
}

} // namespace

void write_vtu(const std::filesystem::path& path, const TetMesh& mesh, const CellFields& fields,
               const std::string& description) {
    CORTICOIL_ASSERT(mesh.labels.size() == static_cast<std::size_t>(mesh.n_tetrahedra()));
    CORTICOIL_ASSERT(mesh.n_tetrahedra() <= std::numeric_limits<int>::max() / 4);
    check_columns(fields, mesh.n_tetrahedra());
    const std::string file = path.string();
    vtkNew<vtkUnstructuredGrid> grid;
    grid->SetPoints(points_in_mm(file, mesh.nodes));
    grid->SetCells(VTK_TETRA, cell_array(mesh.tetrahedra));
    add_fields(file, fields, *grid->GetCellData());
    vtkNew<vtkIntArray> tissue;
    tissue->SetName("tissue");
    tissue->SetNumberOfValues(mesh.n_tetrahedra());
    std::copy(mesh.labels.begin(), mesh.labels.end(), tissue->GetPointer(0));
    grid->GetCellData()->AddArray(tissue);
    add_description(description, *grid->GetFieldData());
    write<vtkXMLUnstructuredGridWriter>(path, grid.Get());
}

void write_vtp(const std::filesystem::path& path, const SurfaceMesh& surface, const PointFields& fields,
               const std::string& description) {
    CORTICOIL_ASSERT(surface.n_triangles() <= std::numeric_limits<int>::max() / 3);
    check_columns(fields, surface.n_nodes());
    const std::string file = path.string();
    vtkNew<vtkPolyData> data;
    data->SetPoints(points_in_mm(file, surface.nodes));
    data->SetPolys(cell_array(surface.triangles));
    add_fields(file, fields, *data->GetPointData());
    add_description(description, *data->GetFieldData());
    write<vtkXMLPolyDataWriter>(path, data.Get());
}

} // namespace corticoil::io
