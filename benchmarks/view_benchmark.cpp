// Measures the viewer on a head: frames a second while the coil moves, and the time from its release to the
// picture in full quality: view_benchmark --mesh-file FILE --out FILE. scripts/benchmark runs it.
#include "app/view_model.h"
#include "app/view_screen.h"
#include "benchmarks/poses.h"
#include "benchmarks/records.h"
#include "core/constants.h"
#include "core/error.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <numeric>

using namespace corticoil;
using namespace corticoil::benchmarks;

namespace {

struct Setting {
    std::string mesh = "colin27";
    std::string mesh_file;
    std::string coil = "figure8_70mm";
    std::string target = "M1_HAND_L";
    int width = 1280;
    int height = 720;
    int frames = 300;
    int repetitions = 5;
    bool is_off_screen = false;
};

double seconds_of(const std::function<void()>& work) {
    const double start = omp_get_wtime();
    work();
    return omp_get_wtime() - start;
}

/// As --target of the program has it.
std::string place_text(const std::string& target) {
    const Vector3 mm = place_in_head(target) * millimetres_per_metre;
    return fmt::format("{},{},{}", mm[0], mm[1], mm[2]);
}

class Bench {
  public:
    explicit Bench(const Setting& setting)
        : setting_(setting), records_({{"mesh", setting.mesh},
                                       {"coil", setting.coil},
                                       {"window", setting.is_off_screen ? "off-screen" : "on a display"},
                                       {"width", setting.width},
                                       {"height", setting.height},
                                       {"threads", omp_get_max_threads()},
                                       {"processes", 1},
                                       {"version", CORTICOIL_VERSION}}) {
        app::ViewSource source;
        source.mesh = setting.mesh_file;
        source.coil = setting.coil;
        source.target = place_text(setting.target);
        records_.add("model_prepared", seconds_of([&] { model_.emplace(source, session_); }), 1);
        const auto kind =
            setting.is_off_screen ? viz::LiveWindow::Kind::off_screen : viz::LiveWindow::Kind::on_display;
        records_.add("screen_prepared",
                     seconds_of([&] { screen_.emplace(*model_, kind, setting.width, setting.height); }), 1);
        model_->accept(*model_->computation(app::ViewAccuracy::elements)());
        show(app::ViewScreen::Look::still);
    }

    /// The coil goes round in steps of a millimetre: its place, the ROI's E, the panel and the frame, each
    /// drawn to its end.
    void move() {
        std::vector<double> seconds;
        for (int frame = -warm_up; frame < setting_.frames; ++frame) {
            const double angle = 2 * pi * frame / 60;
            const double took = seconds_of([&] {
                model_->move(metres_per_millimetre * Eigen::Vector2d(std::cos(angle), std::sin(angle)));
                show(app::ViewScreen::Look::moving);
            });
            if (frame >= 0) seconds.push_back(took);
        }
        const double mean =
            std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(seconds.size());
        std::sort(seconds.begin(), seconds.end());
        records_.add("frame_moving", mean, setting_.frames,
                     {{"frames_per_second", 1 / mean},
                      {"slowest_of_20", seconds[seconds.size() * 19 / 20]},
                      {"triangles", screen_->n_triangles(app::ViewScreen::Look::moving)},
                      {"has_translucent", screen_->window().has_glass()}});
        records_.add("roi_live", seconds_of([&] { (void)model_->live(); }), 1);
        records_.add("frame_orbiting", orbiting(), setting_.frames);
    }

    /// From a coil that is let go of to its field on the full surface, and to the figures that `simulate`
    /// has; the median of some poses.
    void release() {
        std::vector<double> fields;
        std::vector<double> frames;
        std::vector<double> totals;
        std::vector<double> refined;
        for (int i = 0; i < setting_.repetitions; ++i) {
            model_->move({0.003, 0});
            show(app::ViewScreen::Look::moving);
            fields.push_back(compute(app::ViewAccuracy::elements));
            frames.push_back(seconds_of([&] { show(app::ViewScreen::Look::still); }));
            totals.push_back(fields.back() + frames.back());
            refined.push_back(compute(app::ViewAccuracy::refined));
        }
        const nlohmann::json triangles{{"triangles", screen_->n_triangles(app::ViewScreen::Look::still)}};
        records_.add("field_solved", median(fields), setting_.repetitions);
        records_.add("frame_full", median(frames), setting_.repetitions, triangles);
        records_.add("release_to_full", median(totals), setting_.repetitions,
                     {{"slowest", *std::max_element(totals.begin(), totals.end())}});
        records_.add("field_refined", median(refined), setting_.repetitions);
    }

    [[nodiscard]] const nlohmann::json& records() const { return records_.all(); }

  private:
    static constexpr int warm_up = 20;

    static double median(std::vector<double> values) {
        std::sort(values.begin(), values.end());
        return values[values.size() / 2];
    }

    double compute(app::ViewAccuracy accuracy) {
        return seconds_of([&] { model_->accept(*model_->computation(accuracy)()); });
    }

    double orbiting() {
        app::ViewCamera camera = model_->camera();
        const double took = seconds_of([&] {
            for (int frame = 0; frame < setting_.frames; ++frame) {
                const double angle = 2 * pi * frame / setting_.frames;
                camera.towards_viewer = {std::cos(angle), std::sin(angle), 0};
                model_->set_camera(camera);
                show(app::ViewScreen::Look::moving);
            }
        });
        return took / setting_.frames;
    }

    /// Reading a pixel's depth waits for the frame, which a software renderer draws on threads of its own.
    void show(app::ViewScreen::Look look) {
        screen_->draw(look);
        (void)screen_->window().point_under(setting_.width / 3, setting_.height / 2);
    }

    const Setting& setting_;
    app::Session session_;
    std::optional<app::ViewModel> model_;
    std::optional<app::ViewScreen> screen_;
    Records records_;
};

} // namespace

int main(int argc, char** argv) {
    Setting setting;
    std::string out;
    CLI::App program("How fast the viewer follows a coil.");
    program.add_option("--mesh", setting.mesh, "the head's name in the records");
    program.add_option("--mesh-file", setting.mesh_file, "Gmsh file of the head")->required();
    program.add_option("--coil", setting.coil, "coil of the library or coil file");
    program.add_option("--target", setting.target,
                       "name of the target library, its MNI coordinate taken for the head's, or x,y,z in mm");
    program.add_option("--frames", setting.frames, "while the coil moves");
    program.add_option("--repetitions", setting.repetitions, "of solves");
    program.add_flag("--off-screen", setting.is_off_screen, "draw into memory, with no display");
    program.add_option("--out", out, "JSON list of records")->required();
    CLI11_PARSE(program, argc, argv);
    try {
        Bench bench(setting);
        bench.move();
        bench.release();
        std::ofstream(out) << bench.records().dump(1) << "\n";
        return 0;
    } catch (const MissingPartError& error) {
        std::cerr << "view_benchmark: " << error.what() << "\n";
        return 4;
    } catch (const std::exception& error) {
        std::cerr << "view_benchmark: " << error.what() << "\n";
        return 2;
    }
}
