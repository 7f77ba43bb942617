#include "app/electrodes.h"

#include "app/parse.h"
#include "core/constants.h"
#include "core/describe_point.h"
#include "core/error.h"
#include "io/json_file.h"
#include "planning/scalp.h"
#include "viz/electrode_picture.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <utility>

namespace corticoil::app {

namespace {

/// One landmark: its key, where it is kept, and its name in words.
struct Landmark {
    const char* key;
    Vector3 planning::Fiducials::*point;
    std::optional<Vector3> GivenFiducials::*given;
    const char* words;
};

constexpr std::array<Landmark, 4> landmarks{{
    {"nz", &planning::Fiducials::nasion, &GivenFiducials::nasion, "nasion"},
    {"iz", &planning::Fiducials::inion, &GivenFiducials::inion, "inion"},
    {"lpa", &planning::Fiducials::left_preauricular, &GivenFiducials::left_preauricular,
     "left preauricular point"},
    {"rpa", &planning::Fiducials::right_preauricular, &GivenFiducials::right_preauricular,
     "right preauricular point"},
}};

nlohmann::json in_mm(const Vector3& point) {
    return io::to_json_list(point * millimetres_per_metre);
}

[[noreturn]] void throw_not_fiducials(const std::string& text) {
    throw Error(
        fmt::format("--fiducials: '{}' is not a list such as nz=0,86,-42,iz=0,-118,-30,lpa=-80,-22,-50,"
                    "rpa=81,-22,-50 (mm of the head; any of the four)",
                    text));
}

/// The landmarks on the scalp, with what is to be said of each.
struct PlacedFiducials {
    planning::Fiducials fiducials;
    nlohmann::json description = nlohmann::json::object();
};

PlacedFiducials place(const SubjectFolder& subject, const planning::Scalp& scalp, const GivenFiducials& given,
                      Session& session) {
    const planning::Fiducials in_mni = planning::mni_fiducials();
    const std::optional<MniMapping> mni = given.are_all() ? std::nullopt : std::optional(subject.read_mni());
    PlacedFiducials placed;
    for (const Landmark& landmark : landmarks) {
        const std::optional<Vector3>& by_user = given.*landmark.given;
        const Vector3 wanted = by_user ? *by_user : mni->to_head(in_mni.*landmark.point);
        Vector3& point = placed.fiducials.*landmark.point;
        point = scalp.nearest_point(wanted);
        const double distance = (point - wanted).norm();
        constexpr double worth_a_warning = 0.010; // [m] A hand would not miss a landmark by that much.
        if (distance > worth_a_warning) {
            session.warn(
                fmt::format("{} ({}): {} lies {:.0f} mm from the scalp and was moved to {}; look whether "
                            "that is right, else correct it with --fiducials {}=x,y,z",
                            landmark.words, landmark.key, describe_point(wanted),
                            distance * millimetres_per_metre, describe_point(point), landmark.key));
        }
        placed.description[landmark.key] = {{"point_mm", in_mm(point)},
                                            {"source", by_user ? "user" : "mni.json"},
                                            {"moved_mm", distance * millimetres_per_metre}};
    }
    return placed;
}

} // namespace

GivenFiducials parse_fiducials(const std::string& text) {
    GivenFiducials given;
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t equals = text.find('=', start);
        if (equals == std::string::npos) throw_not_fiducials(text);
        const std::size_t next_equals = text.find('=', equals + 1);
        const std::size_t end = next_equals == std::string::npos ? text.size() : text.rfind(',', next_equals);
        if (end == std::string::npos || end <= equals) throw_not_fiducials(text);
        const std::string key = text.substr(start, equals - start);
        const std::optional<std::vector<double>> numbers =
            parse_numbers(text.substr(equals + 1, end - equals - 1));
        const auto* landmark = std::find_if(landmarks.begin(), landmarks.end(),
                                            [&](const Landmark& one) { return key == one.key; });
        if (landmark == landmarks.end() || !numbers || numbers->size() != 3) throw_not_fiducials(text);
        if (given.*landmark->given) throw Error(fmt::format("--fiducials: {} is given twice", key));
        given.*landmark->given = Vector3((*numbers)[0], (*numbers)[1], (*numbers)[2]) * metres_per_millimetre;
        start = next_equals == std::string::npos ? text.size() : end + 1;
    }
    return given;
}

void write_electrodes(const SubjectFolder& subject, const TetMesh& mesh, const GivenFiducials& given,
                      Session& session) {
    if (!std::filesystem::exists(subject.mni_file()) && given.is_none()) return;
    const planning::Scalp scalp(mesh);
    const PlacedFiducials placed = place(subject, scalp, given, session);
    const planning::TenTen ten_ten = planning::ten_ten_positions(scalp.surface(), placed.fiducials);
    nlohmann::json positions = nlohmann::json::object();
    for (const planning::ScalpPosition& position : ten_ten.positions)
        positions[position.name] = in_mm(position.point);
    io::write_json(subject.electrodes(),
                   {{"unit", "mm"},
                    {"system", "UI 10/10 (Jurcak, Tsuzuki & Dan 2007, NeuroImage 34:1600)"},
                    {"fiducials", placed.description},
                    {"nasion_to_inion_mm", ten_ten.nasion_to_inion * millimetres_per_metre},
                    {"ear_to_ear_mm", ten_ten.ear_to_ear * millimetres_per_metre},
                    {"circumference_mm", ten_ten.circumference * millimetres_per_metre},
                    {"positions", positions}});
    subject.record(subject.electrodes().filename().string(), {{"made_by", session.verb()}});
    std::vector<viz::LabelledPoint> points;
    for (const planning::ScalpPosition& position : ten_ten.positions)
        points.push_back({position.name, position.point});
    viz::draw_electrodes(scalp.surface(), points, {}, subject.electrode_picture());
}

void write_electrodes_if_possible(const SubjectFolder& subject, const TetMesh& mesh,
                                  const std::filesystem::path& final_path, Session& session) {
    try {
        write_electrodes(subject, mesh, {}, session);
    } catch (const Error& error) {
        remove_electrodes(subject);
        session.warn(fmt::format("there are no 10-10 positions ({}); find them with landmarks of yours: "
                                 "corticoil mesh {} --keep-mesh --fiducials nz=x,y,z,…",
                                 error.what(), final_path.string()));
    }
}

void remove_electrodes(const SubjectFolder& subject) {
    subject.remove(subject.electrodes().filename().string());
    subject.remove(subject.electrode_picture().filename().string());
}

std::optional<planning::ScalpPosition> find_electrode(const std::string& target,
                                                      const std::optional<SubjectFolder>& subject) {
    const std::optional<std::string> name = planning::find_ten_ten_name(target);
    if (!name) return std::nullopt;
    if (!subject) {
        throw Error(fmt::format("--target {}: a 10-10 position needs --subject; with --mesh give x,y,z in mm",
                                *name));
    }
    const std::map<std::string, Vector3> positions = read_electrodes(*subject);
    const auto found = positions.find(*name);
    if (found == positions.end()) {
        throw Error(fmt::format("{}: has no position {}; make it again with: corticoil mesh {} --keep-mesh",
                                subject->electrodes().string(), *name, subject->path().string()));
    }
    return planning::ScalpPosition{*name, found->second};
}

std::map<std::string, Vector3> read_electrodes(const SubjectFolder& subject) {
    if (!std::filesystem::exists(subject.electrodes())) {
        throw Error(fmt::format("{}: has no electrodes.json; make it with: corticoil mesh {} --keep-mesh",
                                subject.path().string(), subject.path().string()));
    }
    const std::string place = subject.electrodes().string();
    const nlohmann::json content = io::read_json(subject.electrodes());
    std::map<std::string, Vector3> positions;
    for (const std::string& name : planning::ten_ten_names()) {
        positions[name] =
            io::vector3_member(io::member(content, "positions", place), name, place + ": positions") *
            metres_per_millimetre;
    }
    return positions;
}

} // namespace corticoil::app
