#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "abi/pim_abi.h"
#include "core/dram/dram_command.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::cosim {

/// Transactions of a bank for benches of others, one JSON object per line in the order in which a bench makes
/// them and compares: docs/rtl_vectors.md. Keys stand in a fixed order without spaces, so that $sscanf reads
/// them.
class BankVectors {
 public:
  static constexpr int kVersion = 1;

  /// UserError where `path` cannot be written; without a path nothing is written.
  explicit BankVectors(const std::string& path);

  /// A new bank, from reset on, and the bytes of its cells and of its BRAM.
  void bank(const BankParameters& bank, std::uint32_t bankInDie, const std::vector<std::uint8_t>& cells);
  /// Bytes written to BRAM over the bus.
  void put(std::uint32_t offset, const std::uint8_t* bytes, std::size_t count);
  /// The descriptor's last beat is taken before DRAM cycle `arrival`.
  void command(const pim_command& command, std::int64_t arrival);
  /// A command is complete: in `done`, or refused.
  void done(bool refused, std::int64_t done, const std::vector<DramCommand>& dram);
  /// What BRAM or the cells have to hold then.
  void expectBram(std::uint32_t offset, const std::uint8_t* bytes, std::size_t count);
  void expectCells(const std::vector<std::uint8_t>& before, const std::vector<std::uint8_t>& after);

 private:
  void bytes(const char* what, std::size_t offset, const std::uint8_t* bytes, std::size_t count);

  std::ofstream m_file;
};

}  // namespace pim::cosim
