#pragma once

#include <stdexcept>
#include <string>

namespace corticoil {

/// Wrong input or environment. The message says what, where and how to fix it, with the offending value.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The input was fine but the computation did not succeed, for instance a solver that did not converge.
class ComputationError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The question was sound and has no feasible answer, for instance a coil that fits nowhere on a head.
class InfeasibleError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An optional part of the system is missing, for instance EGL for pictures.
class MissingPartError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

namespace detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
}

} // namespace corticoil

/// A programmer's mistake, checked in every build type: throws std::logic_error.
#define CORTICOIL_ASSERT(condition)                                                                          \
    ((condition) ? static_cast<void>(0)                                                                      \
                 : ::corticoil::detail::assertion_failed(#condition, __FILE__, __LINE__))
