#include "viz/live_window.h"

#include "core/error.h"
#include "viz/display.h"
#include "viz/egl_window.h"
#include "viz/live_loop.h"
#include "viz/slice_strips.h"
#include "viz/vtk_messages.h"
#include "viz/vtk_scene.h"

#include <vtkActor.h>
#include <vtkActor2D.h>
#include <vtkFloatArray.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkImageData.h>
#include <vtkImageMapper.h>
#include <vtkMatrix4x4.h>
#include <vtkNew.h>
#include <vtkPlane.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkProperty2D.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace corticoil::viz {

namespace {

vtkSmartPointer<vtkImageData> image_of(const Canvas& picture) {
    vtkSmartPointer<vtkImageData> image = vtkSmartPointer<vtkImageData>::New();
    image->SetDimensions(picture.width(), picture.height(), 1);
    image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
    auto* bytes = static_cast<unsigned char*>(image->GetScalarPointer());
    for (int row = picture.height() - 1; row >= 0; --row) { // OpenGL's first row is the lowest.
        for (int column = 0; column < picture.width(); ++column) {
            const Colour& colour = picture.at(column, row);
            *bytes++ = to_byte(colour.red);
            *bytes++ = to_byte(colour.green);
            *bytes++ = to_byte(colour.blue);
        }
    }
    return image;
}

} // namespace

struct LiveWindow::Implementation {
    struct LiveBody {
        vtkNew<vtkActor> actor;
        vtkNew<vtkPolyDataMapper> mapper;
        vtkSmartPointer<vtkActor> inside;
        vtkNew<vtkPolyData> data;
        vtkNew<vtkUnsignedCharArray> colours;
        LiveLook look;
        Vector3 lowest = Vector3::Zero();
        Vector3 highest = Vector3::Zero();
    };
    struct Panel {
        vtkNew<vtkActor2D> actor;
        vtkNew<vtkImageMapper> mapper;
        int column = 0;
        int row = 0;
        int height = 0;
    };

    std::optional<EglWindow> off_screen; ///< What draws without a display.
    vtkSmartPointer<vtkRenderWindow> window;
    vtkNew<vtkRenderer> renderer;
    std::optional<LiveLoop> loop;
    std::map<std::string, std::unique_ptr<LiveBody>> bodies;
    std::map<std::string, std::unique_ptr<Panel>> panels;
    vtkNew<vtkPlane> plane;
    bool is_cut = false;
    PictureCamera camera;
    double depth = 0.3; ///< Half the distance between near and far plane [m].

    /// How a body is drawn, besides its material.
    static void put_look(LiveBody& body) {
        vtkProperty& property = *body.actor->GetProperty();
        if (body.look.shows_back) property.FrontfaceCullingOn();
        if (body.look.is_glass) {
            property.BackfaceCullingOn();
            constexpr double density = 0.12;
            property.SetOpacity(density);
        }
        if (!body.look.has_inside) return;
        vtkNew<vtkPolyDataMapper> mapper;
        mapper->SetInputData(body.data);
        mapper->ScalarVisibilityOff();
        body.inside = vtkSmartPointer<vtkActor>::New();
        body.inside->SetMapper(mapper);
        split_sides(property, *body.inside->GetProperty());
    }

    LiveBody& body(const std::string& name) {
        const auto found = bodies.find(name);
        CORTICOIL_ASSERT(found != bodies.end());
        return *found->second;
    }

    void remove(const std::string& name) {
        const auto found = bodies.find(name);
        if (found == bodies.end()) return;
        renderer->RemoveActor(found->second->actor);
        if (found->second->inside) renderer->RemoveActor(found->second->inside);
        bodies.erase(found);
    }

    void clip(LiveBody& body) const {
        body.mapper->RemoveAllClippingPlanes();
        if (body.inside) body.inside->GetMapper()->RemoveAllClippingPlanes();
        if (!is_cut || !body.look.is_cut) return;
        body.mapper->AddClippingPlane(plane);
        if (body.inside) body.inside->GetMapper()->AddClippingPlane(plane);
    }

    /// Half the extent of all bodies along the line of sight, from the camera's centre [m].
    double half_depth() const {
        double largest = 0.25; // Room for a coil that comes in sight later.
        for (const auto& [name, one] : bodies) {
            if (one->actor->GetUserMatrix() != nullptr) continue;
            for (int corner = 0; corner < 8; ++corner) {
                Vector3 point = one->lowest;
                for (int axis = 0; axis < 3; ++axis)
                    if ((corner >> axis & 1) != 0) point[axis] = one->highest[axis];
                largest =
                    std::max(largest, std::abs(camera.towards_viewer.dot(point - camera.centre)) + 0.01);
            }
        }
        return largest;
    }

    void place_panels() const {
        const int height = window->GetSize()[1];
        for (const auto& [name, panel] : panels)
            panel->actor->SetPosition(panel->column, height - panel->row - panel->height);
    }
};

LiveWindow::LiveWindow(Kind kind, int width, int height, const std::string& title)
    : implementation_(std::make_unique<Implementation>()) {
    const VtkMessages messages;
    Implementation& own = *implementation_;
    if (kind == Kind::on_display) {
        check_display();
        own.window = vtkSmartPointer<vtkRenderWindow>::New();
        own.window->SetWindowName(title.c_str());
        own.window->SetMultiSamples(0);
        own.window->SetSize(width, height);
    } else {
        own.off_screen.emplace(width, height);
        own.window = &own.off_screen->window();
    }
    put_lights(*own.renderer, Light::studio);
    own.renderer->SetBackground(1, 1, 1);
    own.window->AddRenderer(own.renderer);
    messages.throw_if_any("opening a window");
}

LiveWindow::~LiveWindow() {
    const VtkMessages messages;
    Implementation& own = *implementation_;
    own.loop.reset(); // Still there where a listener threw.
    own.bodies.clear();
    own.panels.clear();
    own.renderer->RemoveAllViewProps();
    own.renderer->ReleaseGraphicsResources(own.window);
    own.window->RemoveRenderer(own.renderer);
    if (!own.off_screen) own.window->Finalize();
    own.window = nullptr; // Before what draws off-screen goes, which lets go of its own.
    own.off_screen.reset();
}

int LiveWindow::width() const {
    return implementation_->window->GetSize()[0];
}

int LiveWindow::height() const {
    return implementation_->window->GetSize()[1];
}

void LiveWindow::set_body(const std::string& name, const Body& body, const LiveLook& look) {
    Implementation& own = *implementation_;
    own.remove(name);
    if (body.surface.n_triangles() == 0) return;
    auto live = std::make_unique<Implementation::LiveBody>();
    live->look = look;
    live->lowest = body.surface.nodes.rowwise().minCoeff();
    live->highest = body.surface.nodes.rowwise().maxCoeff();
    put_surface(*live->data, body.surface);
    put_colours(*live->colours, body.surface.n_nodes(), body.node_colours);
    live->data->GetPointData()->SetScalars(live->colours);
    live->mapper->SetInputData(live->data);
    live->mapper->SetColorModeToDirectScalars();
    live->mapper->ScalarVisibilityOn();
    live->actor->SetMapper(live->mapper);
    put_material(*live->actor->GetProperty(), body.light);
    Implementation::put_look(*live);
    if (live->inside) own.renderer->AddActor(live->inside);
    own.clip(*live);
    own.renderer->AddActor(live->actor);
    own.bodies[name] = std::move(live);
}

void LiveWindow::set_colours(const std::string& name, const std::vector<Colour>& node_colours) {
    Implementation::LiveBody& body = implementation_->body(name);
    put_colours(*body.colours, static_cast<int>(body.colours->GetNumberOfTuples()), node_colours);
    body.data->GetPointData()->Modified();
    body.data->Modified();
}

void LiveWindow::move_body(const std::string& name, const RigidTransform& head_from_body) {
    if (!implementation_->bodies.contains(name)) return;
    const Eigen::Matrix4d pose = head_from_body.matrix();
    vtkNew<vtkMatrix4x4> matrix;
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 4; ++j)
            matrix->SetElement(i, j, j == 3 && i < 3 ? vtk_units_per_metre * pose(i, j) : pose(i, j));
    }
    Implementation::LiveBody& body = implementation_->body(name);
    body.actor->SetUserMatrix(matrix);
    if (body.inside) body.inside->SetUserMatrix(matrix);
}

void LiveWindow::show_body(const std::string& name, bool is_visible) {
    const auto found = implementation_->bodies.find(name);
    if (found == implementation_->bodies.end()) return;
    found->second->actor->SetVisibility(is_visible);
    if (found->second->inside) found->second->inside->SetVisibility(is_visible);
}

void LiveWindow::cut(const std::optional<CutPlane>& plane) {
    Implementation& own = *implementation_;
    own.is_cut = plane.has_value();
    if (plane) {
        const Vector3 point = vtk_units_per_metre * plane->point;
        own.plane->SetOrigin(point.x(), point.y(), point.z());
        // VTK keeps the side that the plane's normal points to.
        own.plane->SetNormal(-plane->normal.x(), -plane->normal.y(), -plane->normal.z());
    }
    for (const auto& [name, body] : own.bodies) own.clip(*body);
}

void LiveWindow::set_slice(const SlicePlane& plane, const Canvas& picture,
                           const std::vector<char>& is_drawn) {
    SliceStrips strips = slice_strips(plane, is_drawn);
    const bool is_empty = strips.surface.n_triangles() == 0;
    set_body("slice", {std::move(strips.surface), {white}, Light::none});
    if (is_empty) return;
    vtkNew<vtkFloatArray> texture_places;
    texture_places->SetNumberOfComponents(2);
    for (const auto& place : strips.places) texture_places->InsertNextTuple2(place[0], place[1]);
    Implementation::LiveBody& live = implementation_->body("slice");
    live.data->GetPointData()->SetTCoords(texture_places);
    vtkNew<vtkTexture> texture;
    texture->SetInputData(image_of(picture));
    texture->InterpolateOff();
    live.actor->SetTexture(texture);
}

void LiveWindow::hide_slice() {
    implementation_->remove("slice");
}

void LiveWindow::set_panel(const std::string& name, const Canvas& picture, int column, int row) {
    Implementation& own = *implementation_;
    std::unique_ptr<Implementation::Panel>& panel = own.panels[name];
    if (!panel) {
        panel = std::make_unique<Implementation::Panel>();
        panel->mapper->SetColorWindow(255);
        panel->mapper->SetColorLevel(127.5);
        panel->actor->SetMapper(panel->mapper);
        panel->actor->GetProperty()->SetDisplayLocationToForeground();
        own.renderer->AddActor2D(panel->actor);
    }
    panel->mapper->SetInputData(image_of(picture));
    panel->column = column;
    panel->row = row;
    panel->height = picture.height();
}

void LiveWindow::hide_panel(const std::string& name) {
    Implementation& own = *implementation_;
    const auto found = own.panels.find(name);
    if (found == own.panels.end()) return;
    own.renderer->RemoveActor2D(found->second->actor);
    own.panels.erase(found);
}

void LiveWindow::set_background(const Colour& colour) {
    implementation_->renderer->SetBackground(double{colour.red}, double{colour.green}, double{colour.blue});
}

void LiveWindow::smooth_edges(bool is_smooth) {
    implementation_->renderer->SetUseFXAA(is_smooth);
}

void LiveWindow::draw(const PictureCamera& camera) {
    const VtkMessages messages;
    Implementation& own = *implementation_;
    own.camera = camera;
    own.depth = own.half_depth();
    aim(*own.renderer->GetActiveCamera(), camera, own.depth);
    own.place_panels();
    own.window->Render();
    messages.throw_if_any("drawing");
}

Canvas LiveWindow::picture() const {
    vtkNew<vtkUnsignedCharArray> bytes;
    const int width = this->width();
    const int height = this->height();
    vtkRenderWindow& window = *implementation_->window;
    const bool has_front = !implementation_->off_screen;
    window.GetPixelData(0, 0, width - 1, height - 1, has_front ? 1 : 0, bytes.Get(), 0);
    Canvas canvas(width, height, white);
    const unsigned char* from = bytes->GetPointer(0);
    for (int row = height - 1; row >= 0; --row) {
        for (int column = 0; column < width; ++column, from += 3) {
            canvas.set(column, row,
                       {static_cast<float>(from[0]) / 255.0F, static_cast<float>(from[1]) / 255.0F,
                        static_cast<float>(from[2]) / 255.0F});
        }
    }
    return canvas;
}

std::optional<Vector3> LiveWindow::point_under(int column, int row) const {
    const int width = this->width();
    const int height = this->height();
    if (column < 0 || row < 0 || column >= width || row >= height) return std::nullopt;
    const Implementation& own = *implementation_;
    vtkNew<vtkFloatArray> depths;
    own.window->GetZbufferData(column, height - 1 - row, column, height - 1 - row, depths.Get());
    const double z = static_cast<double>(depths->GetValue(0));
    if (!(z < 1)) return std::nullopt;
    const PictureCamera& camera = own.camera;
    const double across = camera.metres_per_pixel * (column + 0.5 - width / 2.0);
    const double up = camera.metres_per_pixel * (height / 2.0 - row - 0.5);
    return camera.centre + across * camera.right + up * camera.up +
           own.depth * (1 - 2 * z) * camera.towards_viewer;
}

int LiveWindow::n_triangles() const {
    vtkIdType sum = 0;
    for (const auto& [name, body] : implementation_->bodies) {
        if (body->actor->GetVisibility() != 0) sum += body->data->GetNumberOfPolys();
    }
    return static_cast<int>(sum);
}

bool LiveWindow::has_glass() const {
    return std::any_of(implementation_->bodies.begin(), implementation_->bodies.end(), [](const auto& one) {
        return one.second->look.is_glass && one.second->actor->GetVisibility() != 0;
    });
}

void LiveWindow::run(const LiveListener& listener) {
    Implementation& own = *implementation_;
    CORTICOIL_ASSERT(!own.off_screen);
    own.loop.emplace(*own.window, listener);
    own.loop->run();
    own.loop.reset();
}

void LiveWindow::close() {
    if (implementation_->loop) implementation_->loop->close();
}

} // namespace corticoil::viz
