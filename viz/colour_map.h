#pragma once

#include <cstdint>

namespace corticoil::viz {

/// An sRGB colour, each channel 0 … 1.
struct Colour {
    float red = 0;
    float green = 0;
    float blue = 0;
};

inline constexpr Colour white{1, 1, 1};
inline constexpr Colour black{0, 0, 0};

/// A colour between `a` (fraction 0) and `b` (fraction 1).
[[nodiscard]] Colour mix(const Colour& a, const Colour& b, float fraction);

/// A channel as files and graphics drivers store it, 0 … 255; values outside 0 … 1 are clamped.
[[nodiscard]] std::uint8_t to_byte(float channel);

/// A colour in OKLCh: lightness 0 … 1, chroma 0 … about 0.3, hue [degrees]; channels outside sRGB are
/// clipped. Source: B. Ottosson, "A perceptual color space for image processing", 2020.
[[nodiscard]] Colour from_oklch(double lightness, double chroma, double hue_degrees);

/// OKLab lightness of a colour, 0 … 1; same source.
[[nodiscard]] double oklab_lightness(const Colour& colour);

/// The colour of a field value: 0 is blue-violet, 1 is yellow. Lightness rises linearly with `fraction`, so
/// that the order of values survives greyscale printing and colour blindness. Values outside 0 … 1 are
/// clamped; a table of 256 entries generated once from a path through OKLCh.
[[nodiscard]] Colour field_colour(double fraction);

/// The colour of a value with a sign: 0 is a pale neutral grey, −1 blue, +1 red. Lightness falls linearly
/// with the magnitude and alike on both sides; blue and red-orange stay apart under the common kinds of
/// colour blindness. Values outside −1 … 1 are clamped, no number is 0.
[[nodiscard]] Colour diverging_colour(double fraction);

/// How the values of a picture become colours.
struct ColourScale {
    double cap = 1;            ///< Values from here on have the last colour; in the unit of the values.
    bool is_diverging = false; ///< From −cap to cap instead of from `floor`.
    double floor = 0;          ///< < cap.

    [[nodiscard]] double low() const { return is_diverging ? -cap : floor; }
    [[nodiscard]] Colour operator()(double value) const {
        return is_diverging ? diverging_colour(value / cap) : field_colour((value - floor) / (cap - floor));
    }
};

/// The colour of a tissue label on slices, from the palette of Okabe & Ito 2008 ("Color universal design"),
/// which people with colour-vision deficiency can tell apart; labels nobody knows are grey.
[[nodiscard]] Colour tissue_colour(int label);

} // namespace corticoil::viz
