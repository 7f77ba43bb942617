#include "io/staged_output.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <ostream>
#include <sys/stat.h>
#include <thread>

namespace corticoil::io {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using ::testing::HasSubstr;

const StagedFolderOptions keep{"run.json", false, {}};
const StagedFolderOptions replace{"run.json", true, {"left_over"}};

std::ptrdiff_t n_entries(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

void make_result(const fs::path& folder, const std::string& content) {
    StagedFolder staged(folder, replace);
    test::write_bytes(staged.path() / "run.json", content);
    staged.commit();
}

TEST(StagedFolder, AppearsOnlyWhenCommitted) {
    const test::TemporaryFolder folder;
    {
        StagedFolder staged(folder / "a" / "run", keep);
        test::write_bytes(staged.path() / "run.json", "1");
        EXPECT_EQ(staged.path().parent_path(), fs::canonical(folder / "a"));
        EXPECT_FALSE(fs::exists(folder / "a" / "run"));
        staged.commit();
        EXPECT_EQ(staged.path(), fs::canonical(folder / "a" / "run"));
    }
    EXPECT_EQ(test::read_bytes(folder / "a" / "run" / "run.json"), "1");
    EXPECT_EQ(n_entries(folder / "a"), 1);
    struct stat made_by_us {};
    struct stat made_plainly {};
    fs::create_directory(folder / "plain");
    stat((folder / "a" / "run").c_str(), &made_by_us);
    stat((folder / "plain").c_str(), &made_plainly);
    EXPECT_EQ(made_by_us.st_mode, made_plainly.st_mode)
        << "others may read results where the umask lets them";
}

TEST(StagedFolder, LeavesNothingWithoutACommit) {
    const test::TemporaryFolder folder;
    {
        const StagedFolder staged(folder / "run", keep);
        fs::create_directory(staged.path() / "figures");
        test::write_bytes(staged.path() / "figures" / "a.png", "x");
        EXPECT_EQ(n_entries(folder.path()), 1);
    }
    EXPECT_EQ(n_entries(folder.path()), 0);
}

TEST(StagedFolder, TakesAnEmptyFolderAndATrailingSlash) {
    const test::TemporaryFolder folder;
    fs::create_directory(folder / "run");
    StagedFolder staged((folder / "run").string() + "/", keep);
    test::write_bytes(staged.path() / "run.json", "1");
    staged.commit();
    EXPECT_TRUE(fs::exists(folder / "run" / "run.json"));
    EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StagedFolder, NeverReplacesWhatIsNotAResult) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "thesis.tex", "x");
    for (const StagedFolderOptions& options : {keep, replace}) {
        EXPECT_THAT(error_of([&] { StagedFolder(folder.path(), options); }), HasSubstr("holds no run.json"));
        EXPECT_THAT(error_of([&] { StagedFolder(folder / "thesis.tex", options); }),
                    HasSubstr("is not a folder"));
        EXPECT_THAT(error_of([&] { StagedFolder("/", options); }), HasSubstr("cannot be written"));
        EXPECT_THAT(error_of([&] { StagedFolder("", options); }), HasSubstr("cannot be written"));
    }
    EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StagedFolder, ReplacesAResultOnlyIfAsked) {
    const test::TemporaryFolder folder;
    make_result(folder / "run", "old");
    test::write_bytes(folder / "run" / "left_over", "x");
    EXPECT_THAT(error_of([&] { StagedFolder(folder / "run", keep); }),
                HasSubstr("already holds a result (run.json)"));
    { const StagedFolder abandoned(folder / "run", replace); }
    EXPECT_EQ(test::read_bytes(folder / "run" / "run.json"), "old");
    make_result(folder / "run", "new");
    EXPECT_EQ(test::read_bytes(folder / "run" / "run.json"), "new");
    EXPECT_FALSE(fs::exists(folder / "run" / "left_over"));
    EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StagedFolder, NeverReplacesAFolderWithOtherFilesInIt) {
    const test::TemporaryFolder folder;
    make_result(folder / "run", "old");
    test::write_bytes(folder / "run" / "notes.txt", "mine");
    EXPECT_THAT(error_of([&] { StagedFolder(folder / "run", replace); }), HasSubstr("holds 'notes.txt'"));
    EXPECT_EQ(test::read_bytes(folder / "run" / "notes.txt"), "mine");
}

TEST(StagedFolder, RefusesToCommitOverWhatCameMeanwhile) {
    const test::TemporaryFolder folder;
    {
        StagedFolder staged(folder / "run", replace);
        fs::create_directory(folder / "run");
        test::write_bytes(folder / "run" / "thesis.tex", "x");
        EXPECT_THAT(error_of([&] { staged.commit(); }), HasSubstr("is not empty"));
    }
    EXPECT_EQ(n_entries(folder.path()), 1);
    EXPECT_TRUE(fs::exists(folder / "run" / "thesis.tex"));
}

TEST(StagedFile, AppearsWholeOrNotAtAll) {
    const test::TemporaryFolder folder;
    write_file_atomically(folder / "a.csv", "one");
    EXPECT_EQ(test::read_bytes(folder / "a.csv"), "one");
    EXPECT_THROW(write_file_atomically(folder / "a.csv",
                                       [](std::ostream& stream) {
                                           stream << "half";
                                           throw std::runtime_error("stopped");
                                       }),
                 std::runtime_error);
    EXPECT_EQ(test::read_bytes(folder / "a.csv"), "one");
    write_file_atomically(folder / "a.csv", "two");
    EXPECT_EQ(test::read_bytes(folder / "a.csv"), "two");
    EXPECT_EQ(n_entries(folder.path()), 1);
}

TEST(StagedFile, BadPlacesAreNamed) {
    const test::TemporaryFolder folder;
    EXPECT_THAT(error_of([&] { write_file_atomically(folder / "no" / "a.csv", ""); }),
                HasSubstr("make the folder first"));
    EXPECT_THAT(error_of([&] { write_file_atomically(folder.path(), ""); }), HasSubstr("not a regular file"));
    EXPECT_THAT(error_of([&] { write_file_atomically("/dev/null", ""); }), HasSubstr("not a regular file"));
    EXPECT_THAT(error_of([&] { write_file_atomically("/proc/a.csv", ""); }),
                HasSubstr("cannot make a file beside it"));
}

TEST(StagedFile, WritesThroughASymbolicLink) {
    const test::TemporaryFolder folder;
    test::write_bytes(folder / "a.csv", "one");
    fs::create_symlink(folder / "a.csv", folder / "link.csv");
    write_file_atomically(folder / "link.csv", "two");
    EXPECT_TRUE(fs::is_symlink(folder / "link.csv"));
    EXPECT_EQ(test::read_bytes(folder / "a.csv"), "two");
}

TEST(UnfinishedOutputs, AreRemovedFromAnotherThreadWhileOneWrites) {
    const test::TemporaryFolder folder;
    StagedFolder staged(folder / "run", keep);
    StagedFile file(folder / "a.csv");
    make_result(folder / "done", "1");
    std::atomic<bool> is_writing = false;
    std::atomic<bool> is_stopped = false;
    std::thread writer([&] {
        for (int i = 0; !is_stopped; ++i) {
            try {
                test::write_bytes(staged.path() / std::to_string(i), "x");
            } catch (const std::runtime_error&) {
                break;
            }
            is_writing = true;
        }
    });
    while (!is_writing) std::this_thread::yield();
    remove_unfinished_outputs();
    is_stopped = true;
    writer.join();
    EXPECT_EQ(n_entries(folder.path()), 1);
    EXPECT_TRUE(fs::exists(folder / "done" / "run.json")) << "finished results stay";
    EXPECT_THAT(error_of([&] { staged.commit(); }), HasSubstr("the run was interrupted"));
    EXPECT_THAT(error_of([&] { file.commit(); }), HasSubstr("the run was interrupted"));
}

} // namespace
} // namespace corticoil::io
