#include "coils/output.h"

#include "coils/coil_library.h"
#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace corticoil::coils {
namespace {

using test::error_of;
using ::testing::HasSubstr;

Coil coil_of_two_stimulators() {
    Coil coil;
    coil.name = "two";
    coil.outputs = {{"Slow", 100e6}, {"Fast", 160e6}};
    return coil;
}

TEST(Output, ConvertsByHandValues) {
    const Coil coil = coil_of_two_stimulators();
    EXPECT_DOUBLE_EQ(didt_at_full_output(coil), 100e6);
    EXPECT_DOUBLE_EQ(didt_at_full_output(coil, "fast"), 160e6);
    // 65 % of 100 A/µs is 65 A/µs; of 160 A/µs it is 104 A/µs.
    EXPECT_DOUBLE_EQ(didt_from_output(coil, {.percent = 65}), 65e6);
    EXPECT_DOUBLE_EQ(didt_from_output(coil, {.percent = 65, .stimulator = "Fast"}), 104e6);
    EXPECT_DOUBLE_EQ(output_from_didt(coil, 65e6), 65);
    EXPECT_DOUBLE_EQ(output_from_didt(coil, -80e6, "Fast"), 50);
    EXPECT_DOUBLE_EQ(output_from_didt(coil, 120e6), 120) << "more than the stimulator can give is said";
    // 1.4 V/m per A/µs at 65 %: 91 V/m.
    EXPECT_DOUBLE_EQ(field_at_output(coil, {.percent = 65}, 1.4), 91);
}

TEST(Output, ACoilFromAFileHasItsOneOutput) {
    Coil coil;
    coil.didt_at_full_output = 84.37e6;
    coil.stimulator = "Magstim Rapid";
    EXPECT_DOUBLE_EQ(didt_from_output(coil, {.percent = 50, .stimulator = "magstim rapid"}), 42.185e6);
}

TEST(Output, WhatIsNotKnownIsRefused) {
    EXPECT_THAT(error_of([] { (void)didt_at_full_output(load_coil("h_type_leg")); }),
                HasSubstr("h_type_leg: its dI/dt at 100 % output is not known"));
    EXPECT_THAT(error_of([] { (void)didt_at_full_output(coil_of_two_stimulators(), "Other"); }),
                HasSubstr("known for Slow, Fast"));
    for (const double percent : {0.0, -5.0, 100.5, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_THAT(
            error_of([&] { (void)didt_from_output(coil_of_two_stimulators(), {.percent = percent}); }),
            HasSubstr("no stimulator output"));
    }
}

TEST(Output, LibraryCoilsRepeatTheirFirstOutput) {
    int n_published = 0;
    for (const std::string& name : coil_names()) {
        const Coil coil = load_coil(name);
        EXPECT_EQ(coil.outputs.empty(), !coil.didt_at_full_output.has_value());
        if (coil.outputs.empty()) continue;
        ++n_published;
        EXPECT_EQ(coil.outputs.front().stimulator, coil.stimulator);
        EXPECT_EQ(coil.outputs.front().didt_at_full_output, *coil.didt_at_full_output);
    }
    EXPECT_EQ(n_published, 3);
}

} // namespace
} // namespace corticoil::coils
