#pragma once

#include "core/image.h"
#include "viz/canvas.h"

#include <array>
#include <optional>
#include <vector>

namespace corticoil::viz {

/// A plane through the head that a picture shows: the head point [m] at the picture's upper left corner and
/// the steps to the right and down, one pixel each [m].
struct SlicePlane {
    Vector3 corner = Vector3::Zero();
    Vector3 right = Vector3::Zero();
    Vector3 down = Vector3::Zero();
    int width = 0;
    int height = 0;

    [[nodiscard]] Vector3 point(double column, double row) const {
        return corner + column * right + row * down;
    }
};

/// Reads an image at head points, whatever its voxel axes.
template <typename Voxel>
class ImageSampler {
  public:
    /// Keeps a reference. `what` names the image in messages.
    /// \throws Error if the image is empty or its affine cannot be inverted.
    ImageSampler(const Image<Voxel>& image, const char* what);

    /// The nearest voxel's value, or nothing outside the image. `point` [m].
    [[nodiscard]] std::optional<Voxel> nearest(const Vector3& point) const;

    /// Between voxels, or nothing outside the image; voxels that are not finite count as 0.
    [[nodiscard]] std::optional<double> linear(const Vector3& point) const;

  private:
    const Image<Voxel>& image_;
    Eigen::Affine3d voxel_from_head_;
};

/// How grey values and labels are laid over each other.
struct SliceStyle {
    double brightest = 1;         ///< The T1 value that is drawn white.
    float fill_opacity = 0;       ///< Of a tissue's colour over the T1; 0: outlines alone.
    float line_opacity = 1.0F;    ///< Of its outline.
    float lesion_opacity = 0.75F; ///< Of the colour of lesions (51, 52): small, and to be seen at once.
};

inline constexpr int slice_samples_per_side = 2; ///< Samples per pixel along each axis.

/// Colours between the T1 and the outlines, one value per sample in rows; not a number: nothing there.
struct SliceOverlay {
    std::vector<float> values;
    ColourScale scale;
    float opacity = 1;
};

/// Draws one slice: the T1 in grey and over it the tissues, each with an outline of its own colour on its
/// inner side. Four samples a pixel.
[[nodiscard]] Canvas draw_slice(const ImageSampler<float>& t1, const ImageSampler<std::uint8_t>& tissues,
                                const SlicePlane& plane, const SliceStyle& style,
                                const SliceOverlay* overlay = nullptr);

} // namespace corticoil::viz
