#pragma once

#include <cstring>
#include <vector>

#include "core/base/address_map.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::test {

/// A functional bank of 1 MiB that is never refreshed, so that times can be told by hand.
inline BankParameters smallBank() {
  DramSettings dram;
  dram.organisation.bankBytes = 1 << 20;
  dram.organisation.banksPerDie = 4;
  dram.refresh = DramRefresh::Off;
  BankParameters parameters;
  parameters.dram = BankTiming(resolveDramTiming(dram));
  parameters.compute.clock = Clock(parameters.dram.timing().tCkPs);
  parameters.bramBytes = 16 * 1024;
  parameters.functional = true;
  return parameters;
}

/// A descriptor for one bank.
inline pim_command bankCommand(pim_opcode opcode) {
  pim_command command{};
  command.opcode = static_cast<std::uint8_t>(opcode);
  command.groups = 1;
  command.banks_per_group = 1;
  return command;
}

/// A MAC of `rows` zero rows of 64 weights with one zero vector: columns to stream, nothing to see.
inline pim_command emptyMac(std::uint32_t rows) {
  pim_command command = bankCommand(PIM_OP_MAC);
  pim_mac& mac = command.body.mac;
  mac.rows = mac.out_rows = rows;
  mac.k = mac.group = 64;
  mac.vectors = 1;
  mac.bram_out = 4096;
  mac.weight_bits = 4;
  mac.scale_bits = 16;
  mac.activation_bits = 16;
  return command;
}
constexpr std::int64_t kEmptyMacColumnsPerRow = 2;  // scale and padding; codes

}  // namespace pim::test
