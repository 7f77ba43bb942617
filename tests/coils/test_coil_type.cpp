#include "coils/coil_type.h"

#include "coils/coil_library.h"

#include <gtest/gtest.h>

namespace corticoil::coils {
namespace {

TEST(CoilType, NamesFindTheirTypes) {
    for (const CoilType type : {CoilType::unknown, CoilType::figure_of_eight, CoilType::round,
                                CoilType::double_cone, CoilType::h_type}) {
        EXPECT_EQ(find_coil_type(to_string(type)), type) << to_string(type);
    }
    EXPECT_FALSE(find_coil_type("square").has_value());
}

TEST(CoilType, LibraryCoilsKnowTheirs) {
    EXPECT_EQ(load_coil("figure8_70mm").type, CoilType::figure_of_eight);
    EXPECT_EQ(load_coil("round_90mm").type, CoilType::round);
}

} // namespace
} // namespace corticoil::coils
