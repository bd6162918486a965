#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "abi/pim_abi.h"
#include "core/dram/dram_command.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::cosim {

/// Writes the transactions of a bank as test vectors for other benches: one JSON object per line, in the
/// order in which a bench sends and compares them (docs/rtl_vectors.md). Keys are in a fixed order without
/// spaces, so that $sscanf can read them.
class BankVectors {
 public:
  static constexpr int kVersion = 1;

  /// UserError if `path` cannot be written; with an empty path, nothing is written.
  explicit BankVectors(const std::string& path);

  /// Adds a bank in the state after reset, with the bytes of its cells and of its BRAM.
  void bank(const BankParameters& bank, std::uint32_t bankInDie, const std::vector<std::uint8_t>& cells);
  /// Adds bytes that are written to BRAM over the bus.
  void put(std::uint32_t offset, const std::uint8_t* bytes, std::size_t count);
  /// Adds a command. The bank takes its descriptor's last beat before DRAM cycle `arrival`.
  void command(const pim_command& command, std::int64_t arrival);
  /// Adds the end of a command: complete in cycle `done`, or refused.
  void done(bool refused, std::int64_t done, const std::vector<DramCommand>& dram);
  /// Adds the expected contents of BRAM or the cells at this point.
  void expectBram(std::uint32_t offset, const std::uint8_t* bytes, std::size_t count);
  void expectCells(const std::vector<std::uint8_t>& before, const std::vector<std::uint8_t>& after);

 private:
  void bytes(const char* what, std::size_t offset, const std::uint8_t* bytes, std::size_t count);

  std::ofstream m_file;
};

}  // namespace pim::cosim
