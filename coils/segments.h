#pragma once

#include "coils/coil.h"

#include <cstddef>
#include <vector>

namespace corticoil::coils {

/// Straight segments by components, so that loops over them are vector loops. Ends are shared vertices: a
/// wire's segments follow each other.
struct Segments {
    std::vector<double> x, y, z;    ///< Vertices [m], one more than segments for each wire.
    std::vector<double> length;     ///< From vertex i to i + 1 [m]; 0 where a wire ends.
    std::vector<double> wx, wy, wz; ///< Unit direction times 2 · µ0/4π · current; 0 where a wire ends.

    /// Segments longer than `longest` [m] are cut into equal pieces.
    explicit Segments(const std::vector<WirePath>& wires, double longest = 1e9);
    [[nodiscard]] std::size_t size() const { return x.size(); }

  private:
    void add(const Vector3& start, double step_length, const Vector3& weight);
};

} // namespace corticoil::coils
