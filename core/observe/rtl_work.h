#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace pim {

/// The work of an RTL block of the chip in a run.
struct RtlWork {
  std::string block;                               ///< "die3.bank5", "alu"
  bool compared = false;                           ///< each transaction was compared with the model
  std::map<std::uint8_t, std::uint64_t> commands;  ///< number per opcode
  std::uint64_t accesses = 0;                      ///< to its memories, over the bus
  std::int64_t cycles = 0;                         ///< of its clock
};

}  // namespace pim
