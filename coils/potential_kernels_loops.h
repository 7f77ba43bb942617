// The kernels' loops, included once per instruction set after a `Vector` of that set was defined: load,
// store, all (broadcast), arithmetic, fused(a, b, c) = a b + c, inverse_root, reciprocal, larger, `size`.

namespace {

/// artanh(√s)/√s by powers of s, for s up to largest_length_ratio²: the polynomial through its values at
/// seven Chebyshev points; relative error 3e-8.
constexpr float artanh_coefficients[] = {1.000000023F, 0.333327042F,  0.200274868F, 0.138428696F,
                                         0.144240977F, -0.030537919F, 0.273482844F};
constexpr int n_artanh = 7;

/// The vectors that go through a kernel's loop together, to hide latencies.
constexpr std::size_t n_side_by_side = 2;
constexpr std::size_t block = n_side_by_side * Vector::size;

struct Block {
    Vector x[n_side_by_side];
    Vector y[n_side_by_side];
    Vector z[n_side_by_side];
};

/// A block of points from `first` on; a last block that is not full repeats its last point.
Block load_points(const KernelPoints& points, std::size_t first) {
    float x[block];
    float y[block];
    float z[block];
    for (std::size_t i = 0; i < block; ++i) {
        const std::size_t k = first + i < points.n ? first + i : points.n - 1;
        x[i] = points.x[k];
        y[i] = points.y[k];
        z[i] = points.z[k];
    }
    Block loaded;
    for (std::size_t j = 0; j < n_side_by_side; ++j) {
        loaded.x[j] = Vector::load(x + j * Vector::size);
        loaded.y[j] = Vector::load(y + j * Vector::size);
        loaded.z[j] = Vector::load(z + j * Vector::size);
    }
    return loaded;
}

void store_values(const Vector* values, float* target, std::size_t n, bool adds,
                  std::size_t n_vectors = n_side_by_side) {
    float all[block];
    for (std::size_t j = 0; j < n_vectors; ++j) values[j].store(all + j * Vector::size);
    for (std::size_t i = 0; i < n; ++i) target[i] = adds ? target[i] + all[i] : all[i];
}

void store_vectors(const Block& values, const KernelVectors& target, std::size_t first, std::size_t n_points,
                   bool adds) {
    const std::size_t n = n_points - first < block ? n_points - first : block;
    store_values(values.x, target.x + first, n, adds);
    store_values(values.y, target.y + first, n, adds);
    store_values(values.z, target.z + first, n, adds);
}

Block zero_block() {
    Block zero;
    for (std::size_t j = 0; j < n_side_by_side; ++j) zero.x[j] = zero.y[j] = zero.z[j] = Vector::all(0);
    return zero;
}

void add_dipoles(const DipoleTable& table, const KernelPoints& points, const KernelVectors& potential) {
    const std::size_t n = table.x.size();
    for (std::size_t first = 0; first < points.n; first += block) {
        const Block p = load_points(points, first);
        Block sum = zero_block();
        for (std::size_t k = 0; k < n; ++k) {
            const Vector x = Vector::all(table.x[k]);
            const Vector y = Vector::all(table.y[k]);
            const Vector z = Vector::all(table.z[k]);
            const Vector mx = Vector::all(table.mx[k]);
            const Vector my = Vector::all(table.my[k]);
            const Vector mz = Vector::all(table.mz[k]);
            for (std::size_t j = 0; j < n_side_by_side; ++j) {
                const Vector dx = p.x[j] - x;
                const Vector dy = p.y[j] - y;
                const Vector dz = p.z[j] - z;
                const Vector root = inverse_root(fused(dx, dx, fused(dy, dy, dz * dz)));
                const Vector cube = root * root * root;
                sum.x[j] = fused(cube, my * dz - mz * dy, sum.x[j]);
                sum.y[j] = fused(cube, mz * dx - mx * dz, sum.y[j]);
                sum.z[j] = fused(cube, mx * dy - my * dx, sum.z[j]);
            }
        }
        store_vectors(sum, potential, first, points.n, true);
    }
}

void add_dipole_triples(const DipoleTriples& dipoles, const KernelPoints& points, float* potentials,
                        std::size_t stride) {
    // One vector of points at a time: its sums alone are nine registers.
    for (std::size_t from = 0; from < points.n; from += Vector::size) {
        const std::size_t n = points.n - from < Vector::size ? points.n - from : Vector::size;
        const Block p = load_points(points, from);
        Vector sum[9];
        for (Vector& s : sum) s = Vector::all(0);
        for (std::size_t k = 0; k < dipoles.n; ++k) {
            const Vector dx = p.x[0] - Vector::all(dipoles.x[k]);
            const Vector dy = p.y[0] - Vector::all(dipoles.y[k]);
            const Vector dz = p.z[0] - Vector::all(dipoles.z[k]);
            const Vector root = inverse_root(fused(dx, dx, fused(dy, dy, dz * dz)));
            const Vector cube = root * root * root;
            const Vector x = cube * dx;
            const Vector y = cube * dy;
            const Vector z = cube * dz;
            const float* const m = dipoles.moments + 9 * k;
            for (std::size_t s = 0; s < 9; s += 3) {
                const Vector mx = Vector::all(m[s]);
                const Vector my = Vector::all(m[s + 1]);
                const Vector mz = Vector::all(m[s + 2]);
                sum[s] = fused(my, z, sum[s]) - mz * y;
                sum[s + 1] = fused(mz, x, sum[s + 1]) - mx * z;
                sum[s + 2] = fused(mx, y, sum[s + 2]) - my * x;
            }
        }
        for (std::size_t row = 0; row < 9; ++row)
            store_values(sum + row, potentials + row * stride + from, n, true, 1);
    }
}

Vector distance(Vector dx, Vector dy, Vector dz) {
    // At the vertex itself the root's reciprocal is infinite: a tiny number keeps the distance at 0.
    const Vector square = larger(fused(dx, dx, fused(dy, dy, dz * dz)), Vector::all(1e-30F));
    return square * inverse_root(square);
}

void add_wires(const VertexTable& table, const KernelPoints& points, const KernelVectors& potential,
               float* largest_ratio) {
    const std::size_t n = table.length.size();
    for (std::size_t first = 0; first < points.n; first += block) {
        const Block p = load_points(points, first);
        Block sum = zero_block();
        Vector near[n_side_by_side];
        Vector last[n_side_by_side];
        for (std::size_t j = 0; j < n_side_by_side; ++j) {
            near[j] = Vector::all(0);
            last[j] = distance(p.x[j] - Vector::all(table.x[0]), p.y[j] - Vector::all(table.y[0]),
                               p.z[j] - Vector::all(table.z[0]));
        }
        for (std::size_t k = 0; k < n; ++k) {
            const Vector x = Vector::all(table.x[k + 1]);
            const Vector y = Vector::all(table.y[k + 1]);
            const Vector z = Vector::all(table.z[k + 1]);
            const Vector length = Vector::all(table.length[k]);
            const Vector wx = Vector::all(table.wx[k]);
            const Vector wy = Vector::all(table.wy[k]);
            const Vector wz = Vector::all(table.wz[k]);
            for (std::size_t j = 0; j < n_side_by_side; ++j) {
                const Vector next = distance(p.x[j] - x, p.y[j] - y, p.z[j] - z);
                const Vector u = length * reciprocal(last[j] + next);
                last[j] = next;
                near[j] = larger(near[j], u);
                const Vector s = u * u;
                Vector series = Vector::all(artanh_coefficients[n_artanh - 1]);
                for (int i = n_artanh - 2; i >= 0; --i)
                    series = fused(series, s, Vector::all(artanh_coefficients[i]));
                const Vector value = series * u;
                sum.x[j] = fused(value, wx, sum.x[j]);
                sum.y[j] = fused(value, wy, sum.y[j]);
                sum.z[j] = fused(value, wz, sum.z[j]);
            }
        }
        store_vectors(sum, potential, first, points.n, true);
        store_values(near, largest_ratio + first, points.n - first < block ? points.n - first : block, false);
    }
}

void evaluate_cell(const float* coefficients, const KernelPoints& points, const KernelVectors& values) {
    constexpr int n = cell_nodes;
    for (std::size_t first = 0; first < points.n; first += block) {
        const Block p = load_points(points, first);
        Block result = zero_block();
        for (std::size_t j = 0; j < n_side_by_side; ++j) {
            for (int a = n - 1; a >= 0; --a) {
                Vector x = Vector::all(0);
                Vector y = Vector::all(0);
                Vector z = Vector::all(0);
                for (int b = n - 1; b >= 0; --b) {
                    const float* const c = coefficients + (a * n + b) * n * 3;
                    Vector cx = Vector::all(c[(n - 1) * 3]);
                    Vector cy = Vector::all(c[(n - 1) * 3 + 1]);
                    Vector cz = Vector::all(c[(n - 1) * 3 + 2]);
                    for (int k = n - 2; k >= 0; --k) {
                        cx = fused(cx, p.z[j], Vector::all(c[k * 3]));
                        cy = fused(cy, p.z[j], Vector::all(c[k * 3 + 1]));
                        cz = fused(cz, p.z[j], Vector::all(c[k * 3 + 2]));
                    }
                    x = fused(x, p.y[j], cx);
                    y = fused(y, p.y[j], cy);
                    z = fused(z, p.y[j], cz);
                }
                result.x[j] = fused(result.x[j], p.x[j], x);
                result.y[j] = fused(result.y[j], p.x[j], y);
                result.z[j] = fused(result.z[j], p.x[j], z);
            }
        }
        store_vectors(result, values, first, points.n, false);
    }
}

} // namespace
