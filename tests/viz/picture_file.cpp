#include "picture_file.h"

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace corticoil::viz::test {

Canvas read_picture(const std::filesystem::path& path) {
    vtkNew<vtkPNGReader> reader;
    if (reader->CanReadFile(path.c_str()) == 0) throw std::runtime_error(path.string() + " is not a PNG");
    reader->SetFileName(path.c_str());
    reader->Update();
    vtkImageData* const image = reader->GetOutput();
    const int width = image->GetDimensions()[0];
    const int height = image->GetDimensions()[1];
    Canvas canvas(width, height, black);
    for (int row = 0; row < height; ++row) {
        for (int column = 0; column < width; ++column) {
            const auto* const bytes =
                static_cast<const unsigned char*>(image->GetScalarPointer(column, height - 1 - row, 0));
            canvas.set(column, row,
                       {static_cast<float>(bytes[0]) / 255.0F, static_cast<float>(bytes[1]) / 255.0F,
                        static_cast<float>(bytes[2]) / 255.0F});
        }
    }
    return canvas;
}

double distance(const Colour& a, const Colour& b) {
    return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

Colour mean_around(const Canvas& canvas, double column, double row, int radius) {
    Colour sum;
    const auto share = 1.0F / static_cast<float>((2 * radius + 1) * (2 * radius + 1));
    for (int dy = -radius; dy <= radius; ++dy) {
        for (int dx = -radius; dx <= radius; ++dx) {
            const Colour& colour = canvas.at(static_cast<int>(column) + dx, static_cast<int>(row) + dy);
            sum = {sum.red + share * colour.red, sum.green + share * colour.green,
                   sum.blue + share * colour.blue};
        }
    }
    return sum;
}

int count_near(const Canvas& canvas, const Colour& colour, double tolerance, int left, int top, int right,
               int bottom) {
    int count = 0;
    for (int row = std::max(0, top); row < std::min(canvas.height(), bottom); ++row) {
        for (int column = std::max(0, left); column < std::min(canvas.width(), right); ++column) {
            if (distance(canvas.at(column, row), colour) < tolerance) ++count;
        }
    }
    return count;
}

} // namespace corticoil::viz::test
