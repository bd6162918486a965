#include "sim/cosim/bank_spoiler.h"

#include "abi/pim_layout.h"
#include "core/formats/weight_format.h"
#include "core/operations/bank/seen_tokens.h"
#include "core/operations/bank_operation.h"

namespace pim::cosim {
namespace {

struct Victim {
  pim_command& command;
  const BankParameters& bank;
  BankStimuli& random;

  pim_mac& mac() const { return command.body.mac; }
  pim_attention& attention() const { return command.body.attention; }
  pim_store& store() const { return command.body.store; }
  std::uint32_t bmemBytes() const {
    return static_cast<std::uint32_t>(bank.dram.timing().organisation.bankBytes);
  }
};

using Fault = void (*)(const Victim&);

constexpr Fault kMacFaults[] = {
    [](const Victim& v) { v.mac().group = 48; }, [](const Victim& v) { v.mac().k += 1; },
    [](const Victim& v) { v.mac().rows = v.mac().out_rows + 1; },
    [](const Victim& v) { v.mac().bmem = v.bmemBytes() - PIM_COLUMN_BYTES * v.random.below(2); },
    [](const Victim& v) { v.mac().bram_in = v.bank.bramBytes - 4 * v.random.below(8); },
    [](const Victim& v) { v.mac().bram_out += 2; }, [](const Victim& v) { v.mac().vectors = 0; },
    [](const Victim& v) { v.command.banks_per_group = 0; }, [](const Victim& v) { v.mac().weight_bits = 6; },
    // Zero points of the width that other formats have.
    [](const Victim& v) {
      v.mac().zero_bits = static_cast<std::uint8_t>(12 - storedZeroBits(v.mac().weight_bits));
    },
    // Sparse weights have 4 bits and keep 8, 4 or 2.
    [](const Victim& v) { v.mac().sparsity = v.mac().weight_bits == 4 ? 3 : 4; },
    // 64-bit sums end beyond BRAM where 32-bit results would fit; 32-bit results end one word beyond.
    [](const Victim& v) {
      v.mac().bram_out =
          v.bank.bramBytes - 4 * v.mac().vectors * v.mac().out_rows + (v.command.flags != 0 ? 0 : 4);
    },
    [](const Victim& v) {
      do {
        v.command.opcode = static_cast<std::uint8_t>(v.random.below(256));
      } while (isBankOpcode(v.command.opcode));
    }};

constexpr Fault kStoreFaults[] = {[](const Victim& v) { v.store().tokens = 0; },
                                  [](const Victim& v) { v.store().kv_bits = 5; },
                                  [](const Victim& v) { v.store().bmem_v += PIM_COLUMN_BYTES / 2; },
                                  [](const Victim& v) { v.store().bram_in = v.bank.bramBytes; },
                                  [](const Victim& v) { v.store().first = 1 << 20; }};

constexpr Fault kAttentionFaults[] = {[](const Victim& v) { v.attention().length = 0; },
                                      [](const Victim& v) { v.attention().pitch = 0; },
                                      [](const Victim& v) { v.attention().heads_per_group = 0; },
                                      [](const Victim& v) { v.attention().bram_in = v.bank.bramBytes; },
                                      // A mask without blocks.
                                      [](const Victim& v) {
                                        v.command.flags |= PIM_FLAG_MASKED;
                                        v.attention().mask_blocks = 0;
                                      },
                                      [](const Victim& v) {
                                        v.command.flags |= PIM_FLAG_MASKED;
                                        v.attention().mask_blocks = SeenTokens::kMostBlocks + 1;
                                      },
                                      // A mask in a command for several banks.
                                      [](const Victim& v) {
                                        v.command.flags |= PIM_FLAG_MASKED;
                                        v.command.banks_per_group = 2;
                                        v.attention().mask_blocks = 1;
                                        v.attention().mask0 = 1;
                                      },
                                      // A mask that keeps nothing.
                                      [](const Victim& v) {
                                        pim_attention& a = v.attention();
                                        v.command.flags |= PIM_FLAG_MASKED;
                                        v.command.banks_per_group = 1;
                                        a.mask_blocks = pim_ceil_div(a.length, PIM_MASK_TOKENS);
                                        a.mask0 = a.mask1 = a.mask2 = a.mask3 = 0;
                                        a.mask4 = a.mask5 = a.mask6 = a.mask7 = 0;
                                      }};

template <std::size_t N>
void oneOf(const Fault (&faults)[N], const Victim& victim) {
  faults[victim.random.below(N)](victim);
}

}  // namespace

void spoil(pim_command& command, const BankParameters& bank, BankStimuli& random) {
  const Victim victim{command, bank, random};
  switch (command.opcode) {
    case PIM_OP_MAC:
      return oneOf(kMacFaults, victim);
    case PIM_OP_STORE:
      return oneOf(kStoreFaults, victim);
    default:
      return oneOf(kAttentionFaults, victim);
  }
}

}  // namespace pim::cosim
