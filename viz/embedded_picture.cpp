#include "viz/embedded_picture.h"

#include "core/base64.h"
#include "core/error.h"
#include "viz/vtk_messages.h"

#include <fmt/format.h>

#include <vtkImageData.h>
#include <vtkImageResize.h>
#include <vtkJPEGWriter.h>
#include <vtkNew.h>
#include <vtkPNGReader.h>
#include <vtkUnsignedCharArray.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>

namespace corticoil::viz {

namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(stream), {});
    constexpr std::string_view signature("\x89PNG\r\n\x1a\n", 8);
    constexpr std::size_t header_size = 24; // Up to the end of width and height.
    if (!stream || !bytes.starts_with(signature) || bytes.size() < header_size) {
        throw Error(
            fmt::format("{}: is no PNG file; draw the pictures again with corticoil render", file.string()));
    }
    return bytes;
}

/// A number of the header, big-endian.
int number_at(const std::string& bytes, std::size_t at) {
    int value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

EmbeddedPicture as_png(const std::string& bytes) {
    constexpr std::size_t width_at = 16;
    constexpr std::size_t height_at = 20;
    return {"data:image/png;base64," + to_base64(bytes), number_at(bytes, width_at),
            number_at(bytes, height_at)};
}

EmbeddedPicture as_jpeg(const std::filesystem::path& file, const EmbeddedPicture& png) {
    constexpr int most_pixels = 1600;
    constexpr int quality = 88; // Letters stay clean.
    const VtkMessages messages;
    vtkNew<vtkPNGReader> reader;
    reader->SetFileName(file.c_str());
    EmbeddedPicture picture;
    picture.width = std::min(most_pixels, png.width);
    picture.height = std::max(1, png.height * picture.width / png.width);
    vtkNew<vtkImageResize> resize;
    resize->SetInputConnection(reader->GetOutputPort());
    resize->SetOutputDimensions(picture.width, picture.height, 1);
    vtkNew<vtkJPEGWriter> writer;
    writer->SetInputConnection(resize->GetOutputPort());
    writer->SetQuality(quality);
    writer->WriteToMemoryOn();
    writer->Write();
    messages.throw_if_any(fmt::format("recompressing {}", file.string()));
    vtkUnsignedCharArray* const bytes = writer->GetResult();
    picture.data_uri =
        "data:image/jpeg;base64," + to_base64({reinterpret_cast<const char*>(bytes->GetPointer(0)),
                                               static_cast<std::size_t>(bytes->GetNumberOfValues())});
    return picture;
}

} // namespace

std::vector<EmbeddedPicture> embedded_pictures(const std::vector<std::filesystem::path>& files,
                                               std::size_t most_characters) {
    std::vector<EmbeddedPicture> pictures;
    std::vector<std::size_t> largest_first;
    std::size_t total = 0;
    for (const std::filesystem::path& file : files) {
        pictures.push_back(as_png(content_of(file)));
        total += pictures.back().data_uri.size();
        largest_first.push_back(largest_first.size());
    }
    std::stable_sort(largest_first.begin(), largest_first.end(), [&](std::size_t a, std::size_t b) {
        return pictures[a].data_uri.size() > pictures[b].data_uri.size();
    });
    for (const std::size_t i : largest_first) {
        if (total <= most_characters) break;
        EmbeddedPicture smaller = as_jpeg(files[i], pictures[i]);
        if (smaller.data_uri.size() >= pictures[i].data_uri.size()) continue;
        total -= pictures[i].data_uri.size() - smaller.data_uri.size();
        pictures[i] = std::move(smaller);
    }
    return pictures;
}

} // namespace corticoil::viz
