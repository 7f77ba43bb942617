#include "viz/offscreen_window.h"

#include "core/error.h"
#include "viz/egl_context.h"
#include "viz/vtk_messages.h"

#include <vtkActor.h>
#include <vtkCallbackCommand.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkCommand.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkIdTypeArray.h>
#include <vtkLight.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::viz {

namespace {
/// VTK works in millimetres here: its near and far planes and its single-precision coordinates suit that
/// scale.
constexpr double millimetres = 1e3;

void answer_window_event(vtkObject* caller, unsigned long event, void* client, void* answer) {
    auto* const context = static_cast<EglContext*>(client);
    auto* const window = static_cast<vtkGenericOpenGLRenderWindow*>(caller);
    if (event == vtkCommand::WindowMakeCurrentEvent) {
        context->make_current();
    } else if (event == vtkCommand::WindowIsCurrentEvent) {
        *static_cast<bool*>(answer) = context->is_current();
        window->SetIsCurrent(context->is_current());
    } else if (event == vtkCommand::WindowSupportsOpenGLEvent) {
        *static_cast<int*>(answer) = 1;
        window->SetSupportsOpenGL(1);
    }
}

vtkSmartPointer<vtkFloatArray> float_triples(const Eigen::Matrix3Xd& values, double factor) {
    vtkSmartPointer<vtkFloatArray> array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(values.cols());
    for (Eigen::Index i = 0; i < values.cols(); ++i) {
        for (int axis = 0; axis < 3; ++axis) {
            array->SetTypedComponent(i, axis, static_cast<float>(factor * values(axis, i)));
        }
    }
    return array;
}

vtkSmartPointer<vtkUnsignedCharArray> byte_colours(const Body& body) {
    vtkSmartPointer<vtkUnsignedCharArray> array = vtkSmartPointer<vtkUnsignedCharArray>::New();
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(body.surface.n_nodes());
    const bool is_one_colour = body.node_colours.size() == 1;
    for (int node = 0; node < body.surface.n_nodes(); ++node) {
        const Colour& colour = body.node_colours[is_one_colour ? 0 : static_cast<std::size_t>(node)];
        array->SetTypedComponent(node, 0, to_byte(colour.red));
        array->SetTypedComponent(node, 1, to_byte(colour.green));
        array->SetTypedComponent(node, 2, to_byte(colour.blue));
    }
    return array;
}

vtkSmartPointer<vtkPolyData> poly_data(const Body& body) {
    const SurfaceMesh& surface = body.surface;
    vtkNew<vtkIdTypeArray> corners;
    corners->SetNumberOfValues(3 * vtkIdType{surface.n_triangles()});
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner) {
            corners->SetValue(3 * vtkIdType{t} + corner, surface.triangles(corner, t));
        }
    }
    vtkNew<vtkCellArray> triangles;
    triangles->SetData(3, corners);
    vtkNew<vtkPoints> points;
    points->SetData(float_triples(surface.nodes, millimetres));
    vtkSmartPointer<vtkPolyData> data = vtkSmartPointer<vtkPolyData>::New();
    data->SetPoints(points);
    data->SetPolys(triangles);
    data->GetPointData()->SetNormals(float_triples(node_normals(surface), 1));
    data->GetPointData()->SetScalars(byte_colours(body));
    return data;
}

vtkSmartPointer<vtkActor> actor(const Body& body) {
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(poly_data(body));
    mapper->SetColorModeToDirectScalars();
    mapper->ScalarVisibilityOn();
    vtkSmartPointer<vtkActor> result = vtkSmartPointer<vtkActor>::New();
    result->SetMapper(mapper);
    vtkProperty* const property = result->GetProperty();
    property->SetInterpolationToPhong();
    property->SetAmbient(body.light == Light::none ? 1.0 : body.light == Light::studio ? 0.22 : 0.0);
    property->SetDiffuse(body.light == Light::none ? 0.0 : 1.0);
    if (body.light == Light::none) property->LightingOff();
    if (body.light == Light::studio) {
        property->SetSpecular(0.12);
        property->SetSpecularPower(25);
    }
    return result;
}

/// The inner side of a body in plain grey: through a hole in the surface one must not read values from its
/// far side. From here on `outside` draws its outer side only.
vtkSmartPointer<vtkActor> inside_of(vtkActor& outside) {
    outside.GetProperty()->BackfaceCullingOn();
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputDataObject(outside.GetMapper()->GetInputDataObject(0, 0));
    mapper->ScalarVisibilityOff();
    vtkSmartPointer<vtkActor> inside = vtkSmartPointer<vtkActor>::New();
    inside->SetMapper(mapper);
    inside->GetProperty()->DeepCopy(outside.GetProperty());
    inside->GetProperty()->BackfaceCullingOff();
    inside->GetProperty()->FrontfaceCullingOn();
    inside->GetProperty()->SetColor(0.55, 0.54, 0.53);
    return inside;
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

void light_scene(vtkRenderer& renderer, Light light) {
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

/// Half the extent of the bodies along the line of sight, both ways from the camera's centre [m].
double half_depth(const std::vector<Body>& bodies, const PictureCamera& camera) {
    constexpr double margin = 1e-3;
    double largest = 0;
    for (const Body& body : bodies) {
        if (body.surface.n_nodes() == 0) continue;
        const Eigen::RowVectorXd heights =
            camera.towards_viewer.transpose() * (body.surface.nodes.colwise() - camera.centre);
        largest = std::max(largest, heights.cwiseAbs().maxCoeff());
    }
    return largest + margin;
}

void aim(vtkCamera& view, const PictureCamera& camera, double depth) {
    const Vector3 centre = millimetres * camera.centre;
    const Vector3 position = centre + millimetres * 2 * depth * camera.towards_viewer;
    view.ParallelProjectionOn();
    view.SetFocalPoint(centre.x(), centre.y(), centre.z());
    view.SetPosition(position.x(), position.y(), position.z());
    view.SetViewUp(camera.up.x(), camera.up.y(), camera.up.z());
    view.SetParallelScale(millimetres * camera.metres_per_pixel * camera.height / 2);
    view.SetClippingRange(millimetres * depth, millimetres * 3 * depth);
}
/// The finished frame; `depth` is half the distance between the camera's near and far planes [m].
Layer read_layer(vtkGenericOpenGLRenderWindow& window, int width, int height, double depth) {
    vtkNew<vtkUnsignedCharArray> colours;
    vtkNew<vtkFloatArray> depths;
    window.GetPixelData(0, 0, width - 1, height - 1, 0, colours.Get(), 0);
    window.GetZbufferData(0, 0, width - 1, height - 1, depths.Get());
    Layer layer{width, height, {}, {}};
    const std::size_t n_pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    layer.colours.resize(3 * n_pixels);
    layer.heights.resize(n_pixels);
    for (int row = 0; row < height; ++row) {
        // OpenGL's first row is the lowest.
        const std::size_t source =
            static_cast<std::size_t>(height - 1 - row) * static_cast<std::size_t>(width);
        const std::size_t target = static_cast<std::size_t>(row) * static_cast<std::size_t>(width);
        std::copy_n(colours->GetPointer(0) + 3 * source, 3 * width,
                    layer.colours.begin() + static_cast<std::ptrdiff_t>(3 * target));
        for (std::size_t i = 0; i < static_cast<std::size_t>(width); ++i) {
            const float z = depths->GetValue(static_cast<vtkIdType>(source + i));
            layer.heights[target + i] = z < 1 ? static_cast<float>(depth * (1 - 2 * double{z}))
                                              : -std::numeric_limits<float>::infinity();
        }
    }
    return layer;
}
} // namespace

struct OffscreenWindow::Implementation {
    EglContext context;
    vtkNew<vtkGenericOpenGLRenderWindow> window;
    vtkNew<vtkCallbackCommand> events;
};

OffscreenWindow::OffscreenWindow(int width, int height)
    : implementation_(std::make_unique<Implementation>()) {
    const VtkMessages messages;
    Implementation& own = *implementation_;
    own.events->SetCallback(answer_window_event);
    own.events->SetClientData(&own.context);
    own.window->AddObserver(vtkCommand::WindowMakeCurrentEvent, own.events);
    own.window->AddObserver(vtkCommand::WindowIsCurrentEvent, own.events);
    own.window->AddObserver(vtkCommand::WindowSupportsOpenGLEvent, own.events);
    own.window->SetReadyForRendering(true);
    own.window->SetMultiSamples(0);
    own.window->SetSize(width, height);
    // There is no surface to copy the finished frame to.
    own.window->SetFrameBlitModeToNoBlit();
    own.window->InitializeFromCurrentContext();
    messages.throw_if_any("opening an off-screen window");
}

OffscreenWindow::~OffscreenWindow() {
    const VtkMessages messages;
    implementation_->window->Finalize();
}

Layer OffscreenWindow::draw(const std::vector<Body>& bodies, const PictureCamera& camera) {
    const VtkMessages messages;
    Implementation& own = *implementation_;
    const int width = own.window->GetSize()[0];
    const int height = own.window->GetSize()[1];
    CORTICOIL_ASSERT(camera.width == width && camera.height == height);
    vtkNew<vtkRenderer> renderer;
    renderer->SetBackground(1, 1, 1);
    Light light = Light::none;
    for (const Body& body : bodies) {
        CORTICOIL_ASSERT(body.node_colours.size() == 1 ||
                         static_cast<int>(body.node_colours.size()) == body.surface.n_nodes());
        if (body.surface.n_triangles() == 0) continue;
        if (body.light != Light::none) light = body.light;
        const vtkSmartPointer<vtkActor> outside = actor(body);
        renderer->AddActor(outside);
        if (body.light == Light::studio) renderer->AddActor(inside_of(*outside));
    }
    light_scene(*renderer, light);
    const double depth = half_depth(bodies, camera);
    aim(*renderer->GetActiveCamera(), camera, depth);
    own.window->AddRenderer(renderer);
    own.window->Render();
    Layer layer = read_layer(*own.window, width, height, depth);
    renderer->ReleaseGraphicsResources(own.window);
    own.window->RemoveRenderer(renderer);
    messages.throw_if_any("drawing");
    return layer;
}

} // namespace corticoil::viz
