#include "viz/png_file.h"

#include "core/error.h"
#include "viz/vtk_messages.h"

#include <fmt/format.h>
#include <unistd.h>

#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPNGWriter.h>
#include <vtkUnsignedCharArray.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace corticoil::viz {

namespace {
/// A number of four bytes, the highest first.
std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((number >> shift) & 0xFFU);
    return bytes;
}

/// The checksum of a chunk: CRC-32 of ISO 3309, bit by bit (a chunk of ours has 13 bytes).
std::uint32_t checksum(std::string_view bytes) {
    constexpr std::uint32_t polynomial = 0xEDB88320U;
    std::uint32_t remainder = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        remainder ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit)
            remainder = (remainder >> 1U) ^ ((remainder & 1U) != 0 ? polynomial : 0U);
    }
    return ~remainder;
}

/// The chunk that gives the pixels' size: pixels per metre across and down, and the unit's number.
std::string size_chunk(double dots_per_inch) {
    constexpr double metres_per_inch = 0.0254;
    const auto dots_per_metre = static_cast<std::uint32_t>(std::lround(dots_per_inch / metres_per_inch));
    const std::string content =
        "pHYs" + big_endian(dots_per_metre) + big_endian(dots_per_metre) + std::string(1, '\1');
    return big_endian(9) + content + big_endian(checksum(content));
}
} // namespace

void write_png(const Canvas& canvas, const std::filesystem::path& path, double dots_per_inch) {
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
    std::string file(reinterpret_cast<const char*>(content->GetPointer(0)),
                     static_cast<std::size_t>(content->GetNumberOfValues()));
    // The signature and the header chunk have 8 + 25 bytes; ours comes behind them, before the pixels.
    constexpr std::size_t behind_header = 33;
    if (dots_per_inch > 0) file.insert(behind_header, size_chunk(dots_per_inch));

    const std::filesystem::path temporary = fmt::format("{}.{}.part", path.string(), getpid());
    std::ofstream stream(temporary, std::ios::binary);
    stream.write(file.data(), static_cast<std::streamsize>(file.size()));
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
