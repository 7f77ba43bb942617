#include "planning/ten_ten.h"

#include "core/constants.h"
#include "core/error.h"
#include "planning/scalp_curve.h"

#include <Eigen/Geometry>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>

namespace corticoil::planning {

namespace {

using Names = std::vector<std::string>;

const Names& midline() {
    static const Names names{"Nz", "Fpz", "AFz", "Fz", "FCz", "Cz", "CPz", "Pz", "POz", "Oz", "Iz"};
    return names;
}

/// One side of the head: what its positions are called and the order of its rings from front to back.
struct Side {
    std::string ear;    ///< T9 or T10
    std::string temple; ///< T7 or T8
    Names upper;        ///< Between Fpz and the temple (4) and the temple and Oz (4).
    Names lower;        ///< Between Nz and the ear (4) and the ear and Iz (4).
    Names row_numbers;  ///< From the upper ring to the midline, in quarters.
    std::string half;   ///< The one number of rows that are only halved.
};

const std::array<Side, 2>& sides() {
    static const std::array<Side, 2> both{Side{"T9",
                                               "T7",
                                               {"Fp1", "AF7", "F7", "FT7", "TP7", "P7", "PO7", "O1"},
                                               {"N1", "AF9", "F9", "FT9", "TP9", "P9", "PO9", "I1"},
                                               {"5", "3", "1"},
                                               "3"},
                                          Side{"T10",
                                               "T8",
                                               {"Fp2", "AF8", "F8", "FT8", "TP8", "P8", "PO8", "O2"},
                                               {"N2", "AF10", "F10", "FT10", "TP10", "P10", "PO10", "I2"},
                                               {"6", "4", "2"},
                                               "4"}};
    return both;
}

/// A row across the head: from one side's ring over the midline to the other's.
struct Row {
    std::string name;
    std::size_t ring_index; ///< Of its end in Side::upper.
    bool is_halved;         ///< Otherwise in quarters.
};

const std::vector<Row>& rows() {
    // The C row is the curve from ear to ear.
    static const std::vector<Row> all{{"AF", 1, true},  {"F", 2, false}, {"FC", 3, false},
                                      {"CP", 4, false}, {"P", 5, false}, {"PO", 6, true}};
    return all;
}

using Places = std::map<std::string, Vector3>;

/// Cz: where the two curves over it halve each other.
Vector3 find_vertex(const SurfaceMesh& scalp, const Fiducials& fiducials) {
    const Vector3 across = fiducials.right_preauricular - fiducials.left_preauricular;
    const Vector3 forward = fiducials.nasion - fiducials.inion;
    const Vector3 middle = (fiducials.nasion + fiducials.inion) / 2;
    // Anything above the landmarks will do to start from: each step ends on the scalp.
    Vector3 vertex = middle + across.cross(forward).normalized() * across.norm();
    constexpr int most_steps = 100;
    constexpr double accuracy = 1e-6; // [m]
    for (int step = 0; step < most_steps; ++step) {
        const Vector3 before = vertex;
        const ScalpCurve sagittal(scalp, {fiducials.nasion, vertex, fiducials.inion});
        vertex = sagittal.tape_point(sagittal.length() / 2);
        const ScalpCurve coronal(scalp, {fiducials.left_preauricular, vertex, fiducials.right_preauricular});
        vertex = coronal.tape_point(coronal.length() / 2);
        if ((vertex - before).norm() < accuracy) return vertex;
    }
    throw Error("10-10 positions: no point of the scalp halves both curves over it; check that nz, iz, lpa "
                "and rpa are where the nasion, the inion and the preauricular points are");
}

/// Positions at tenths of a curve; `names` has eleven, the first and last being its ends.
void divide_in_tenths(const ScalpCurve& curve, const Names& names, Places& places) {
    const auto n_parts = static_cast<double>(names.size() - 1);
    for (std::size_t i = 1; i + 1 < names.size(); ++i)
        places[names[i]] = curve.scalp_point(curve.length() * static_cast<double>(i) / n_parts);
}

/// Positions at equal parts of a piece of a curve.
void divide_piece(const ScalpCurve& curve, double from, double to, const Names& names, Places& places) {
    const auto n_parts = static_cast<double>(names.size() + 1);
    for (std::size_t i = 0; i < names.size(); ++i)
        places[names[i]] = curve.scalp_point(from + (to - from) * static_cast<double>(i + 1) / n_parts);
}

/// The two halves of a ring, on either side of its middle point.
void divide_ring(const ScalpCurve& curve, const Vector3& middle, const Names& names, Places& places) {
    const double half = curve.arc_of(middle);
    divide_piece(curve, 0, half, Names(names.begin(), names.begin() + 4), places);
    divide_piece(curve, half, curve.length(), Names(names.begin() + 4, names.end()), places);
}

Names ear_to_ear_names() {
    return {"T9", "T7", "C5", "C3", "C1", "Cz", "C2", "C4", "C6", "T8", "T10"};
}

void place_rows(const SurfaceMesh& scalp, Places& places) {
    for (const Row& row : rows()) {
        const Vector3& midpoint = places.at(row.name + "z");
        const ScalpCurve curve(scalp, {places.at(sides()[0].upper[row.ring_index]), midpoint,
                                       places.at(sides()[1].upper[row.ring_index])});
        const double half = curve.arc_of(midpoint);
        for (std::size_t s = 0; s < sides().size(); ++s) {
            Names names;
            for (const std::string& number :
                 row.is_halved ? Names{sides()[s].half} : sides()[s].row_numbers) {
                names.push_back(row.name + number);
            }
            divide_piece(curve, s == 0 ? 0 : curve.length(), half, names, places);
        }
    }
}

} // namespace

Fiducials mni_fiducials() {
    // Table of Jurcak et al. 2007 (NeuroImage 34:1600) as SimNIBS distributes it (EEG10-10_UI_Jurak_2007)
    // [mm].
    return {Vector3(0, 82.9, -43) * metres_per_millimetre, Vector3(0, -116.2, -30.5) * metres_per_millimetre,
            Vector3(-79.6, -20.6, -48.6) * metres_per_millimetre,
            Vector3(80.6, -20.6, -48.1) * metres_per_millimetre};
}

TenTen ten_ten_positions(const SurfaceMesh& scalp, const Fiducials& fiducials) {
    TenTen result;
    const Vector3 vertex = find_vertex(scalp, fiducials);
    Places places{{"Nz", fiducials.nasion},
                  {"Iz", fiducials.inion},
                  {"T9", fiducials.left_preauricular},
                  {"T10", fiducials.right_preauricular}};
    const ScalpCurve sagittal(scalp, {fiducials.nasion, vertex, fiducials.inion});
    divide_in_tenths(sagittal, midline(), places);
    const ScalpCurve coronal(scalp, {fiducials.left_preauricular, vertex, fiducials.right_preauricular});
    divide_in_tenths(coronal, ear_to_ear_names(), places);
    result.nasion_to_inion = sagittal.length();
    result.ear_to_ear = coronal.length();

    const Vector3 lateral = (fiducials.nasion - fiducials.inion).cross(vertex - fiducials.inion).normalized();
    for (const Side& side : sides()) {
        const ScalpCurve upper(scalp, {places.at("Fpz"), places.at(side.temple), places.at("Oz")});
        divide_ring(upper, places.at(side.temple), side.upper, places);
        result.circumference += upper.length();
        const Vector3 ear = places.at(side.ear);
        const double widest = std::abs((ear - fiducials.inion).dot(lateral));
        const auto is_no_ear = [&](const Vector3& point) {
            return std::abs((point - fiducials.inion).dot(lateral)) <= widest;
        };
        const ScalpCurve lower(scalp, {fiducials.nasion, ear, fiducials.inion}, is_no_ear);
        divide_ring(lower, ear, side.lower, places);
    }
    place_rows(scalp, places);
    for (const std::string& name : ten_ten_names()) result.positions.push_back({name, places.at(name)});
    return result;
}

std::vector<std::string> ten_ten_names() {
    Names names = midline();
    for (const Side& side : sides()) {
        names.insert(names.end(), side.upper.begin(), side.upper.end());
        names.insert(names.end(), side.lower.begin(), side.lower.end());
        names.push_back(side.temple);
        names.push_back(side.ear);
        for (const std::string& number : side.row_numbers) names.push_back(fmt::format("C{}", number));
        for (const Row& row : rows()) {
            if (row.is_halved) names.push_back(row.name + side.half);
            if (row.is_halved) continue;
            for (const std::string& number : side.row_numbers) names.push_back(row.name + number);
        }
    }
    return names;
}

std::optional<std::string> find_ten_ten_name(std::string_view word) {
    const auto are_equal = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    for (const std::string& name : ten_ten_names()) {
        if (std::equal(name.begin(), name.end(), word.begin(), word.end(), are_equal)) return name;
    }
    return std::nullopt;
}

int towards_midline(std::string_view name) {
    if (name.empty() || name.back() < '0' || name.back() > '9') return 0;
    return (name.back() - '0') % 2 == 1 ? 1 : -1;
}

} // namespace corticoil::planning
