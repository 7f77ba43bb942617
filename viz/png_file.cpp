#include "viz/png_file.h"

#include "core/error.h"
#include "viz/vtk_messages.h"

#include <fmt/format.h>
#include <unistd.h>

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>

#include <fstream>

namespace corticoil::viz {

void write_png(const Canvas& canvas, const std::filesystem::path& path) {
    const VtkMessages messages;
    vtkNew<vtkImageData> image;
    image->SetDimensions(canvas.width(), canvas.height(), 1);
    image->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
    auto* bytes = static_cast<unsigned char*>(image->GetScalarPointer());
    for (int row = canvas.height() - 1; row >= 0; --row) {
        for (int column = 0; column < canvas.width(); ++column) {
            const Colour& colour = canvas.at(column, row);
            for (const float channel : {colour.red, colour.green, colour.blue}) *bytes++ = to_byte(channel);
        }
    }
    vtkNew<vtkPNGWriter> writer;
    writer->SetInputData(image);
    writer->WriteToMemoryOn();
    writer->Write();
    messages.throw_if_any(fmt::format("writing {}", path.string()));
    vtkUnsignedCharArray* const content = writer->GetResult();

    const std::filesystem::path temporary = fmt::format("{}.{}.part", path.string(), getpid());
    std::ofstream stream(temporary, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(content->GetPointer(0)), content->GetNumberOfValues());
    stream.close();
    std::error_code failure;
    if (stream) std::filesystem::rename(temporary, path, failure);
    if (!stream || failure) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        throw Error(fmt::format(
            "{}: cannot be written; check that the folder exists, may be written to and has space",
            path.string()));
    }
}

} // namespace corticoil::viz
