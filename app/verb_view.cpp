#include "app/parse.h"
#include "app/verbs.h"
#include "app/view_lines.h"
#include "app/view_model.h"
#include "app/view_screen.h"
#include "app/view_source.h"
#include "app/view_window.h"
#include "core/error.h"
#include "viz/display.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace corticoil::app {

namespace {

struct ViewFlags {
    std::string folder;
    std::string coil;
    std::string target;
    std::string commands;
    std::string size = "1280x720";
    bool prints_scene = false;
    bool is_off_screen = false;
};

/// Runs commands with no window: pictures are drawn where one is asked for.
class OffScreenHost : public ViewHost {
  public:
    OffScreenHost(ViewModel& model, int width, int height) : model_(model), width_(width), height_(height) {}

    [[nodiscard]] bool is_done() const { return is_done_; }
    [[nodiscard]] const std::string& printed() const { return printed_; }

    void print(const std::string& text) override { printed_ += text; }
    void save_picture(const std::filesystem::path& png) override { screen().save_picture(png); }
    void solve() override {
        if (!model_.is_refined()) model_.accept(*model_.computation(ViewAccuracy::refined)());
    }
    void wait() override { solve(); }
    void toggle_help() override { screen().toggle_help(); }
    void quit() override { is_done_ = true; }
    std::string describe_drawing() override { return screen().describe(); }

  private:
    ViewScreen& screen() {
        if (!screen_)
            screen_ =
                std::make_unique<ViewScreen>(model_, viz::LiveWindow::Kind::off_screen, width_, height_);
        return *screen_;
    }

    ViewModel& model_;
    int width_;
    int height_;
    std::unique_ptr<ViewScreen> screen_;
    std::string printed_;
    bool is_done_ = false;
};

std::pair<int, int> checked_size(const std::string& text) {
    const auto [width, height] = parse_size(text);
    constexpr int least_width = 640; // The panel needs its room.
    constexpr int least_height = 480;
    constexpr int most = 8000;
    if (width < least_width || height < least_height || width > most || height > most) {
        throw Error(fmt::format("--size: {} is not between {}x{} and {}x{}", text, least_width, least_height,
                                most, most));
    }
    return {width, height};
}

void run_view(const ViewFlags& flags, Session& session) {
    const auto [width, height] = checked_size(flags.size);
    std::vector<ViewLine> script;
    if (!flags.commands.empty()) script = read_view_script(flags.commands);
    const ViewSource source = view_source(flags.folder, flags.coil, flags.target, session);
    if (session.is_dry_run()) {
        session.finish_dry_run({{"folder", flags.folder},
                                {"coil", source.coil},
                                {"target", source.target},
                                {"order", source.order},
                                {"didt", source.didt},
                                {"size", flags.size},
                                {"commands", flags.commands},
                                {"off-screen", flags.is_off_screen}});
        return;
    }
    if (!flags.is_off_screen) viz::check_display();
    ViewModel model(source, session);
    const auto print_scene = [&](ViewHost& host) {
        if (flags.prints_scene) run_view_line(parse_view_line("print-scene", ""), model, host);
    };
    if (!flags.is_off_screen) {
        ViewWindow window(model, {.width = width, .height = height, .prints = !session.is_json()},
                          std::move(script));
        window.run();
        print_scene(window);
        if (session.is_json()) session.finish({{"scene", window.printed()}}, "");
        return;
    }
    OffScreenHost host(model, width, height);
    for (const ViewLine& line : script) {
        if (!host.is_done()) run_view_line(line, model, host);
    }
    print_scene(host);
    session.finish({{"scene", host.printed()}}, host.printed());
}

} // namespace

void add_view(CLI::App& program, Session& session) {
    CLI::App* verb = program.add_subcommand(
        "view", "Move the coil over a head and see the field, in a window or by script");
    auto flags = std::make_shared<ViewFlags>();
    session.add_common_flags(*verb);
    verb->add_option("folder", flags->folder, "Subject folder, run folder or plan")
        ->type_name("SUBJECT|RUN|PLAN")
        ->required();
    verb->add_option("--coil", flags->coil, "Coil to start with (default: the run's, or figure8_70mm)")
        ->type_name("NAME|FILE");
    verb->add_option("--target", flags->target,
                     "Target to start over, by convention (default: the run's pose, or M1_HAND_L)")
        ->type_name("NAME|ATLAS:REGION|x,y,z|mask.nii.gz");
    verb->add_option("--commands", flags->commands, "Run these commands, one a line; - reads standard input")
        ->type_name("FILE");
    verb->add_flag("--print-scene", flags->prints_scene, "Print the state as text in the end");
    verb->add_flag("--off-screen", flags->is_off_screen, "No window: run the commands and end");
    verb->add_option("--size", flags->size, "Pixels")->capture_default_str();
    verb->footer("Examples:\n"
                 "  corticoil view runs/s01_m1\n"
                 "  corticoil view subjects/s01 --target M1_LEG_L --coil double_cone --commands moves.txt "
                 "--off-screen --print-scene");
    verb->callback([flags, &session] {
        session.begin("view");
        run_view(*flags, session);
    });
}

} // namespace corticoil::app
