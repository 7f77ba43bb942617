#include "io/gmsh.h"

#include "core/constants.h"
#include "core/error.h"
#include "core/tissue.h"
#include "io/gmsh_builder.h"
#include "io/staged_output.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace corticoil::io {

namespace {

/// Collects binary numbers in the machine's byte order and hands them on in large pieces.
class BinaryOutput {
  public:
    explicit BinaryOutput(std::ostream& stream) : stream_(stream) { buffer_.reserve(piece + 64); }
    ~BinaryOutput() { flush(); }
    BinaryOutput(const BinaryOutput&) = delete;
    BinaryOutput& operator=(const BinaryOutput&) = delete;

    void put_integer(int value) { put(static_cast<std::int32_t>(value)); }
    void put_size(std::size_t value) { put(static_cast<std::uint64_t>(value)); }
    void put_real(double value) { put(value); }
    void put_text(const std::string& text) {
        flush();
        stream_ << text;
    }

  private:
    template <typename Number>
    void put(Number value) {
        const char* const raw = reinterpret_cast<const char*>(&value);
        buffer_.insert(buffer_.end(), raw, raw + sizeof(Number));
        if (buffer_.size() >= piece) flush();
    }
    void flush() {
        stream_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.clear();
    }

    static constexpr std::size_t piece = std::size_t{1} << 20;
    std::ostream& stream_;
    std::vector<char> buffer_;
};

using TetrahedraByLabel = std::map<int, std::vector<int>>;

TetrahedraByLabel group_by_label(const std::string& file, const TetMesh& mesh) {
    TetrahedraByLabel groups;
    for (int t = 0; t < mesh.n_tetrahedra(); ++t) {
        const int label = mesh.labels[static_cast<std::size_t>(t)];
        if (label < 1 || label > detail::largest_label) {
            throw Error(fmt::format("{}: tetrahedron {} has the label {}; a Gmsh file takes 1 to {}", file, t,
                                    label, detail::largest_label));
        }
        groups[label].push_back(t);
    }
    return groups;
}

void check_fields(const TetMesh& mesh, const CellFields& fields) {
    for (const DataField& field : fields) {
        const Eigen::Index components = field.values.rows();
        CORTICOIL_ASSERT(components == 1 || components == 3 || components == 9);
        CORTICOIL_ASSERT(field.values.cols() == mesh.n_tetrahedra());
        CORTICOIL_ASSERT(field.name.find_first_of("\"\n") == std::string::npos);
    }
}

std::string physical_names(const TetrahedraByLabel& groups) {
    std::string text = fmt::format("$PhysicalNames\n{}\n", groups.size());
    for (const auto& [label, tetrahedra] : groups) {
        const std::optional<TissueInfo> known = find_tissue(label);
        const std::string name = known ? std::string(known->key) : fmt::format("label_{}", label);
        text += fmt::format("3 {} \"{}\"\n", label, name);
    }
    return text + "$EndPhysicalNames\n";
}

void write_entities(BinaryOutput& output, const TetMesh& mesh, const TetrahedraByLabel& groups) {
    output.put_text("$Entities\n");
    for (int dimension = 0; dimension < 3; ++dimension) output.put_size(0);
    output.put_size(groups.size());
    for (const auto& [label, tetrahedra] : groups) {
        Vector3 low = mesh.nodes.col(mesh.tetrahedra(0, tetrahedra.front()));
        Vector3 high = low;
        for (const int t : tetrahedra) {
            for (int corner = 0; corner < 4; ++corner) {
                low = low.cwiseMin(mesh.nodes.col(mesh.tetrahedra(corner, t)));
                high = high.cwiseMax(mesh.nodes.col(mesh.tetrahedra(corner, t)));
            }
        }
        output.put_integer(label);
        for (int axis = 0; axis < 3; ++axis) output.put_real(low[axis] * millimetres_per_metre);
        for (int axis = 0; axis < 3; ++axis) output.put_real(high[axis] * millimetres_per_metre);
        output.put_size(1);
        output.put_integer(label);
        output.put_size(0);
    }
    output.put_text("\n$EndEntities\n");
}

void write_nodes(BinaryOutput& output, const TetMesh& mesh, int entity) {
    const auto n = static_cast<std::size_t>(mesh.n_nodes());
    output.put_text("$Nodes\n");
    // One block, which must name an entity: nodes on interfaces belong to no volume alone anyway.
    for (const std::size_t number : {std::size_t{1}, n, std::size_t{1}, n}) output.put_size(number);
    for (const int number : {3, entity, 0}) output.put_integer(number);
    output.put_size(n);
    for (std::size_t node = 1; node <= n; ++node) output.put_size(node);
    for (int node = 0; node < mesh.n_nodes(); ++node) {
        for (int axis = 0; axis < 3; ++axis) output.put_real(mesh.nodes(axis, node) * millimetres_per_metre);
    }
    output.put_text("\n$EndNodes\n");
}

void write_elements(BinaryOutput& output, const TetMesh& mesh, const TetrahedraByLabel& groups) {
    const auto n = static_cast<std::size_t>(mesh.n_tetrahedra());
    constexpr int four_node_tetrahedron = 4;
    output.put_text("$Elements\n");
    for (const std::size_t number : {groups.size(), n, std::size_t{1}, n}) output.put_size(number);
    for (const auto& [label, tetrahedra] : groups) {
        for (const int number : {3, label, four_node_tetrahedron}) output.put_integer(number);
        output.put_size(tetrahedra.size());
        for (const int t : tetrahedra) {
            // Numbers keep the mesh's order, which the blocks do not.
            output.put_size(static_cast<std::size_t>(t) + 1);
            for (int corner = 0; corner < 4; ++corner) {
                output.put_size(static_cast<std::size_t>(mesh.tetrahedra(corner, t)) + 1);
            }
        }
    }
    output.put_text("\n$EndElements\n");
}

void write_field(BinaryOutput& output, const DataField& field) {
    // One text tag (the name), one real tag (the time), three whole tags: time step, components, elements.
    output.put_text(fmt::format("$ElementData\n1\n\"{}\"\n1\n0\n3\n0\n{}\n{}\n", field.name,
                                field.values.rows(), field.values.cols()));
    for (Eigen::Index t = 0; t < field.values.cols(); ++t) {
        output.put_integer(static_cast<int>(t) + 1);
        for (Eigen::Index row = 0; row < field.values.rows(); ++row) output.put_real(field.values(row, t));
    }
    output.put_text("\n$EndElementData\n");
}

} // namespace

void write_gmsh(const std::filesystem::path& path, const TetMesh& mesh, const CellFields& fields) {
    CORTICOIL_ASSERT(mesh.labels.size() == static_cast<std::size_t>(mesh.n_tetrahedra()));
    check_fields(mesh, fields);
    const std::string file = path.string();
    if (mesh.n_tetrahedra() == 0) throw Error(fmt::format("{}: the mesh to write has no tetrahedra", file));
    if (!mesh.nodes.allFinite()) {
        throw Error(fmt::format("{}: the mesh to write has coordinates that are not finite numbers", file));
    }
    CORTICOIL_ASSERT(mesh.tetrahedra.minCoeff() >= 0 && mesh.tetrahedra.maxCoeff() < mesh.n_nodes());
    const TetrahedraByLabel groups = group_by_label(file, mesh);
    write_file_atomically(path, [&](std::ostream& stream) {
        BinaryOutput output(stream);
        output.put_text("$MeshFormat\n4.1 1 8\n");
        output.put_integer(1);
        output.put_text("\n$EndMeshFormat\n");
        output.put_text(physical_names(groups));
        write_entities(output, mesh, groups);
        write_nodes(output, mesh, groups.begin()->first);
        write_elements(output, mesh, groups);
        for (const DataField& field : fields) write_field(output, field);
    });
}

} // namespace corticoil::io
