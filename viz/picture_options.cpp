#include "viz/picture_options.h"

#include "core/error.h"

#include <fmt/format.h>

namespace corticoil::viz {

void check(const PictureOptions& options) {
    if (options.width < 400 || options.width > 8000 || options.height < 300 || options.height > 8000) {
        throw Error(
            fmt::format("a picture of {}×{} pixels: the width must be 400 … 8000, the height 300 … 8000",
                        options.width, options.height));
    }
    if (!(options.cap_percentile > 0 && options.cap_percentile <= 100)) {
        throw Error(
            fmt::format("the colour bar cannot end at the percentile {}; it must be above 0 and at most 100",
                        options.cap_percentile));
    }
    constexpr double most_dots_per_inch = 10000;
    if (!(options.dots_per_inch >= 0 && options.dots_per_inch <= most_dots_per_inch)) {
        throw Error(fmt::format("a picture of {} dots per inch: give a number from 1 to {}",
                                options.dots_per_inch, most_dots_per_inch));
    }
}

} // namespace corticoil::viz
