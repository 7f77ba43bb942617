#include "gmsh_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>

namespace corticoil::test {

namespace {

/// Puts numbers into a string in either byte order.
class Bytes {
  public:
    explicit Bytes(bool is_swapped) : is_swapped_(is_swapped) {}
    Bytes& text(const std::string& text) {
        bytes_ += text;
        return *this;
    }
    Bytes& integers(std::initializer_list<std::int32_t> values) { return put(values); }
    Bytes& sizes(std::initializer_list<std::uint64_t> values) { return put(values); }
    Bytes& reals(std::initializer_list<double> values) { return put(values); }
    [[nodiscard]] const std::string& all() const { return bytes_; }

  private:
    template <typename Number>
    Bytes& put(std::initializer_list<Number> values) {
        for (const Number value : values) {
            char raw[sizeof(Number)];
            std::memcpy(raw, &value, sizeof(Number));
            if (is_swapped_) std::reverse(raw, raw + sizeof(Number));
            bytes_.append(raw, sizeof(Number));
        }
        return *this;
    }

    bool is_swapped_;
    std::string bytes_;
};

std::string sample_2_binary(bool is_swapped) {
    Bytes file(is_swapped);
    file.text("$MeshFormat\n2.2 1 8\n").integers({1}).text("\n$EndMeshFormat\n");
    file.text("$PhysicalNames\n1\n3 2 \"grey\"\n$EndPhysicalNames\n$Nodes\n6\n");
    file.integers({10}).reals({0, 0, 0}).integers({11}).reals({100, 0, 0}).integers({12}).reals({0, 100, 0});
    file.integers({40})
        .reals({0, 0, 100})
        .integers({50})
        .reals({7, 7, 7})
        .integers({60})
        .reals({100, 100, 100.5});
    file.text("\n$EndNodes\n$Elements\n3\n");
    file.integers({2, 1, 2, 1, 1002, 5, 10, 11, 12});
    file.integers({4, 2, 2, 2, 2, 7, 10, 11, 12, 40, 9, 5, 8, 11, 12, 60, 40});
    file.text("\n$EndElements\n$ElementData\n1\n\"a\"\n1\n0\n3\n0\n1\n1\n").integers({2}).reals({0.5});
    return file.text("$EndElementData\n").all();
}

std::string sample_4_binary(bool is_swapped) {
    Bytes file(is_swapped);
    file.text("$MeshFormat\n4.1 1 8\n").integers({1}).text("\n$EndMeshFormat\n");
    file.text("$Entities\n").sizes({1, 0, 1, 2});
    file.integers({1}).reals({0, 0, 0}).sizes({0});
    file.integers({5}).reals({0, 0, 0, 100, 100, 0}).sizes({1}).integers({1002}).sizes({0});
    file.integers({7}).reals({0, 0, 0, 100, 100, 100}).sizes({1}).integers({2}).sizes({1}).integers({5});
    file.integers({8}).reals({0, 0, 0, 100, 100, 100}).sizes({1}).integers({5}).sizes({0});
    file.text("\n$EndEntities\n$Nodes\n").sizes({2, 6, 10, 60});
    file.integers({3, 7, 0}).sizes({3, 40, 50, 60}).reals({0, 0, 100, 7, 7, 7, 100, 100, 100.5});
    file.integers({2, 5, 1}).sizes({3, 10, 11, 12});
    file.reals({0, 0, 0, 0.1, 0.2, 100, 0, 0, 0.3, 0.4, 0, 100, 0, 0.5, 0.6});
    file.text("\n$EndNodes\n$Elements\n").sizes({3, 3, 1, 9});
    file.integers({2, 5, 2}).sizes({1, 1, 10, 11, 12});
    file.integers({3, 8, 4}).sizes({1, 9, 11, 12, 60, 40});
    file.integers({3, 7, 4}).sizes({1, 2, 10, 11, 12, 40});
    return file.text("\n$EndElements\n").all();
}

} // namespace

std::string gmsh_sample_2_text() {
    return "$Comments\n$Nodes of a test\n$EndComments\n$MeshFormat\n2.2 0 8\n$EndMeshFormat\n"
           "$Nodes\n6\n10 0 0 0\n11 100 0 0\n12 0 1e2 0\n40 0 0 +100\n50 7 7 7\n60 100 100 100.5\n$EndNodes\n"
           "$Elements\n3\n1 2 2 1002 5 10 11 12\n2 4 2 2 7 10 11 12 40\n9 4 3 5 8 0 11 12 60 "
           "40\n$EndElements\n"
           "$NodeData\n1\n\"b\"\n1\n0\n3\n0\n1\n1\n10 0.5\n$EndNodeData\n";
}

std::string gmsh_sample_4_text() {
    return "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n"
           "$Entities\n1 0 1 2\n1 0 0 0 0\n5 0 0 0 100 100 0 1 1002 0\n7 0 0 0 100 100 100 1 2 1 5\n"
           "8 0 0 0 100 100 100 1 5 0\n$EndEntities\n"
           "$Nodes\n2 6 10 60\n3 7 0 3\n40\n50\n60\n0 0 100\n7 7 7\n100 100 100.5\n"
           "2 5 1 3\n10\n11\n12\n0 0 0 0.1 0.2\n100 0 0 0.3 0.4\n0 100 0 0.5 0.6\n$EndNodes\n"
           "$Elements\n3 3 1 9\n2 5 2 1\n1 10 11 12\n3 8 4 1\n9 11 12 60 40\n3 7 4 1\n2 10 11 12 "
           "40\n$EndElements\n";
}

std::vector<GmshSample> gmsh_samples() {
    return {{"2.2 text", gmsh_sample_2_text()},
            {"2.2 binary", sample_2_binary(false)},
            {"2.2 binary, other byte order", sample_2_binary(true)},
            {"4.1 text", gmsh_sample_4_text()},
            {"4.1 binary", sample_4_binary(false)},
            {"4.1 binary, other byte order", sample_4_binary(true)}};
}

TetMesh gmsh_sample_mesh() {
    TetMesh mesh;
    mesh.nodes.resize(3, 5);
    mesh.nodes.col(0) = Vector3(0, 0, 0);
    mesh.nodes.col(1) = Vector3(0.1, 0, 0);
    mesh.nodes.col(2) = Vector3(0, 0.1, 0);
    mesh.nodes.col(3) = Vector3(0, 0, 0.1);
    mesh.nodes.col(4) = Vector3(0.1, 0.1, 0.1005);
    mesh.tetrahedra.resize(4, 2);
    mesh.tetrahedra.col(0) = Eigen::Vector4i(0, 1, 2, 3);
    mesh.tetrahedra.col(1) = Eigen::Vector4i(1, 2, 3, 4);
    mesh.labels = {2, 5};
    return mesh;
}

std::string with_replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t found = text.find(from);
    EXPECT_NE(found, std::string::npos) << "'" << from << "' is not in the sample";
    if (found == std::string::npos) return text;
    EXPECT_EQ(text.find(from, found + 1), std::string::npos) << "'" << from << "' is there twice";
    return text.replace(found, from.size(), to);
}

} // namespace corticoil::test
