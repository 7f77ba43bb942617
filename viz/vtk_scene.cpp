#include "viz/vtk_scene.h"

#include "core/error.h"

#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkIdTypeArray.h>
#include <vtkLight.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>

namespace corticoil::viz {

namespace {

vtkSmartPointer<vtkFloatArray> float_triples(const Eigen::Matrix3Xd& values, double factor) {
    vtkSmartPointer<vtkFloatArray> array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(values.cols());
    for (Eigen::Index i = 0; i < values.cols(); ++i) {
        for (int axis = 0; axis < 3; ++axis)
            array->SetTypedComponent(i, axis, static_cast<float>(factor * values(axis, i)));
    }
    return array;
}

/// A light in the camera's frame: x right, y up, z from the scene to the viewer.
void add_light(vtkRenderer& renderer, double x, double y, double z, double intensity) {
    vtkNew<vtkLight> light;
    light->SetLightTypeToCameraLight();
    light->SetPosition(x, y, z);
    light->SetFocalPoint(0, 0, 0);
    light->SetIntensity(intensity);
    renderer.AddLight(light);
}

} // namespace

void put_surface(vtkPolyData& data, const SurfaceMesh& surface) {
    vtkNew<vtkIdTypeArray> corners;
    corners->SetNumberOfValues(3 * vtkIdType{surface.n_triangles()});
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner)
            corners->SetValue(3 * vtkIdType{t} + corner, surface.triangles(corner, t));
    }
    vtkNew<vtkCellArray> triangles;
    triangles->SetData(3, corners);
    vtkNew<vtkPoints> points;
    points->SetData(float_triples(surface.nodes, vtk_units_per_metre));
    data.SetPoints(points);
    data.SetPolys(triangles);
    data.GetPointData()->SetNormals(float_triples(node_normals(surface), 1));
}

void put_colours(vtkUnsignedCharArray& array, int n_nodes, const std::vector<Colour>& colours) {
    CORTICOIL_ASSERT(colours.size() == 1 || static_cast<int>(colours.size()) == n_nodes);
    array.SetNumberOfComponents(3);
    array.SetNumberOfTuples(n_nodes);
    for (int node = 0; node < n_nodes; ++node) {
        const Colour& colour = colours[colours.size() == 1 ? 0 : static_cast<std::size_t>(node)];
        array.SetTypedComponent(node, 0, to_byte(colour.red));
        array.SetTypedComponent(node, 1, to_byte(colour.green));
        array.SetTypedComponent(node, 2, to_byte(colour.blue));
    }
    array.Modified();
}

void put_material(vtkProperty& property, Light light) {
    property.SetInterpolationToPhong();
    property.SetAmbient(light == Light::none ? 1.0 : light == Light::studio ? 0.22 : 0.0);
    property.SetDiffuse(light == Light::none ? 0.0 : 1.0);
    if (light == Light::none) property.LightingOff();
    if (light == Light::studio) {
        property.SetSpecular(0.12);
        property.SetSpecularPower(25);
    }
}

void split_sides(vtkProperty& outside, vtkProperty& inside) {
    inside.DeepCopy(&outside);
    outside.BackfaceCullingOn();
    inside.FrontfaceCullingOn();
    inside.SetColor(0.55, 0.54, 0.53);
}

void put_lights(vtkRenderer& renderer, Light light) {
    renderer.RemoveAllLights();
    renderer.AutomaticLightCreationOff();
    if (light == Light::viewer) {
        add_light(renderer, 0, 0, 1, 1.0);
    } else {
        add_light(renderer, -0.7, 0.9, 1.2, 0.62);
        add_light(renderer, 0.9, 0.1, 0.8, 0.18);
        add_light(renderer, 0, 0, 1, 0.22);
    }
}

void aim(vtkCamera& view, const PictureCamera& camera, double depth) {
    const Vector3 centre = vtk_units_per_metre * camera.centre;
    const Vector3 position = centre + vtk_units_per_metre * 2 * depth * camera.towards_viewer;
    view.ParallelProjectionOn();
    view.SetFocalPoint(centre.x(), centre.y(), centre.z());
    view.SetPosition(position.x(), position.y(), position.z());
    view.SetViewUp(camera.up.x(), camera.up.y(), camera.up.z());
    view.SetParallelScale(vtk_units_per_metre * camera.metres_per_pixel * camera.height / 2);
    view.SetClippingRange(vtk_units_per_metre * depth, vtk_units_per_metre * 3 * depth);
}

} // namespace corticoil::viz
