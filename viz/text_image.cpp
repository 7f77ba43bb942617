// VTK 9.1 reads UTF-8 only through vtkUnicodeString, which it calls deprecated: its functions for plain
// strings drop everything that is not ASCII. VTK_DEPRECATED_IN_9_1_0.
#define VTK_DEPRECATION_LEVEL 0

#include "viz/text_image.h"

#include "core/error.h"
#include "viz/vtk_messages.h"

#include <fmt/format.h>

#include <vtkFreeTypeTools.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkTextProperty.h>
#include <vtkUnicodeString.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>
#include <utility>

namespace corticoil::viz {

namespace {
/// VTK's built-in font has ASCII only. This one, of Debian's fonts-dejavu-core, comes with fontconfig and so
/// with VTK.
constexpr const char* font_file = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
constexpr const char* bold_font_file = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";

/// DejaVu's letters are about this much larger than other fonts' at the same size.
constexpr double dejavu_shrink = 0.88;

/// Line breaks and other control characters as spaces: a text is one line.
std::string one_line(std::string text) {
    for (char& letter : text) {
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) letter = ' ';
    }
    return text;
}

/// The nearest ASCII spelling of UTF-8 text, for the built-in font: without this, "A/µs" would read "A/s".
std::string in_ascii(std::string text) {
    constexpr std::array<std::pair<const char*, const char*>, 6> spellings{
        {{"µ", "u"}, {"−", "-"}, {"–", "-"}, {"×", "x"}, {"…", "..."}, {"°", " deg"}}};
    for (const auto& [symbol, spelling] : spellings) {
        for (std::size_t at = text.find(symbol); at != std::string::npos; at = text.find(symbol, at)) {
            text.replace(at, std::string_view(symbol).size(), spelling);
        }
    }
    std::string result;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        // One question mark per character: continuation bytes begin with the bits 10.
        if (byte < 0x80) result += letter;
        if (byte >= 0xC0) result += '?';
    }
    return result;
}
} // namespace

TextImage draw_text(const std::string& text, double pixel_size, bool bold) {
    if (text.empty()) return {};
    // At 72 dots per inch one point is one pixel.
    constexpr int dots_per_inch = 72;
    const VtkMessages messages;
    vtkNew<vtkTextProperty> property;
    const char* const file = bold ? bold_font_file : font_file;
    const bool has_file = std::filesystem::exists(file);
    if (has_file) {
        property->SetFontFamily(VTK_FONT_FILE);
        property->SetFontFile(file);
    } else {
        property->SetFontFamilyToArial();
        property->SetBold(bold ? 1 : 0);
    }
    const std::string line = has_file ? one_line(text) : in_ascii(one_line(text));
    const double size = has_file ? dejavu_shrink * pixel_size : pixel_size;
    property->SetFontSize(std::max(1, static_cast<int>(std::lround(size))));
    property->SetColor(1, 1, 1);
    property->SetJustificationToLeft();
    property->SetVerticalJustificationToBottom();
    vtkNew<vtkImageData> image;
    std::array<int, 2> extent{0, 0};
    const bool drawn = vtkFreeTypeTools::GetInstance()->RenderString(
        property, vtkUnicodeString::from_utf8(line), dots_per_inch, image, extent.data());
    if (!drawn) throw ComputationError(fmt::format("cannot draw the text \"{}\": {}", text, messages.text()));
    messages.throw_if_any(fmt::format("drawing the text \"{}\"", text));
    TextImage result{extent[0], extent[1], {}};
    result.coverage.resize(static_cast<std::size_t>(extent[0]) * static_cast<std::size_t>(extent[1]));
    const std::array<int, 3> dimensions{image->GetDimensions()[0], image->GetDimensions()[1], 1};
    const auto* const pixels = static_cast<const unsigned char*>(image->GetScalarPointer());
    const int n_channels = image->GetNumberOfScalarComponents();
    for (int row = 0; row < std::min(extent[1], dimensions[1]); ++row) {
        for (int column = 0; column < std::min(extent[0], dimensions[0]); ++column) {
            // The image's first row is the lowest; its last channel is the opacity.
            const int source = ((extent[1] - 1 - row) * dimensions[0] + column) * n_channels + n_channels - 1;
            result.coverage[static_cast<std::size_t>(row * extent[0] + column)] =
                static_cast<float>(pixels[source]) / 255.0F;
        }
    }
    return result;
}

} // namespace corticoil::viz
