#include "core/error.h"

namespace corticoil::detail {

void assertion_failed(const char* condition, const char* file, int line) {
    throw std::logic_error(std::string(file) + ":" + std::to_string(line) +
                           ": internal error, please report it: " + condition);
}

} // namespace corticoil::detail
