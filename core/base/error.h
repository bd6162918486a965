#pragma once

#include <stdexcept>
#include <string>

namespace pim {

/// A mistake in a user's input. what() is one line that names the file, key or
/// option and what was expected. The command line prints it and exits with status 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A fault of the simulated firmware, not of the model. what() is one line that names pc, function and cause.
/// The command line prints it and exits with status 1.
class FirmwareError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace pim
