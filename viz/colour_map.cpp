#include "viz/colour_map.h"

#include "core/constants.h"
#include "core/tissue.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace corticoil::viz {

namespace {
/// IEC 61966-2-1: the sRGB transfer function.
double encode_srgb(double linear) {
    const double x = std::clamp(linear, 0.0, 1.0);
    return x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1 / 2.4) - 0.055;
}

double decode_srgb(double encoded) {
    return encoded <= 0.04045 ? encoded / 12.92 : std::pow((encoded + 0.055) / 1.055, 2.4);
}

/// The path of the field's colour map: lightness is linear in the value; hue turns from violet through teal
/// and green to yellow, as viridis does, and chroma stays within sRGB. The darkest colour is light enough to
/// show sulci.
constexpr double lowest_lightness = 0.42;
constexpr double highest_lightness = 0.95;
constexpr double first_hue_degrees = 292;
constexpr double last_hue_degrees = 103;
constexpr std::array<double, 5> chroma_at_quarters{0.130, 0.110, 0.110, 0.165, 0.185};

std::array<Colour, 256> make_field_table() {
    std::array<Colour, 256> table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double fraction = static_cast<double>(i) / static_cast<double>(table.size() - 1);
        const double quarter = fraction * static_cast<double>(chroma_at_quarters.size() - 1);
        const std::size_t left = std::min(static_cast<std::size_t>(quarter), chroma_at_quarters.size() - 2);
        const double chroma = std::lerp(chroma_at_quarters[left], chroma_at_quarters[left + 1],
                                        quarter - static_cast<double>(left));
        table[i] = from_oklch(std::lerp(lowest_lightness, highest_lightness, fraction), chroma,
                              std::lerp(first_hue_degrees, last_hue_degrees, fraction));
    }
    return table;
}

/// The diverging map: both arms start at the same grey and fall to the same lightness and chroma.
constexpr double neutral_lightness = 0.93;
constexpr double arm_end_lightness = 0.46;
constexpr double arm_end_chroma = 0.145;
constexpr double negative_hue_degrees = 256;
constexpr double positive_hue_degrees = 38;

constexpr Colour from_bytes(int red, int green, int blue) {
    return {static_cast<float>(red) / 255.0F, static_cast<float>(green) / 255.0F,
            static_cast<float>(blue) / 255.0F};
}
} // namespace

Colour mix(const Colour& a, const Colour& b, float fraction) {
    return {a.red + fraction * (b.red - a.red), a.green + fraction * (b.green - a.green),
            a.blue + fraction * (b.blue - a.blue)};
}

std::uint8_t to_byte(float channel) {
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(channel, 0.0F, 1.0F)));
}

Colour from_oklch(double lightness, double chroma, double hue_degrees) {
    const double a = chroma * std::cos(hue_degrees * radians_per_degree);
    const double b = chroma * std::sin(hue_degrees * radians_per_degree);
    const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    return {static_cast<float>(encode_srgb(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s)),
            static_cast<float>(encode_srgb(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s)),
            static_cast<float>(encode_srgb(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s))};
}

double oklab_lightness(const Colour& colour) {
    const double red = decode_srgb(colour.red);
    const double green = decode_srgb(colour.green);
    const double blue = decode_srgb(colour.blue);
    const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
}

Colour field_colour(double fraction) {
    static const std::array<Colour, 256> table = make_field_table();
    const double clamped = fraction >= 0 ? std::min(fraction, 1.0) : 0.0;
    return table[static_cast<std::size_t>(std::lround(clamped * static_cast<double>(table.size() - 1)))];
}

Colour diverging_colour(double fraction) {
    const double clamped = std::isnan(fraction) ? 0.0 : std::clamp(fraction, -1.0, 1.0);
    const double along = std::abs(clamped);
    return from_oklch(std::lerp(neutral_lightness, arm_end_lightness, along), arm_end_chroma * along,
                      clamped < 0 ? negative_hue_degrees : positive_hue_degrees);
}

Colour tissue_colour(int label) {
    switch (label) {
    case tissue::white_matter:
        return from_bytes(240, 228, 66);
    case tissue::grey_matter:
        return from_bytes(213, 94, 0);
    case tissue::csf:
        return from_bytes(0, 114, 178);
    case tissue::bone:
        return from_bytes(0, 158, 115);
    case tissue::scalp:
        return from_bytes(204, 121, 167);
    case tissue::eyes:
        return from_bytes(86, 180, 233);
    case tissue::compact_bone:
        return from_bytes(0, 158, 115);
    case tissue::spongy_bone:
        return from_bytes(230, 159, 0);
    case tissue::blood:
        return from_bytes(140, 20, 60);
    case tissue::muscle:
        return from_bytes(150, 90, 60);
    case tissue::lesion:
        return from_bytes(255, 40, 40);
    case tissue::black_hole:
        return from_bytes(0, 230, 255);
    default:
        return from_bytes(150, 150, 150);
    }
}

} // namespace corticoil::viz
