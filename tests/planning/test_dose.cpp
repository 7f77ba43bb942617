#include "planning/dose.h"

#include "support/error_of.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace corticoil::planning {
namespace {

using ::testing::HasSubstr;

/// A threshold of 50 % with a coil of 160 A/µs at full output that gives 1 V/m at 1 A/µs: 80 V/m.
MotorThreshold threshold() {
    return {.percent_mso = 50, .driver = {"eight", "strong", 160e6, "biphasic"}, .field = 1e-6};
}
DoseRequest request() {
    return {.fraction = 0.8, .driver = {"eight", "strong", 160e6, "biphasic"}, .field = 0.5e-6};
}

TEST(Dose, GivesTheTargetTheFractionOfTheFieldAtThreshold) {
    const DosePlan plan = dose_from_threshold(threshold(), request());
    EXPECT_NEAR(plan.wanted_field, 64, 1e-9);
    EXPECT_NEAR(plan.didt, 128e6, 1e-3);
    EXPECT_NEAR(plan.percent_mso, 80, 1e-9);
    EXPECT_NEAR(plan.percent_mso_of_threshold.value(), 40, 1e-9);
    // What the %MT dose delivers is half of what is wanted: the target gets half the field per ampere.
    EXPECT_NEAR(plan.field_of_threshold.value(), 32, 1e-9);
    EXPECT_TRUE(plan.warnings.empty());
}

TEST(Dose, FollowsTheStimulatorsOfBothCoils) {
    DoseRequest weak = request();
    weak.driver = {"cone", "weak", 80e6, "biphasic"};
    const DosePlan plan = dose_from_threshold(threshold(), weak);
    EXPECT_NEAR(plan.percent_mso, 160, 1e-9);
    EXPECT_THAT(plan.warnings, ::testing::Contains(HasSubstr("cannot give it")));
    EXPECT_THAT(plan.warnings, ::testing::Contains(HasSubstr("measured with eight on strong")));
}

TEST(Dose, ExtrapolatesNothing) {
    MotorThreshold none = threshold();
    none.percent_mso = 0;
    EXPECT_THAT(test::error_of([&] { (void)dose_from_threshold(none, request()); }),
                HasSubstr("nothing is extrapolated"));
    none.percent_mso = 110;
    EXPECT_THAT(test::error_of([&] { (void)dose_from_threshold(none, request()); }), HasSubstr("110 %MSO"));
    MotorThreshold ceiling = threshold();
    ceiling.percent_mso = 100;
    EXPECT_THAT(dose_from_threshold(ceiling, request()).warnings,
                ::testing::Contains(HasSubstr("the true one may be higher")));
}

TEST(Dose, RefusesOtherPulsesWithoutAFactor) {
    DoseRequest other = request();
    other.driver.pulse = "monophasic";
    EXPECT_THAT(test::error_of([&] { (void)dose_from_threshold(threshold(), other); }),
                HasSubstr("--pulse-factor"));
    other.pulse_factor = 1.25;
    EXPECT_NEAR(dose_from_threshold(threshold(), other).percent_mso, 100, 1e-9);
}

TEST(Dose, ForAFieldOfTheUsers) {
    const DosePlan plan = dose_for_field(60, request());
    EXPECT_NEAR(plan.percent_mso, 75, 1e-9);
    EXPECT_FALSE(plan.percent_mso_of_threshold.has_value());
    EXPECT_THAT(test::error_of([&] { (void)dose_for_field(-1, request()); }), HasSubstr("positive field"));
    DoseRequest silent = request();
    silent.field = 0;
    EXPECT_THAT(test::error_of([&] { (void)dose_for_field(60, silent); }), HasSubstr("check the pose"));
}

TEST(Dose, RangesOverScenarios) {
    const auto [least, most] = output_range(80, {1.0, 0.9, 1.25});
    EXPECT_NEAR(least, 72, 1e-12);
    EXPECT_NEAR(most, 100, 1e-12);
}

} // namespace
} // namespace corticoil::planning
