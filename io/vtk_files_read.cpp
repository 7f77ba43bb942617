#include "core/constants.h"
#include "core/error.h"
#include "io/vtk_files.h"
#include "io/vtk_xml.h"
#include "io/whole_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace corticoil::io {

namespace {

using detail::VtkElement;
using detail::VtkXmlFile;

/// 4 GiB: a surface of 100 million nodes.
constexpr std::uintmax_t most_file_bytes = std::uintmax_t{4} << 30;

/// The one element of this name; null if there is none.
const VtkElement* find_only(const VtkXmlFile& file, std::string_view name) {
    const VtkElement* found = nullptr;
    for (const VtkElement& element : file.elements()) {
        if (element.name != name) continue;
        if (found != nullptr) file.fail(fmt::format("has more than one {}; save it as one piece", name));
        found = &element;
    }
    return found;
}

/// The array inside `parent`; any if `name` is empty.
const VtkElement& find_array(const VtkXmlFile& file, std::string_view parent, std::string_view name) {
    for (const VtkElement& element : file.elements()) {
        const bool is_named = name.empty() || VtkXmlFile::attribute(element, "Name") == name;
        if (element.name == "DataArray" && element.parent == parent && is_named) return element;
    }
    file.fail(fmt::format("has no array {} in {}", name, parent));
}

/// `components` values per column. Values must be finite.
Eigen::MatrixXd read_columns(const VtkXmlFile& file, const VtkElement& array, std::size_t components,
                             std::size_t n) {
    const std::vector<double> values = file.values(array, components * n);
    const auto bad =
        std::find_if(values.begin(), values.end(), [](double value) { return !std::isfinite(value); });
    if (bad != values.end()) {
        const std::string name = VtkXmlFile::attribute(array, "Name").value_or(array.parent);
        file.fail(fmt::format("array {}: the value {} is not a finite number", name, bad - values.begin()));
    }
    return Eigen::Map<const Eigen::MatrixXd>(values.data(), static_cast<Eigen::Index>(components),
                                             static_cast<Eigen::Index>(n));
}

Triangles read_triangles(const VtkXmlFile& file, std::size_t n, std::size_t n_nodes) {
    const std::vector<double> offsets = file.values(find_array(file, "Polys", "offsets"), n);
    for (std::size_t i = 0; i < n; ++i) {
        if (offsets[i] != 3.0 * static_cast<double>(i + 1)) {
            file.fail(fmt::format("polygon {} is not a triangle; triangulate the surface", i));
        }
    }
    const std::vector<double> corners = file.values(find_array(file, "Polys", "connectivity"), 3 * n);
    Triangles triangles(3, static_cast<Eigen::Index>(n));
    for (std::size_t i = 0; i < corners.size(); ++i) {
        if (!(corners[i] >= 0 && corners[i] < static_cast<double>(n_nodes))) {
            file.fail(
                fmt::format("triangle {} uses node {}, but there are {} nodes", i / 3, corners[i], n_nodes));
        }
        triangles.data()[i] = static_cast<int>(corners[i]);
    }
    return triangles;
}

PointFields read_fields(const VtkXmlFile& file, std::size_t n_nodes) {
    constexpr std::size_t most_components = 9; // a tensor
    PointFields fields;
    for (const VtkElement& element : file.elements()) {
        if (element.name != "DataArray" || element.parent != "PointData") continue;
        const std::string name = VtkXmlFile::attribute(element, "Name").value_or("");
        const bool has_components = VtkXmlFile::attribute(element, "NumberOfComponents").has_value();
        const std::size_t components = has_components ? file.count(element, "NumberOfComponents") : 1;
        if (components < 1 || components > most_components) {
            file.fail(fmt::format("array {} has {} components; 1 to {} are read", name, components,
                                  most_components));
        }
        fields.push_back({name, read_columns(file, element, components, n_nodes)});
    }
    return fields;
}

/// The array `name` per tetrahedron.
Eigen::MatrixXd read_cell_field(const VtkXmlFile& file, const std::string& name, std::size_t n) {
    const VtkElement& array = find_array(file, "CellData", name);
    const bool has_components = VtkXmlFile::attribute(array, "NumberOfComponents").has_value();
    const std::size_t components = has_components ? file.count(array, "NumberOfComponents") : 1;
    if (components != 1 && components != 3)
        file.fail(fmt::format("array {} has {} components; 1 and 3 are read", name, components));
    return read_columns(file, array, components, n);
}

/// Four corners per tetrahedron.
Tetrahedra read_tetrahedra(const VtkXmlFile& file, std::size_t n, std::size_t n_nodes) {
    constexpr double vtk_tetra = 10; // VTK's number of the cell type.
    const std::vector<double> types = file.values(find_array(file, "Cells", "types"), n);
    if (!std::all_of(types.begin(), types.end(), [&](double type) { return type == vtk_tetra; }))
        file.fail("holds cells that are no tetrahedra");
    const std::vector<double> corners = file.values(find_array(file, "Cells", "connectivity"), 4 * n);
    Tetrahedra tetrahedra(4, static_cast<Eigen::Index>(n));
    for (std::size_t i = 0; i < corners.size(); ++i) {
        if (!(corners[i] >= 0 && corners[i] < static_cast<double>(n_nodes))) {
            file.fail(fmt::format("tetrahedron {} uses node {}, but there are {} nodes", i / 4, corners[i],
                                  n_nodes));
        }
        tetrahedra.data()[i] = static_cast<int>(corners[i]);
    }
    return tetrahedra;
}

} // namespace

MeshWithFields read_vtu(const std::filesystem::path& path, const std::vector<std::string>& names) {
    const std::string bytes = read_whole_file(path, most_file_bytes);
    const VtkXmlFile file(path.string(), bytes);
    const VtkElement* const piece = find_only(file, "Piece");
    if (find_only(file, "UnstructuredGrid") == nullptr || piece == nullptr)
        file.fail("holds no mesh (UnstructuredGrid)");
    const std::size_t n_nodes = file.count(*piece, "NumberOfPoints");
    const std::size_t n = file.count(*piece, "NumberOfCells");
    if (n_nodes == 0 || n == 0) file.fail("holds no tetrahedra");
    MeshWithFields result;
    result.mesh.nodes =
        read_columns(file, find_array(file, "Points", ""), 3, n_nodes) / millimetres_per_metre;
    result.mesh.tetrahedra = read_tetrahedra(file, n, n_nodes);
    const std::vector<double> labels = file.values(find_array(file, "CellData", "tissue"), n);
    result.mesh.labels.reserve(n);
    for (const double label : labels) {
        constexpr double largest_label = 1e6;
        if (!(std::abs(label) <= largest_label)) file.fail(fmt::format("{} is no tissue label", label));
        result.mesh.labels.push_back(static_cast<int>(label));
    }
    for (const std::string& name : names) result.fields.push_back({name, read_cell_field(file, name, n)});
    return result;
}

SurfaceWithFields read_vtp(const std::filesystem::path& path) {
    const std::string bytes = read_whole_file(path, most_file_bytes);
    const VtkXmlFile file(path.string(), bytes);
    const VtkElement* const piece = find_only(file, "Piece");
    if (find_only(file, "PolyData") == nullptr || piece == nullptr) file.fail("holds no surface (PolyData)");
    const std::size_t n_nodes = file.count(*piece, "NumberOfPoints");
    const std::size_t n_triangles = file.count(*piece, "NumberOfPolys");
    if (file.count(*piece, "NumberOfStrips") > 0) file.fail("holds triangle strips; triangulate the surface");
    if (n_nodes == 0 || n_triangles == 0) file.fail("holds no triangles");
    SurfaceWithFields result;
    result.surface.nodes =
        read_columns(file, find_array(file, "Points", ""), 3, n_nodes) / millimetres_per_metre;
    result.surface.triangles = read_triangles(file, n_triangles, n_nodes);
    result.fields = read_fields(file, n_nodes);
    return result;
}

} // namespace corticoil::io
