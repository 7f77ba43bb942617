#include "viz/electrode_picture.h"

#include "viz/canvas.h"
#include "viz/png_file.h"

#include <Eigen/Geometry>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace corticoil::viz {

namespace {

constexpr Colour ink{0.13F, 0.13F, 0.13F};
constexpr Colour dot{0.80F, 0.20F, 0.12F};
constexpr Colour skin{0.88F, 0.84F, 0.80F};

/// Where a panel looks from: its axes in the head frame.
struct PanelView {
    const char* title;
    Vector3 right;
    Vector3 up;
    [[nodiscard]] Vector3 towards_viewer() const { return right.cross(up); }
};

const std::array<PanelView, 3>& views() {
    static const std::array<PanelView, 3> all{
        PanelView{"from the left", -Vector3::UnitY(), Vector3::UnitZ()},
        PanelView{"from above (left is left)", Vector3::UnitX(), Vector3::UnitY()},
        PanelView{"from behind (left is left)", Vector3::UnitX(), Vector3::UnitZ()}};
    return all;
}

/// A panel: head to pixels, and how near to the viewer each pixel's surface is.
class Panel {
  public:
    Panel(Canvas& canvas, const PanelView& view, const Vector3& centre, double left, double width,
          double scale)
        : canvas_(canvas), view_(view), centre_(centre), middle_x_(left + width / 2),
          middle_y_(canvas.height() / 2.0), scale_(scale),
          depth_(static_cast<std::size_t>(canvas.width()) * static_cast<std::size_t>(canvas.height()),
                 -std::numeric_limits<double>::infinity()) {}

    /// Pixels to the right, pixels down, metres towards the viewer.
    [[nodiscard]] Vector3 project(const Vector3& point) const {
        const Vector3 offset = point - centre_;
        return {middle_x_ + scale_ * offset.dot(view_.right), middle_y_ - scale_ * offset.dot(view_.up),
                offset.dot(view_.towards_viewer())};
    }

    void draw_triangle(const std::array<Vector3, 3>& corners, const std::array<float, 3>& shades) {
        const Vector3& a = corners[0];
        const Vector3& b = corners[1];
        const Vector3& c = corners[2];
        const double area = (b.x() - a.x()) * (c.y() - a.y()) - (c.x() - a.x()) * (b.y() - a.y());
        if (area == 0) return;
        const auto [low_x, high_x] = std::minmax({a.x(), b.x(), c.x()});
        const auto [low_y, high_y] = std::minmax({a.y(), b.y(), c.y()});
        for (int row = std::max(0, static_cast<int>(low_y));
             row <= std::min(canvas_.height() - 1, static_cast<int>(high_y)); ++row) {
            for (int column = std::max(0, static_cast<int>(low_x));
                 column <= std::min(canvas_.width() - 1, static_cast<int>(high_x)); ++column) {
                const double x = column + 0.5;
                const double y = row + 0.5;
                const double at_c = ((b.x() - a.x()) * (y - a.y()) - (x - a.x()) * (b.y() - a.y())) / area;
                const double at_b = ((x - a.x()) * (c.y() - a.y()) - (c.x() - a.x()) * (y - a.y())) / area;
                const double at_a = 1 - at_b - at_c;
                if (at_a < 0 || at_b < 0 || at_c < 0) continue;
                double& nearest = depth_[index(column, row)];
                const double depth = at_a * a.z() + at_b * b.z() + at_c * c.z();
                if (depth <= nearest) continue;
                nearest = depth;
                const auto shade = static_cast<float>(at_a * shades[0] + at_b * shades[1] + at_c * shades[2]);
                canvas_.set(column, row, {skin.red * shade, skin.green * shade, skin.blue * shade});
            }
        }
    }

    /// Whether nothing lies before a point of the surface.
    [[nodiscard]] bool is_seen(const Vector3& projected) const {
        constexpr double slack = 0.004; // [m] A few pixels of a surface that turns away.
        const int column = static_cast<int>(projected.x());
        const int row = static_cast<int>(projected.y());
        if (column < 0 || row < 0 || column >= canvas_.width() || row >= canvas_.height()) return false;
        return projected.z() > depth_[index(column, row)] - slack;
    }

  private:
    [[nodiscard]] std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(canvas_.width()) +
               static_cast<std::size_t>(column);
    }

    Canvas& canvas_;
    const PanelView& view_;
    Vector3 centre_;
    double middle_x_;
    double middle_y_;
    double scale_;
    std::vector<double> depth_;
};

void draw_scalp(Panel& panel, const SurfaceMesh& scalp, const VectorField& normals, const PanelView& view) {
    const Vector3 light = (view.towards_viewer() + 0.5 * view.up - 0.2 * view.right).normalized();
    constexpr float ambient = 0.45F;
    for (int t = 0; t < scalp.n_triangles(); ++t) {
        std::array<Vector3, 3> corners;
        std::array<float, 3> shades{};
        for (std::size_t corner = 0; corner < 3; ++corner) {
            const int node = scalp.triangles(static_cast<int>(corner), t);
            corners[corner] = panel.project(scalp.nodes.col(node));
            shades[corner] =
                ambient + (1 - ambient) * static_cast<float>(std::max(0.0, normals.col(node).dot(light)));
        }
        panel.draw_triangle(corners, shades);
    }
}

/// The points that a panel shows: in front, and not where the surface turns away and names would pile up.
std::vector<LabelledPoint> seen_points(const Panel& panel, const PanelView& view, const SurfaceMesh& scalp,
                                       const VectorField& normals, std::span<const LabelledPoint> points) {
    constexpr double least_facing = 0.25; // Cosine to the viewer: 75°.
    std::vector<LabelledPoint> seen;
    for (const LabelledPoint& point : points) {
        Eigen::Index nearest = 0;
        (scalp.nodes.colwise() - point.point).colwise().squaredNorm().minCoeff(&nearest);
        const bool is_facing = normals.col(nearest).dot(view.towards_viewer()) > least_facing;
        if (is_facing && panel.is_seen(panel.project(point.point))) seen.push_back(point);
    }
    return seen;
}

void draw_points(Canvas& canvas, const Panel& panel, std::span<const LabelledPoint> points,
                 double text_size) {
    for (const LabelledPoint& point : points) {
        const Vector3 at = panel.project(point.point);
        const double radius = 0.28 * text_size;
        canvas.draw_line(at.x(), at.y(), at.x(), at.y(), 2 * radius, dot);
        canvas.draw_text(
            point.name, at.x(), at.y() - radius - 0.6 * text_size,
            {.size = text_size, .colour = ink, .anchor = Anchor::centre, .halo = 0.15 * text_size});
    }
}

} // namespace

void draw_electrodes(const SurfaceMesh& scalp, std::span<const LabelledPoint> points,
                     const PictureOptions& options, const std::filesystem::path& png) {
    check(options);
    Canvas canvas(options.width, options.width / 2, white);
    const double panel_width = options.width / 3.0;
    // What the points span, with room for the head around it: necks are left out.
    Eigen::AlignedBox3d box;
    for (const LabelledPoint& point : points) box.extend(point.point);
    constexpr double share = 0.86; // Of the panel.
    const double scale = share * panel_width / box.sizes().maxCoeff();
    const VectorField normals = node_normals(scalp);
    const double text_size = options.width / 105.0;
    for (std::size_t i = 0; i < views().size(); ++i) {
        const PanelView& view = views()[i];
        const double left = panel_width * static_cast<double>(i);
        Panel panel(canvas, view, box.center(), left, panel_width, scale);
        draw_scalp(panel, scalp, normals, view);
        draw_points(canvas, panel, seen_points(panel, view, scalp, normals, points), text_size);
        canvas.draw_text(
            view.title, left + panel_width / 2, 1.5 * text_size,
            {.size = 1.3 * text_size, .colour = ink, .anchor = Anchor::centre, .halo = 0.2 * text_size});
    }
    write_png(canvas, png);
}

} // namespace corticoil::viz
