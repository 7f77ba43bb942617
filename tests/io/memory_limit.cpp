#include "memory_limit.h"

#include <unistd.h>

#include <fstream>

namespace corticoil::test {

MemoryLimit::MemoryLimit(std::size_t bytes) {
    getrlimit(RLIMIT_AS, &before_);
#ifndef __SANITIZE_ADDRESS__
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + bytes;
    setrlimit(RLIMIT_AS, &limit);
#else
    (void)bytes;
#endif
}

MemoryLimit::~MemoryLimit() {
    setrlimit(RLIMIT_AS, &before_);
}

} // namespace corticoil::test
