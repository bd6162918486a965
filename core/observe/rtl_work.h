#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace pim {

/// What a block of the chip that is RTL has done in a run.
struct RtlWork {
  std::string block;                               ///< "die3.bank5", "alu"
  bool compared = false;                           ///< each transaction with what the model says
  std::map<std::uint8_t, std::uint64_t> commands;  ///< how many of each opcode
  std::uint64_t accesses = 0;                      ///< to its memories, over the bus
  std::int64_t cycles = 0;                         ///< of its clock
};

}  // namespace pim
