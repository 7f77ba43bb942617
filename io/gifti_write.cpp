#include "core/base64.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/gifti_file.h"
#include "io/staged_output.h"

#include <fmt/format.h>
#include <zlib.h>

#include <string>
#include <vector>

namespace corticoil::io {

namespace {

std::string compressed(std::string_view bytes) {
    uLongf size = compressBound(static_cast<uLong>(bytes.size()));
    std::string result(size, '\0');
    const int status =
        compress(reinterpret_cast<Bytef*>(result.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                 static_cast<uLong>(bytes.size()));
    CORTICOIL_ASSERT(status == Z_OK);
    result.resize(size);
    return result;
}

template <typename Number>
std::string encoded(const std::vector<Number>& numbers) {
    return to_base64(
        compressed({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)}));
}

/// What kind of array follows: intent, type and dimensions, as attributes.
std::string array_attributes(const std::string& intent, const std::string& type, const std::string& size) {
    return fmt::format(
        R"(Intent="NIFTI_INTENT_{}" DataType="NIFTI_TYPE_{}" ArrayIndexingOrder="RowMajorOrder" {} )"
        R"(Encoding="GZipBase64Binary" Endian="LittleEndian" ExternalFileName="" ExternalFileOffset="")",
        intent, type, size);
}

void write_file(const std::filesystem::path& path, int n_arrays, const std::string& arrays) {
    write_file_atomically(
        path, fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                          "<!DOCTYPE GIFTI SYSTEM \"http://www.nitrc.org/frs/download.php/115/gifti.dtd\">\n"
                          "<GIFTI Version=\"1.0\" NumberOfDataArrays=\"{}\">\n{}</GIFTI>\n",
                          n_arrays, arrays));
}

std::string meta(const std::string& name, const std::string& value) {
    return fmt::format("<MD><Name><![CDATA[{}]]></Name><Value><![CDATA[{}]]></Value></MD>", name, value);
}

} // namespace

void write_gifti(const std::filesystem::path& path, const SurfaceMesh& surface) {
    std::vector<float> points;
    points.reserve(static_cast<std::size_t>(surface.nodes.size()));
    for (int n = 0; n < surface.n_nodes(); ++n) {
        for (int axis = 0; axis < 3; ++axis)
            points.push_back(static_cast<float>(surface.nodes(axis, n) * millimetres_per_metre));
    }
    const std::vector<std::int32_t> corners(surface.triangles.data(),
                                            surface.triangles.data() + surface.triangles.size());
    // The points are in the scanner's space already: an identity between two names for it.
    const std::string arrays = fmt::format(
        "<DataArray {}>\n<MetaData>{}</MetaData>\n"
        "<CoordinateSystemTransformMatrix><DataSpace><![CDATA[NIFTI_XFORM_SCANNER_ANAT]]></DataSpace>"
        "<TransformedSpace><![CDATA[NIFTI_XFORM_SCANNER_ANAT]]></TransformedSpace>"
        "<MatrixData>1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1</MatrixData></CoordinateSystemTransformMatrix>\n"
        "<Data>{}</Data>\n</DataArray>\n<DataArray {}>\n<Data>{}</Data>\n</DataArray>\n",
        array_attributes("POINTSET", "FLOAT32",
                         fmt::format(R"(Dimensionality="2" Dim0="{}" Dim1="3")", surface.n_nodes())),
        meta("GeometricType", "Anatomical"), encoded(points),
        array_attributes("TRIANGLE", "INT32",
                         fmt::format(R"(Dimensionality="2" Dim0="{}" Dim1="3")", surface.n_triangles())),
        encoded(corners));
    write_file(path, 2, arrays);
}

void write_gifti_values(const std::filesystem::path& path, const PointFields& fields) {
    std::string arrays;
    for (const DataField& field : fields) {
        CORTICOIL_ASSERT(field.values.rows() == 1);
        const std::vector<float> values(field.values.data(), field.values.data() + field.values.size());
        arrays += fmt::format("<DataArray {}>\n<MetaData>{}</MetaData>\n<Data>{}</Data>\n</DataArray>\n",
                              array_attributes("NONE", "FLOAT32",
                                               fmt::format(R"(Dimensionality="1" Dim0="{}")", values.size())),
                              meta("Name", field.name), encoded(values));
    }
    write_file(path, static_cast<int>(fields.size()), arrays);
}

} // namespace corticoil::io
