#include "coils/stl_file.h"

#include "coils/file_bytes.h"
#include "coils/number_text.h"
#include "core/constants.h"
#include "core/error.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <vector>

namespace corticoil::coils {

namespace {

static_assert(std::endian::native == std::endian::little, "STL files are little-endian");

constexpr std::size_t header_bytes = 80;
constexpr std::size_t preamble_bytes = header_bytes + sizeof(std::uint32_t);
constexpr std::size_t triangle_bytes =
    12 * sizeof(float) + sizeof(std::uint16_t); // Normal, corners, attributes.
/// Beyond this a file is not in millimetres, or damaged.
constexpr double largest_coordinate_mm = 10000;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
    throw Error(fmt::format("{}: {}; export the surface again as an STL file in millimetres", name, what));
}

/// Collects triangles and makes one node of equal corners.
class Welder {
  public:
    explicit Welder(const std::string& name) : name_(name) {}

    void add_corner(Vector3 corner_mm) {
        if (!(corner_mm.cwiseAbs().maxCoeff() <= largest_coordinate_mm) || !corner_mm.allFinite()) {
            fail(name_, fmt::format("corner {} of triangle {} is at ({:g}, {:g}, {:g}) mm", n_corners_ % 3,
                                    n_corners_ / 3, corner_mm.x(), corner_mm.y(), corner_mm.z()));
        }
        corner_mm.array() += 0.0; // −0 becomes 0.
        corners_[n_corners_++ % 3] = {corner_mm.x(), corner_mm.y(), corner_mm.z()};
        if (n_corners_ % 3 == 0) add_triangle();
    }

    [[nodiscard]] SurfaceMesh mesh() const {
        if (triangles_.empty()) fail(name_, "holds no triangles");
        SurfaceMesh mesh;
        mesh.nodes.resize(3, static_cast<Eigen::Index>(nodes_mm_.size()));
        for (std::size_t i = 0; i < nodes_mm_.size(); ++i)
            mesh.nodes.col(static_cast<Eigen::Index>(i)) =
                metres_per_millimetre * Vector3::Map(nodes_mm_[i].data());
        mesh.triangles.resize(3, static_cast<Eigen::Index>(triangles_.size()));
        for (std::size_t i = 0; i < triangles_.size(); ++i) {
            for (int corner = 0; corner < 3; ++corner)
                mesh.triangles(corner, static_cast<Eigen::Index>(i)) =
                    triangles_[i][static_cast<std::size_t>(corner)];
        }
        return mesh;
    }

    [[nodiscard]] std::size_t n_corners() const { return n_corners_; }

  private:
    using Corner = std::array<double, 3>; // [mm]
    struct Hash {
        std::size_t operator()(const Corner& corner) const {
            std::size_t hash = 0;
            for (const double value : corner)
                hash = hash * 0x9E3779B97F4A7C15ULL + std::hash<double>{}(value);
            return hash;
        }
    };

    void add_triangle() {
        const auto& [a, b, c] = corners_;
        if (a == b || b == c || c == a) return;
        std::array<int, 3> triangle{};
        for (std::size_t i = 0; i < 3; ++i) {
            const auto [found, is_new] =
                node_at_.try_emplace(corners_[i], static_cast<int>(nodes_mm_.size()));
            if (is_new) nodes_mm_.push_back(corners_[i]);
            triangle[i] = found->second;
        }
        triangles_.push_back(triangle);
    }

    const std::string& name_;
    std::unordered_map<Corner, int, Hash> node_at_;
    std::vector<Corner> nodes_mm_;
    std::vector<std::array<int, 3>> triangles_;
    std::array<Corner, 3> corners_{};
    std::size_t n_corners_ = 0;
};

std::uint32_t claimed_triangles(std::string_view bytes) {
    std::uint32_t count = 0;
    std::memcpy(&count, bytes.data() + header_bytes, sizeof(count));
    return count;
}

SurfaceMesh parse_binary(std::string_view bytes, const std::string& name) {
    Welder welder(name);
    for (std::size_t start = preamble_bytes; start < bytes.size(); start += triangle_bytes) {
        std::array<float, 12> numbers{};
        std::memcpy(numbers.data(), bytes.data() + start, sizeof(numbers));
        for (std::size_t corner = 1; corner <= 3; ++corner)
            welder.add_corner(Vector3(numbers[3 * corner], numbers[3 * corner + 1], numbers[3 * corner + 2]));
    }
    return welder.mesh();
}

SurfaceMesh parse_text(std::string_view bytes, const std::string& name) {
    constexpr std::string_view vertex = "vertex";
    Welder welder(name);
    TextLines lines(bytes);
    bool is_ended = false;
    while (const std::optional<std::string_view> line = lines.next()) {
        const std::string_view text = trimmed(*line);
        if (text.starts_with("endfacet") && welder.n_corners() % 3 != 0)
            fail(name, fmt::format("line {}: a facet that is not a triangle", lines.number()));
        is_ended = is_ended || text.starts_with("endsolid");
        if (!text.starts_with(vertex)) continue;
        const std::optional<std::vector<double>> numbers = numbers_in(text.substr(vertex.size()));
        if (!numbers || numbers->size() != 3)
            fail(name, fmt::format("line {}: '{:.60}' is not a corner", lines.number(), text));
        welder.add_corner(Vector3((*numbers)[0], (*numbers)[1], (*numbers)[2]));
    }
    if (!is_ended || welder.n_corners() % 3 != 0) fail(name, "ends in the middle");
    return welder.mesh();
}

} // namespace

SurfaceMesh parse_stl(std::string_view bytes, const std::string& name) {
    // Corners must be countable by an int.
    if (bytes.size() > most_coil_file_bytes) fail(name, fmt::format("has {} bytes", bytes.size()));
    // Some programs begin binary files with "solid" too: the size decides.
    const bool has_preamble = bytes.size() >= preamble_bytes;
    if (has_preamble &&
        bytes.size() - preamble_bytes == static_cast<std::size_t>(claimed_triangles(bytes)) * triangle_bytes)
        return parse_binary(bytes, name);
    if (bytes.starts_with("solid")) return parse_text(bytes, name);
    if (!has_preamble) fail(name, fmt::format("is no STL file: {} bytes", bytes.size()));
    fail(name,
         fmt::format("announces {} triangles, which take {} bytes, and has {}", claimed_triangles(bytes),
                     preamble_bytes + claimed_triangles(bytes) * triangle_bytes, bytes.size()));
}

SurfaceMesh read_stl(const std::filesystem::path& path) {
    return parse_stl(read_file_bytes(path), path.string());
}

void write_stl(const std::filesystem::path& path, const SurfaceMesh& mesh) {
    const double furthest = mesh.nodes.size() > 0 ? mesh.nodes.cwiseAbs().maxCoeff() : 0.0;
    if (!mesh.nodes.allFinite() || furthest * millimetres_per_metre > largest_coordinate_mm)
        throw Error(fmt::format("{}: a node is not finite or beyond 10 m", path.string()));
    const auto n_triangles = static_cast<std::uint32_t>(mesh.n_triangles());
    std::string bytes("binary STL, mm");
    bytes.resize(preamble_bytes + n_triangles * triangle_bytes);
    std::memcpy(bytes.data() + header_bytes, &n_triangles, sizeof(n_triangles));
    const VectorField areas = area_vectors(mesh);
    for (int t = 0; t < mesh.n_triangles(); ++t) {
        std::array<float, 12> numbers{};
        Eigen::Map<Eigen::Matrix<float, 3, 4>> columns(numbers.data());
        columns.col(0) = areas.col(t).normalized().cast<float>();
        for (int corner = 0; corner < 3; ++corner) {
            columns.col(1 + corner) =
                (millimetres_per_metre * mesh.nodes.col(mesh.triangles(corner, t))).cast<float>();
        }
        std::memcpy(bytes.data() + preamble_bytes + static_cast<std::size_t>(t) * triangle_bytes,
                    numbers.data(), sizeof(numbers));
    }
    write_file_bytes(path, bytes);
}

} // namespace corticoil::coils
