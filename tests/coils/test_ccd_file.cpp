#include "coils/ccd_file.h"
#include "coils/coil_library.h"
#include "coils/number_text.h"
#include "coils/stl_file.h"
#include "coils/waveform_file.h"
#include "core/constants.h"

#include "support/check_data.h"
#include "support/error_of.h"
#include "support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

const std::string two_dipoles = "2\n# centers and moments\n"
                                "0.04 0 -0.005 0 0 0.03\n-0.04 0 -0.005 0 0 -3e-2\n";

/// The message for a file of these bytes.
std::string message(const std::string& bytes) {
    return error_of([&] { (void)parse_ccd(bytes, "bad.ccd"); });
}

TEST(CcdFile, ReadsDipolesAndHeader) {
    const Coil coil =
        parse_ccd("# coil.ccd version 1.0 number of elements; dIdtmax=146.52;x=-300,200;y=250;"
                  "z=-200,200;resolution=3;stimulator=MagPro X100;brand=MagVenture;dIdtstim=152;"
                  "coilname=C-B70;\n" +
                      two_dipoles,
                  "folder/coil.ccd");
    EXPECT_EQ(coil.name, "C-B70");
    EXPECT_EQ(coil.stimulator, "MagPro X100");
    EXPECT_EQ(coil.brand, "MagVenture");
    EXPECT_EQ(coil.source, "coil.ccd");
    EXPECT_EQ(coil.didt_at_full_output.value(), 146.52e6);
    ASSERT_TRUE(coil.sampling_region.has_value());
    EXPECT_EQ(coil.sampling_region->limits.min(), Vector3(-0.300, -0.250, -0.200));
    EXPECT_EQ(coil.sampling_region->limits.max(), Vector3(0.200, 0.250, 0.200));
    EXPECT_EQ(coil.sampling_region->resolution, Vector3::Constant(0.003));
    ASSERT_EQ(coil.dipoles.positions.cols(), 2);
    EXPECT_EQ(coil.dipoles.positions(0, 1), -0.04);
    EXPECT_EQ(coil.dipoles.moments(2, 1), -0.03);
    ASSERT_TRUE(coil.induced_direction.has_value());
    EXPECT_GT(coil.induced_direction->y(), 0.999);
}

TEST(CcdFile, ReadsTheOldHeaderAndWindowsLineEnds) {
    const Coil coil =
        parse_ccd("# number of elements\r\n1\r\n# c\r\n0 0 -0.01\t0 0 +1e-3\r\n\r\n", "my_coil.ccd");
    EXPECT_EQ(coil.name, "my_coil");
    EXPECT_TRUE(coil.stimulator.empty());
    EXPECT_FALSE(coil.didt_at_full_output.has_value());
    EXPECT_FALSE(coil.sampling_region.has_value());
    EXPECT_EQ(coil.dipoles.moments(2, 0), 1e-3);
    EXPECT_FALSE(coil.induced_direction.has_value());
    EXPECT_TRUE(parse_ccd("# c; stimulator=none;\n" + two_dipoles, "c.ccd").stimulator.empty());
}

TEST(CcdFile, BadFilesAreRefusedWithTheLine) {
    EXPECT_THAT(message(""), HasSubstr("0 dipoles"));
    EXPECT_THAT(message("# h\n2\n# c\n0 0 0 0 0 1\n"), HasSubstr("1 dipoles where 2 are announced"));
    EXPECT_THAT(message("# h\n1\n# c\n0 0 0 0 0\n"), HasSubstr("bad.ccd:4: 5 numbers instead of 6"));
    EXPECT_THAT(message("# h\n1\n# c\n0 0 nan 0 0 1\n"), HasSubstr("not a row of finite numbers"));
    EXPECT_THAT(message("# h\n1\n# c\n0 0 0 0 0 1e999\n"), HasSubstr("not a row of finite numbers"));
    EXPECT_THAT(message("# h\n1e99\n# c\n0 0 0 0 0 1\n"), HasSubstr("1 dipoles where 1e+99 are"));
    EXPECT_THAT(message("# h\n1000000000\n# c\n0 0 0 0 0 1\n"), HasSubstr("1 dipoles where 1000000000 are"));
    EXPECT_THAT(message("# h\n1.5\n# c\n0 0 0 0 0 1\n"), HasSubstr("1 dipoles where 1.5 are"));
    EXPECT_THAT(message("# h\n1\n# c\n90 0 0 0 0 1\n"), HasSubstr("positions are metres"));
    EXPECT_THAT(message("# h; dIdtmax=fast;\n" + two_dipoles), HasSubstr("bad.ccd:1: 'dIdtmax=fast'"));
    EXPECT_THAT(message("# h; x=1;y=1;z=2,1;resolution=1\n" + two_dipoles), HasSubstr("'z' has no lower"));
    EXPECT_THAT(message("# h; x=1;y=1;z=1;resolution=0\n" + two_dipoles), HasSubstr("'resolution'"));
    EXPECT_THAT(error_of([] { (void)read_ccd("/none/none.ccd"); }), HasSubstr("does not exist"));
}

TEST(CcdFile, ADipoleWhereTheDirectionIsReadGivesNone) {
    EXPECT_FALSE(parse_ccd("# h\n1\n# c\n0 0 0.02 0 0 1\n", "c.ccd").induced_direction.has_value());
}

TEST(CcdFile, RoundTripKeepsEveryBit) {
    const test::TemporaryFolder folder;
    std::mt19937 random(1);
    std::uniform_real_distribution<double> uniform(-1, 1);
    Coil coil;
    coil.name = "My; coil";
    coil.brand = "Ours";
    coil.stimulator = "S = 1";
    coil.didt_at_full_output = 114.73e6 / 3;
    coil.sampling_region = SamplingRegion{{Vector3(-0.3, -0.1 / 3, -0.2), Vector3(0.3, 0.2, 0.7 / 3)},
                                          Vector3(0.003, 0.001 / 3, 0.004)};
    constexpr int n = 200;
    coil.dipoles.positions.resize(3, n);
    coil.dipoles.moments.resize(3, n);
    for (int i = 0; i < 3 * n; ++i) {
        coil.dipoles.positions(i % 3, i / 3) = 0.1 * uniform(random);
        coil.dipoles.moments(i % 3, i / 3) = std::pow(10.0, 20 * uniform(random) - 20);
    }
    const auto path = folder / "coil.ccd";
    write_ccd(path, coil);
    const Coil read = read_ccd(path);
    EXPECT_EQ(read.name, "My, coil");
    EXPECT_EQ(read.brand, coil.brand);
    EXPECT_EQ(read.stimulator, coil.stimulator);
    EXPECT_EQ(read.didt_at_full_output, coil.didt_at_full_output);
    EXPECT_EQ(read.sampling_region->limits.min(), coil.sampling_region->limits.min());
    EXPECT_EQ(read.sampling_region->limits.max(), coil.sampling_region->limits.max());
    EXPECT_EQ(read.sampling_region->resolution, coil.sampling_region->resolution);
    EXPECT_TRUE(read.dipoles.positions == coil.dipoles.positions);
    EXPECT_TRUE(read.dipoles.moments == coil.dipoles.moments);
    // Written again, the file is the same byte by byte.
    const std::string bytes = test::read_bytes(path);
    write_ccd(path, read);
    EXPECT_EQ(test::read_bytes(path), bytes);
}

TEST(CcdFile, CasingAndWaveformsLieBesideIt) {
    const test::TemporaryFolder folder;
    const Coil library = load_coil("figure8_70mm");
    Coil coil;
    coil.name = "with casing";
    coil.dipoles = equivalent_dipoles(library);
    coil.casing = library.casing;
    coil.waveforms = {{.name = "pulse", .time = {0, 1e-5, 3e-5}, .signal = {0, 1, -0.3}, .fit = {}}};
    const auto path = folder / "coil.ccd";
    write_ccd(path, coil);
    const Coil read = read_ccd(path);
    ASSERT_TRUE(read.casing.has_value());
    EXPECT_EQ(read.casing->n_triangles(), library.casing->n_triangles());
    constexpr double single_precision = 1e-6;
    EXPECT_LT((area_vectors(*read.casing) - area_vectors(*library.casing)).norm(),
              single_precision * area_vectors(*library.casing).norm());
    ASSERT_EQ(read.waveforms.size(), 1U);
    EXPECT_EQ(read.waveforms[0].signal, coil.waveforms[0].signal);
    // A coil without them does not take over another's.
    coil.casing.reset();
    EXPECT_THAT(error_of([&] { write_ccd(path, coil); }), HasSubstr("would be taken for its casing"));
    EXPECT_TRUE(read_ccd(path).casing.has_value());
    // A bad casing is an error that names it.
    test::write_bytes(folder / "coil.stl", "solid");
    EXPECT_THAT(error_of([&] { (void)read_ccd(path); }), HasSubstr("coil.stl"));
}

TEST(CcdFile, RefusesToWriteWhatItCannotHold) {
    const test::TemporaryFolder folder;
    const auto path = folder / "coil.ccd";
    EXPECT_THAT(error_of([&] { write_ccd(path, load_coil("figure8_70mm")); }), HasSubstr("has wires"));
    Coil coil;
    EXPECT_THAT(error_of([&] { write_ccd(path, coil); }), HasSubstr("no dipoles"));
    coil.dipoles.positions = Vector3(0, 0, NAN);
    coil.dipoles.moments = Vector3::UnitZ();
    EXPECT_THAT(error_of([&] { write_ccd(path, coil); }), HasSubstr("not finite"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    coil.dipoles.positions.setZero();
    EXPECT_THAT(error_of([&] { write_ccd(folder / "none" / "coil.ccd", coil); }),
                HasSubstr("No such file or directory"));
}

TEST(CcdFile, PublishedModelsRoundTrip) {
    for (const std::string stem : {"MagStim_D70", "MagStim_DCC", "MagVenture_C-100", "MagVenture_Cool-B65"}) {
        CORTICOIL_CHECK_DATA_OR_SKIP(path, "coils/" + stem + ".ccd");
        const Coil coil = read_ccd(path);
        EXPECT_TRUE(coil.casing.has_value()) << stem;
        EXPECT_TRUE(coil.sampling_region.has_value()) << stem;
        const test::TemporaryFolder folder;
        write_ccd(folder / "copy.ccd", coil);
        const Coil copy = read_ccd(folder / "copy.ccd");
        EXPECT_EQ(copy.name, coil.name);
        EXPECT_EQ(copy.didt_at_full_output, coil.didt_at_full_output);
        EXPECT_TRUE(copy.dipoles.positions == coil.dipoles.positions);
        EXPECT_TRUE(copy.dipoles.moments == coil.dipoles.moments);
        EXPECT_TRUE(copy.casing->nodes == coil.casing->nodes);
        EXPECT_TRUE(copy.casing->triangles == coil.casing->triangles);
        EXPECT_EQ(copy.waveforms.size(), coil.waveforms.size());
    }
}

TEST(NumberText, MovesTheDecimalPointWithoutRounding) {
    EXPECT_EQ(number_text(146.52e6, -6), "146.52");
    EXPECT_EQ(number_text(-0.3, 3), "-300");
    EXPECT_EQ(number_text(0.00125, 3), "1.25");
    EXPECT_EQ(number_text(1e-7, 3), "0.0001");
    EXPECT_EQ(number_text(0.0, 3), "0");
    std::mt19937 random(2);
    std::uniform_real_distribution<double> exponent(-30, 30);
    int n_changed_by_multiplying = 0;
    for (int i = 0; i < 10000; ++i) {
        const double value = (i % 2 == 0 ? 1 : -1) * std::pow(10.0, exponent(random));
        for (const int power : {-6, -3, 0, 3}) {
            EXPECT_EQ(number_in(number_text(value, power), -power), value) << number_text(value, power);
        }
        n_changed_by_multiplying += value / ampere_per_microsecond * ampere_per_microsecond == value ? 0 : 1;
    }
    EXPECT_GT(n_changed_by_multiplying, 100) << "dividing and multiplying would have done";
    for (const char* bad : {"", "e5", "1e", "1 2", "nan", "inf", "1e400", "0x10", "1e99999999999"}) {
        EXPECT_FALSE(number_in(bad).has_value()) << bad;
    }
}

} // namespace
} // namespace corticoil::coils
