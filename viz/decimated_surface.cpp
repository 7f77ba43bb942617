#include "viz/decimated_surface.h"

#include "viz/vtk_messages.h"

#include <vtkCellArray.h>
#include <vtkIdList.h>
#include <vtkNew.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkQuadricDecimation.h>
#include <vtkSmartPointer.h>
#include <vtkStaticPointLocator.h>

#include <algorithm>

namespace corticoil::viz {

namespace {

vtkSmartPointer<vtkPolyData> as_poly_data(const SurfaceMesh& surface) {
    vtkNew<vtkPoints> points;
    points->SetDataTypeToDouble();
    points->SetNumberOfPoints(surface.n_nodes());
    for (int node = 0; node < surface.n_nodes(); ++node)
        points->SetPoint(node, surface.nodes(0, node), surface.nodes(1, node), surface.nodes(2, node));
    vtkNew<vtkCellArray> triangles;
    triangles->AllocateExact(surface.n_triangles(), 3 * static_cast<vtkIdType>(surface.n_triangles()));
    for (int t = 0; t < surface.n_triangles(); ++t) {
        triangles->InsertNextCell(
            {surface.triangles(0, t), surface.triangles(1, t), surface.triangles(2, t)});
    }
    auto data = vtkSmartPointer<vtkPolyData>::New();
    data->SetPoints(points);
    data->SetPolys(triangles);
    return data;
}

/// The triangles with the nodes that they use, renumbered in order of first use.
SurfaceMesh as_surface(vtkPolyData& data) {
    SurfaceMesh surface;
    const vtkIdType n_triangles = data.GetNumberOfPolys();
    surface.triangles.resize(3, n_triangles);
    surface.nodes.resize(3, data.GetNumberOfPoints());
    std::vector<int> number(static_cast<std::size_t>(data.GetNumberOfPoints()), -1);
    int n_nodes = 0;
    vtkNew<vtkIdList> corners;
    for (vtkIdType t = 0; t < n_triangles; ++t) {
        data.GetPolys()->GetCellAtId(t, corners);
        for (int k = 0; k < 3; ++k) {
            int& node = number[static_cast<std::size_t>(corners->GetId(k))];
            if (node < 0) {
                data.GetPoint(corners->GetId(k), surface.nodes.col(n_nodes).data());
                node = n_nodes++;
            }
            surface.triangles(k, t) = node;
        }
    }
    surface.nodes.conservativeResize(3, n_nodes);
    return surface;
}

} // namespace

DecimatedSurface decimated(const SurfaceMesh& surface, int most_triangles) {
    const VtkMessages messages;
    const vtkSmartPointer<vtkPolyData> data = as_poly_data(surface);
    DecimatedSurface result;
    if (surface.n_triangles() <= most_triangles) {
        result.surface = as_surface(*data);
    } else {
        vtkNew<vtkQuadricDecimation> decimation;
        decimation->SetInputData(data);
        decimation->SetTargetReduction(1 - static_cast<double>(most_triangles) / surface.n_triangles());
        decimation->VolumePreservationOn();
        decimation->Update();
        messages.throw_if_any("simplifying a surface");
        result.surface = as_surface(*decimation->GetOutput());
    }
    vtkNew<vtkStaticPointLocator> locator;
    locator->SetDataSet(data);
    locator->BuildLocator();
    result.nearest.reserve(static_cast<std::size_t>(result.surface.n_nodes()));
    for (int node = 0; node < result.surface.n_nodes(); ++node)
        result.nearest.push_back(
            static_cast<int>(locator->FindClosestPoint(result.surface.nodes.col(node).data())));
    return result;
}

} // namespace corticoil::viz
