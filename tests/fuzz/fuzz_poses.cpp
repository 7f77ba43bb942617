#include "memory_bound.h"
#include "reader_checks.h"

#include <cstddef>
#include <cstdint>

/// What libFuzzer calls with every input; whatever escapes is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    corticoil::fuzz::within_memory_bound(size, [&] {
        corticoil::fuzz::check_poses({reinterpret_cast<const char*>(data), size});
    });
    return 0;
}
