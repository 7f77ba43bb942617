#include "viz/offscreen_window.h"

#include "core/error.h"
#include "viz/egl_window.h"
#include "viz/vtk_messages.h"
#include "viz/vtk_scene.h"

#include <vtkActor.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace corticoil::viz {

namespace {

vtkSmartPointer<vtkActor> actor(const Body& body) {
    vtkNew<vtkPolyData> data;
    put_surface(*data, body.surface);
    vtkNew<vtkUnsignedCharArray> colours;
    put_colours(*colours, body.surface.n_nodes(), body.node_colours);
    data->GetPointData()->SetScalars(colours);
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputData(data);
    mapper->SetColorModeToDirectScalars();
    mapper->ScalarVisibilityOn();
    vtkSmartPointer<vtkActor> result = vtkSmartPointer<vtkActor>::New();
    result->SetMapper(mapper);
    put_material(*result->GetProperty(), body.light);
    return result;
}

/// The inner side of a body, apart.
vtkSmartPointer<vtkActor> inside_of(vtkActor& outside) {
    vtkNew<vtkPolyDataMapper> mapper;
    mapper->SetInputDataObject(outside.GetMapper()->GetInputDataObject(0, 0));
    mapper->ScalarVisibilityOff();
    vtkSmartPointer<vtkActor> inside = vtkSmartPointer<vtkActor>::New();
    inside->SetMapper(mapper);
    split_sides(*outside.GetProperty(), *inside->GetProperty());
    return inside;
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
    Implementation(int width, int height) : window(width, height) {}
    EglWindow window;
};

OffscreenWindow::OffscreenWindow(int width, int height) {
    const VtkMessages messages;
    implementation_ = std::make_unique<Implementation>(width, height);
    messages.throw_if_any("opening an off-screen window");
}

OffscreenWindow::~OffscreenWindow() {
    const VtkMessages messages;
    implementation_.reset();
}

Layer OffscreenWindow::draw(const std::vector<Body>& bodies, const PictureCamera& camera) {
    const VtkMessages messages;
    vtkGenericOpenGLRenderWindow& window = implementation_->window.window();
    const int width = window.GetSize()[0];
    const int height = window.GetSize()[1];
    CORTICOIL_ASSERT(camera.width == width && camera.height == height);
    vtkNew<vtkRenderer> renderer;
    renderer->SetBackground(1, 1, 1);
    Light light = Light::none;
    for (const Body& body : bodies) {
        if (body.surface.n_triangles() == 0) continue;
        if (body.light != Light::none) light = body.light;
        const vtkSmartPointer<vtkActor> outside = actor(body);
        renderer->AddActor(outside);
        if (body.light == Light::studio) renderer->AddActor(inside_of(*outside));
    }
    put_lights(*renderer, light);
    const double depth = half_depth(bodies, camera);
    aim(*renderer->GetActiveCamera(), camera, depth);
    window.AddRenderer(renderer);
    window.Render();
    Layer layer = read_layer(window, width, height, depth);
    renderer->ReleaseGraphicsResources(&window);
    window.RemoveRenderer(renderer);
    messages.throw_if_any("drawing");
    return layer;
}

} // namespace corticoil::viz
