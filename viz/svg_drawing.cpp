#include "viz/svg_drawing.h"

#include "core/error.h"

#include <fmt/format.h>

#include <fstream>

namespace corticoil::viz {

namespace {
std::string hexadecimal(const Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", to_byte(colour.red), to_byte(colour.green),
                       to_byte(colour.blue));
}

/// Text as XML may hold it; control characters become spaces.
std::string escaped(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? ' ' : letter;
        }
    }
    return result;
}

std::string opacity_attribute(const char* name, float opacity) {
    return opacity < 1 ? fmt::format(" {}=\"{:.3g}\"", name, opacity) : "";
}
} // namespace

SvgDrawing::SvgDrawing(int width, int height) : width_(width), height_(height) {}

void SvgDrawing::fill_rectangle(double left, double top, double right, double bottom, const Colour& colour,
                                float opacity) {
    body_ += fmt::format(
        "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" fill=\"{}\"{}/>\n", left, top,
        right - left, bottom - top, hexadecimal(colour), opacity_attribute("fill-opacity", opacity));
}

void SvgDrawing::fill_gradient(double left, double top, double right, double bottom,
                               const std::function<Colour(double fraction)>& colour) {
    constexpr int n_stops = 33;
    const std::string name = fmt::format("colours{}", ++n_gradients_);
    body_ += fmt::format("<linearGradient id=\"{}\">\n", name);
    for (int stop = 0; stop < n_stops; ++stop) {
        const double fraction = stop / (n_stops - 1.0);
        body_ += fmt::format("<stop offset=\"{:.5f}\" stop-color=\"{}\"/>\n", fraction,
                             hexadecimal(colour(fraction)));
    }
    body_ +=
        fmt::format("</linearGradient>\n<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" "
                    "fill=\"url(#{})\"/>\n",
                    left, top, right - left, bottom - top, name);
}

void SvgDrawing::draw_line(double x0, double y0, double x1, double y1, double width, const Colour& colour,
                           float opacity) {
    body_ +=
        fmt::format("<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\" stroke=\"{}\" "
                    "stroke-width=\"{:.2f}\" stroke-linecap=\"round\"{}/>\n",
                    x0, y0, x1, y1, hexadecimal(colour), width, opacity_attribute("stroke-opacity", opacity));
}

void SvgDrawing::fill_triangle(double x0, double y0, double x1, double y1, double x2, double y2,
                               const Colour& colour) {
    body_ += fmt::format("<polygon points=\"{:.2f},{:.2f} {:.2f},{:.2f} {:.2f},{:.2f}\" fill=\"{}\"/>\n", x0,
                         y0, x1, y1, x2, y2, hexadecimal(colour));
}

void SvgDrawing::draw_text(const std::string& text, double x, double y, const TextStyle& style) {
    // DejaVu's letters are larger than other fonts' at the same size; half an x-height under the middle is
    // where the baseline lies.
    constexpr double shrink = 0.88;
    constexpr double baseline = 0.36;
    const double size = shrink * style.size;
    const char* const anchor = style.anchor == Anchor::left     ? "start"
                               : style.anchor == Anchor::centre ? "middle"
                                                                : "end";
    const std::string halo =
        style.halo > 0 ? fmt::format(" stroke=\"{}\" stroke-width=\"{:.2f}\" stroke-linejoin=\"round\" "
                                     "paint-order=\"stroke\"",
                                     hexadecimal(style.halo_colour), 2 * style.halo)
                       : "";
    body_ += fmt::format("<text x=\"{:.2f}\" y=\"{:.2f}\" font-size=\"{:.2f}\"{} text-anchor=\"{}\" "
                         "fill=\"{}\"{}>{}</text>\n",
                         x, y + baseline * size, size, style.bold ? " font-weight=\"bold\"" : "", anchor,
                         hexadecimal(style.colour), halo, escaped(text));
}

std::string SvgDrawing::document(const std::string& title) const {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\" font-family=\"DejaVu Sans, Verdana, Arial, sans-serif\">\n"
        "<title>{2}</title>\n{3}</svg>\n",
        width_, height_, escaped(title), body_);
}

void SvgDrawing::write(const std::string& title, const std::filesystem::path& path) const {
    std::ofstream stream(path, std::ios::binary);
    stream << document(title);
    stream.close();
    if (!stream) throw Error(fmt::format("{}: cannot be written; is the disk full?", path.string()));
}

} // namespace corticoil::viz
