#include "coils/waveform_file.h"

#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WaveformFile, ReadsColumnsAndTheirFits) {
    const std::vector<Waveform> waveforms = parse_waveforms(
        "# Time\tfit_free\tRapid_fit\tRapid\tother_fit\n-1e-6\t1\t2\t3\t4\n0\t5\t6\t7\t8\n", "w.tsv");
    ASSERT_EQ(waveforms.size(), 3U);
    EXPECT_EQ(waveforms[0].name, "fit_free");
    EXPECT_THAT(waveforms[0].fit, IsEmpty());
    EXPECT_EQ(waveforms[1].name, "Rapid");
    EXPECT_THAT(waveforms[1].time, ElementsAre(-1e-6, 0));
    EXPECT_THAT(waveforms[1].signal, ElementsAre(3, 7));
    EXPECT_THAT(waveforms[1].fit, ElementsAre(2, 6));
    EXPECT_EQ(waveforms[2].name, "other_fit") << "of nothing that is there: a waveform of its own";
}

TEST(WaveformFile, RoundTripKeepsEveryBit) {
    const std::vector<Waveform> waveforms{
        {.name = "biphasic", .time = {0, 1.0 / 3, 0.7}, .signal = {1e-300, -2.0 / 3, 5}, .fit = {0, 0, 0.1}},
        {.name = "mono phasic", .time = {0, 1.0 / 3, 0.7}, .signal = {1, 2, 3}, .fit = {}}};
    const test::TemporaryFolder folder;
    write_waveforms(folder / "w.tsv", waveforms);
    const std::vector<Waveform> read = read_waveforms(folder / "w.tsv");
    ASSERT_EQ(read.size(), waveforms.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
        EXPECT_EQ(read[i].name, waveforms[i].name);
        EXPECT_EQ(read[i].time, waveforms[i].time);
        EXPECT_EQ(read[i].signal, waveforms[i].signal);
        EXPECT_EQ(read[i].fit, waveforms[i].fit);
    }
}

TEST(WaveformFile, BadFilesAreRefusedWithTheLine) {
    const auto message = [](const std::string& bytes) {
        return error_of([&] { (void)parse_waveforms(bytes, "bad.tsv"); });
    };
    EXPECT_THAT(message(""), HasSubstr("bad.tsv:1: the file is empty"));
    EXPECT_THAT(message("0\t1\n"), HasSubstr("the header is missing"));
    EXPECT_THAT(message("# Samples\ta\n0\t1\n"), HasSubstr("the first column is 'Samples'"));
    EXPECT_THAT(message("# Time\n0\n"), HasSubstr("no column but the time"));
    EXPECT_THAT(message("# Time\ta\ta\n0\t1\t2\n"), HasSubstr("two columns of the same name"));
    EXPECT_THAT(message("# Time\ta\t\n0\t1\t2\n"), HasSubstr("without a name"));
    EXPECT_THAT(message("# Time\ta\n"), HasSubstr("no rows"));
    EXPECT_THAT(message("# Time\ta\n0\t1\t2\n"), HasSubstr("bad.tsv:2: 3 numbers in 2 columns"));
    EXPECT_THAT(message("# Time\ta\n0\tnan\n"), HasSubstr("not a row of finite numbers"));
    EXPECT_THAT(message("# Time\ta\n1\t1\n1\t1\n"), HasSubstr("bad.tsv:3: the time 1 s does not increase"));
    std::string wide = "# Time";
    for (int i = 0; i < 100000; ++i) wide += "\ta";
    EXPECT_THAT(message(wide), HasSubstr("more than 1000 columns"));
}

TEST(WaveformFile, RefusesToWriteWhatWouldNotBeReadBack) {
    const test::TemporaryFolder folder;
    const auto message = [&](const std::vector<Waveform>& waveforms) {
        return error_of([&] { write_waveforms(folder / "w.tsv", waveforms); });
    };
    const Waveform a{.name = "a", .time = {0, 1}, .signal = {0, 1}, .fit = {}};
    Waveform b = a;
    EXPECT_THAT(message({a, b}), HasSubstr("two columns of the same name"));
    b.name = "a_fit";
    EXPECT_THAT(message({a, b}), HasSubstr("marks the fit of another"));
    b.name = "b\tc";
    EXPECT_THAT(message({a, b}), HasSubstr("a tab"));
    b = {.name = "b", .time = {0, 2}, .signal = {0, 1}, .fit = {}};
    EXPECT_THAT(message({a, b}), HasSubstr("not sampled at the times of 'a'"));
    EXPECT_THAT(message({}), HasSubstr("no waveforms"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(WaveformFile, ReadsAPublishedPulse) {
    CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/MagVenture_Cool-B65.tsv");
    const std::vector<Waveform> waveforms = read_waveforms(path);
    ASSERT_EQ(waveforms.size(), 1U);
    EXPECT_EQ(waveforms[0].name, "MagPro_X100");
    EXPECT_EQ(waveforms[0].time.size(), 5201U);
    EXPECT_EQ(waveforms[0].fit.size(), 5201U);
    EXPECT_NEAR(waveforms[0].time.front(), -2e-5, 1e-12);
}

} // namespace
} // namespace corticoil::coils
