#include "io/freesurfer_file.h"

#include "core/constants.h"
#include "io/staged_output.h"

#include <bit>
#include <cstdint>
#include <string>

namespace corticoil::io {

namespace {

/// Numbers of four bytes, the most significant first.
class BigEndian {
  public:
    void put(std::int32_t value) {
        const auto bits = static_cast<std::uint32_t>(value);
        for (const unsigned shift : {24U, 16U, 8U, 0U})
            bytes_.push_back(static_cast<char>(bits >> shift & 0xffU));
    }
    void put(float value) { put(std::bit_cast<std::int32_t>(value)); }
    void put(const std::string& text) { bytes_ += text; }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

} // namespace

void write_freesurfer_surface(const std::filesystem::path& path, const SurfaceMesh& surface) {
    BigEndian out;
    out.put("\xff\xff\xfe");
    out.put("created by Corticoil\n\n");
    out.put(static_cast<std::int32_t>(surface.n_nodes()));
    out.put(static_cast<std::int32_t>(surface.n_triangles()));
    for (int n = 0; n < surface.n_nodes(); ++n) {
        for (int axis = 0; axis < 3; ++axis)
            out.put(static_cast<float>(surface.nodes(axis, n) * millimetres_per_metre));
    }
    for (int t = 0; t < surface.n_triangles(); ++t) {
        for (int corner = 0; corner < 3; ++corner)
            out.put(static_cast<std::int32_t>(surface.triangles(corner, t)));
    }
    // The tags "real RAS: no" and "geometry of the volume".
    for (const std::int32_t tag : {2, 0, 20}) out.put(tag);
    out.put("valid = 1  # volume info valid\nfilename = corticoil\nvolume = 256 256 256\nvoxelsize = 1 1 1\n"
            "xras   = -1 0 0\nyras   = 0 0 -1\nzras   = 0 1 0\ncras   = 0 0 0\n");
    write_file_atomically(path, out.bytes());
}

void write_freesurfer_overlay(const std::filesystem::path& path, const Eigen::VectorXd& values,
                              int n_triangles) {
    BigEndian out;
    out.put("\xff\xff\xff");
    out.put(static_cast<std::int32_t>(values.size()));
    out.put(static_cast<std::int32_t>(n_triangles));
    out.put(std::int32_t{1}); // Value per node.
    for (const double value : values) out.put(static_cast<float>(value));
    write_file_atomically(path, out.bytes());
}

} // namespace corticoil::io
