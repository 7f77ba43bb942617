#include "solver/available_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace corticoil::solver {

namespace {

constexpr double unlimited = std::numeric_limits<double>::infinity();

/// The number in a file of control groups; "max" and missing files give `otherwise`.
double number_in(const char* path, double otherwise) {
    std::ifstream file(path);
    double value = 0;
    return file >> value ? value : otherwise;
}

double available_in_system() {
    std::ifstream file("/proc/meminfo");
    std::string key;
    std::string unit;
    double kibibytes = 0;
    while (file >> key >> kibibytes) {
        if (key == "MemAvailable:") return kibibytes * 1024;
        std::getline(file, unit);
    }
    return unlimited;
}

} // namespace

double available_memory() {
    const double left_in_group =
        number_in("/sys/fs/cgroup/memory.max", unlimited) - number_in("/sys/fs/cgroup/memory.current", 0);
    return std::max(0.0, std::min(available_in_system(), left_in_group));
}

} // namespace corticoil::solver
