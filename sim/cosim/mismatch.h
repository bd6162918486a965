#pragma once

#include <cstdint>
#include <string>

namespace pim::cosim {

/// The first thing in which RTL and TLM differ.
struct Mismatch {
  std::string block;
  std::string command;
  std::string field;
  std::string expected;  ///< of the TLM model
  std::string actual;    ///< of the RTL
  std::int64_t cycle = 0;

  std::string text() const;
};

}  // namespace pim::cosim
