#pragma once

#include <stdexcept>
#include <string>

namespace pim {

/// Bad input of a user: a file, a key, a value. what() is one line that names the culprit and what was
/// expected. The command line prints it and exits with status 2.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The simulated firmware cannot go on: a user's program is wrong, not the model. what() is one line that
/// names pc, function and cause. The command line prints it and exits with status 1.
class FirmwareError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace pim
