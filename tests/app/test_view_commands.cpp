// The viewer's commands and its model, with nothing drawn.
#include "app/did_you_mean.h"
#include "app/view_lines.h"
#include "app/view_panel.h"
#include "app/view_text.h"
#include "core/constants.h"
#include "core/error.h"
#include "io/gmsh.h"
#include "support/round_head.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace corticoil::app {
namespace {

using ::testing::HasSubstr;

/// Remembers what it was asked for.
class FakeHost : public ViewHost {
  public:
    void print(const std::string& text) override { printed += text; }
    void save_picture(const std::filesystem::path& png) override {
        asked.push_back("picture " + png.string());
    }
    void solve() override { asked.emplace_back("solve"); }
    void wait() override { asked.emplace_back("wait"); }
    void toggle_help() override { asked.emplace_back("help"); }
    void quit() override { asked.emplace_back("quit"); }
    std::string describe_drawing() override { return "drawn\n"; }

    std::string printed;
    std::vector<std::string> asked;
};

/// One head for all tests; each starts from the pose that it began with.
class ViewModelTest : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        folder_ = std::make_unique<test::TemporaryFolder>();
        io::write_gmsh(*folder_ / "head.msh", test::round_head());
        session_ = std::make_unique<Session>();
        ViewSource source;
        source.mesh = *folder_ / "head.msh";
        source.target = "15,20,55";
        model_ = std::make_unique<ViewModel>(source, *session_);
        first_pose_ = model_->state().pose;
    }
    static void TearDownTestSuite() {
        model_.reset();
        session_.reset();
        folder_.reset();
    }
    void SetUp() override {
        while (model().undo()) {
        }
        ASSERT_TRUE(is_same(model().state().pose, first_pose_));
    }

    static ViewModel& model() { return *model_; }
    void run(const std::string& line) { run_view_line(parse_view_line(line, "test"), model(), host); }
    std::string refusal(const std::string& line) {
        try {
            run(line);
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }
    static std::string path(const std::string& name) { return (*folder_ / name).string(); }

    FakeHost host;

  private:
    inline static std::unique_ptr<test::TemporaryFolder> folder_;
    inline static std::unique_ptr<Session> session_;
    inline static std::unique_ptr<ViewModel> model_;
    inline static RigidTransform first_pose_;
};

TEST(ViewCommands, EachKeyIsBoundOnceToALineThatIsUnderstood) {
    std::set<std::string> keys;
    for (const ViewCommand& command : view_commands()) {
        for (const ViewKey& key : command.keys) {
            EXPECT_TRUE(keys.insert(key.key).second) << key.key << " is bound twice";
            const ViewLine line = parse_view_line(line_of_key(key.key), "key");
            ASSERT_NE(line.command, nullptr) << key.key;
            EXPECT_EQ(line.command->name, command.name) << key.key;
        }
    }
    EXPECT_GT(keys.size(), 30U);
    EXPECT_EQ(line_of_key("F7"), "");
}

TEST(ViewCommands, HelpAndGuideHaveEveryCommandOnce) {
    std::string guide = test::read_bytes(std::string(CORTICOIL_SOURCE_DIR) + "/docs/user_guide.md");
    const auto help = view_help();
    std::set<std::string> names;
    ASSERT_EQ(help.size(), view_commands().size());
    for (std::size_t i = 0; i < help.size(); ++i) {
        const ViewCommand& command = view_commands()[i];
        EXPECT_TRUE(names.insert(command.name).second) << command.name;
        EXPECT_TRUE(help[i].first.starts_with(command.name)) << command.name;
        EXPECT_FALSE(command.help.empty()) << command.name;
        EXPECT_THAT(guide, HasSubstr("`" + command.name)) << "docs/user_guide.md";
        for (const ViewKey& key : command.keys) EXPECT_THAT(help[i].first, HasSubstr(shown_key(key.key)));
    }
}

TEST(ViewCommands, WhatIsWrongInALineIsNamed) {
    const std::map<std::string, std::string> refusals{
        {"mvoe 1 0", "here, word 1: 'mvoe' is not a command; did you mean 'move'?"},
        {"move 1", "here, word 3: something is missing here; usage: move X_MM Y_MM"},
        {"move 1 2 3", "here, word 4: '3' is too much; usage: move X_MM Y_MM"},
        {"move 1 east", "here, word 3: 'east' is not a number (Y_MM)"},
        {"move 1 2,3", "here, word 3: '2,3' is not a number (Y_MM)"},
        {"turn nan", "here, word 2: 'nan' is not a number (DEGREES)"},
        {"scalar nromal", "here, word 2: 'nromal' is not one of magnitude, normal, tangential, next; did you "
                          "mean 'normal'?"},
        {"show scalp of", "here, word 3: 'of' is not one of on, off, toggle; did you mean 'on'?"},
        {"quit now", "here, word 2: 'now' is too much; usage: quit"},
    };
    for (const auto& [line, message] : refusals) {
        try {
            (void)parse_view_line(line, "here");
            ADD_FAILURE() << line;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr(message));
        }
    }
}

TEST(ViewCommands, CommentsAndQuotedNames) {
    EXPECT_EQ(parse_view_line("  # nothing", "").command, nullptr);
    EXPECT_EQ(parse_view_line("", "").command, nullptr);
    const ViewLine line = parse_view_line("save \"my pose #1.json\"  # there", "");
    EXPECT_EQ(line.words, std::vector<std::string>{"my pose #1.json"});
}

TEST(DidYouMean, NeighbouringLettersExchangedAreOneEdit) {
    const std::vector<std::string> words{"move", "normal", "pan"};
    EXPECT_EQ(did_you_mean("mvoe", words), "move");
    EXPECT_EQ(did_you_mean("nromal", words), "normal");
    EXPECT_EQ(did_you_mean("apn", words), "pan");
    EXPECT_EQ(did_you_mean("NORMLA", words), "normal");
    // Two edits are too many for a word of four letters, wherever they are.
    EXPECT_EQ(did_you_mean("mxxe", words), std::nullopt);
    EXPECT_EQ(did_you_mean("evom", words), std::nullopt);
}

TEST_F(ViewModelTest, UndoAndRedoGoThroughEverythingThatChanged) {
    const std::vector<std::string> lines{
        "move 3 -2",     "turn 20",      "tilt 4 -3",        "standoff 9",
        "scalar normal", "cap 2",        "slice coronal 10", "slice-move -4",
        "pick 1 2 3",    "show coil",    "background dark",  "coil round_90mm",
        "place 0 10 90", "show roi off", "unpick",           "target -20,10,50"};
    std::vector<ViewState> states{model().state()};
    for (const std::string& line : lines) {
        run(line);
        EXPECT_FALSE(is_same(model().state(), states.back())) << line;
        states.push_back(model().state());
    }
    for (std::size_t i = lines.size(); i-- > 0;) {
        run("undo");
        EXPECT_TRUE(is_same(model().state(), states[i])) << lines[i];
    }
    run("undo");
    EXPECT_EQ(host.printed, "there is nothing to undo\n");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        run("redo");
        EXPECT_TRUE(is_same(model().state(), states[i + 1])) << lines[i];
    }
    run("undo");
    run("turn 1"); // What was undone is gone once something else is done.
    host.printed.clear();
    run("redo");
    EXPECT_EQ(host.printed, "there is nothing to redo\n");
}

TEST_F(ViewModelTest, WhatChangesNothingIsNoStep) {
    run("turn 10");
    run("cap 0");
    run("scalar magnitude");
    run("camera top"); // Where it is seen from is no part of it.
    EXPECT_TRUE(model().undo());
    EXPECT_FALSE(model().undo());
}

TEST_F(ViewModelTest, ADragIsOneStep) {
    const ViewState before = model().state();
    model().begin_gesture();
    for (int i = 0; i < 5; ++i) run("move 1 1");
    model().end_gesture();
    EXPECT_FALSE(is_same(model().state(), before));
    EXPECT_TRUE(model().undo());
    EXPECT_TRUE(is_same(model().state(), before));
    model().begin_gesture();
    model().end_gesture();
    EXPECT_FALSE(model().undo());
}

TEST_F(ViewModelTest, WhatIsRefusedLeavesEverythingAsItWas) {
    const ViewState before = model().state();
    EXPECT_THAT(refusal("tilt 61 0"), HasSubstr("test: the coil would be tilted by more than 60 degrees"));
    EXPECT_THAT(refusal("standoff -1"), HasSubstr("is not between 0 and 60 mm"));
    EXPECT_THAT(refusal("coil figure8_70m"), HasSubstr("figure8_70m"));
    EXPECT_THAT(refusal("cap -1"), HasSubstr("below 0"));
    EXPECT_THAT(refusal("zoom 0"), HasSubstr("not above 0"));
    EXPECT_THAT(refusal("slice-move 2"), HasSubstr("no slice to move"));
    EXPECT_THAT(refusal("target next"), HasSubstr("no list of targets"));
    EXPECT_THAT(refusal("load " + path("none.json")), HasSubstr("none.json"));
    EXPECT_THAT(refusal("save pose.stl"), HasSubstr("pose.stl"));
    EXPECT_TRUE(is_same(model().state(), before));
    EXPECT_FALSE(model().undo());
}

TEST_F(ViewModelTest, ASavedPoseIsLoadedAgain) {
    run("move 4 2");
    run("tilt 3 2");
    const RigidTransform saved = model().state().pose;
    run("save \"" + path("a pose.json") + "\"");
    EXPECT_THAT(host.printed, HasSubstr("saved "));
    run("turn 30");
    run("load \"" + path("a pose.json") + "\"");
    EXPECT_LT((model().state().pose.matrix() - saved.matrix()).cwiseAbs().maxCoeff(), 1e-9);
}

TEST_F(ViewModelTest, TheFieldBelongsToOnePoseAndOneCoil) {
    model().accept(*model().computation(ViewAccuracy::elements)());
    EXPECT_TRUE(model().is_current());
    EXPECT_FALSE(model().is_refined());
    EXPECT_THAT(describe_view(model()), HasSubstr("field: of this pose, not refined yet"));
    model().accept(*model().computation(ViewAccuracy::refined)());
    EXPECT_TRUE(model().is_refined());
    const double here = model().live().mean_magnitude;
    // By reciprocity and by the field itself, which is recovered: as near as these coarse elements are.
    EXPECT_NEAR(model().field()->roi.mean_magnitude / here, 1, 0.2);
    run("move 10 0");
    EXPECT_FALSE(model().is_current());
    EXPECT_GT(std::abs(model().live().mean_magnitude / here - 1), 0.02);
    EXPECT_THAT(describe_view(model()), HasSubstr("field: of an earlier pose"));
    run("undo");
    EXPECT_TRUE(model().is_current());
    run("coil round_90mm");
    EXPECT_FALSE(model().is_current());
}

TEST_F(ViewModelTest, AComputationKeepsTheCoilThatItWasAskedFor) {
    const auto compute = model().computation(ViewAccuracy::elements);
    run("coil round_90mm");
    run("move 5 0");
    model().accept(*compute());
    EXPECT_FALSE(model().is_current());
    run("undo");
    run("undo");
    EXPECT_TRUE(model().is_current());
}

TEST_F(ViewModelTest, RefiningGivesUpOnceItIsUnwanted) {
    const std::atomic<bool> is_unwanted = true;
    EXPECT_FALSE(model().computation(ViewAccuracy::refined, &is_unwanted)().has_value());
    EXPECT_TRUE(model().computation(ViewAccuracy::elements, &is_unwanted)().has_value());
}

TEST_F(ViewModelTest, TheCoilIsMetWhereItStandsAndNotThroughTheHead) {
    const RigidTransform& pose = model().state().pose;
    const Vector3 axis = pose.rotation().col(2);
    const Vector3 outside = pose.translation() - 0.2 * axis;
    EXPECT_TRUE(model().meets_coil(outside, axis));
    EXPECT_FALSE(model().meets_coil(outside + 0.3 * pose.rotation().col(0), axis));
    EXPECT_FALSE(model().meets_coil(pose.translation() + 0.4 * axis, -axis)) << "from behind the head";
    const std::optional<Vector3> scalp = model().scalp_under(outside, axis);
    ASSERT_TRUE(scalp.has_value());
    EXPECT_LT((*scalp - model().state().stance.place.point).norm(), 1e-3);
}

TEST_F(ViewModelTest, TheHostIsAskedForWhatIsNotTheModels) {
    for (const char* line : {"solve", "wait", "help", "quit", "screenshot a.png"}) run(line);
    EXPECT_THAT(host.asked, ::testing::ElementsAre("solve", "wait", "help", "quit", "picture a.png"));
    run("print-scene");
    EXPECT_THAT(host.printed, HasSubstr("coil: figure8_70mm\ntarget: 15,20,55\n"));
    EXPECT_THAT(host.printed, ::testing::EndsWith("drawn\n"));
}

} // namespace
} // namespace corticoil::app
