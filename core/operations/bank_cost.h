#pragma once

#include <algorithm>
#include <cstdint>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "core/base/time.h"

namespace pim {

/// The compute side of a bank: what its units can do per cycle of the DRAM clock.
struct BankCompute {
  Clock clock{500};                ///< tCK
  std::uint32_t macLanes = 64;     ///< 4-bit x 16-bit multipliers
  Picoseconds macClock = 1000;     ///< period at which the MAC array takes a beat of macLanes products
  std::uint32_t softmaxLanes = 4;  ///< scores the softmax unit takes per cycle
  bool overhead = true;            ///< count decode, pipeline drain and the serial divide

  /// Cycles between two columns when each is multiplied with `vectors` vectors. A column of 32 bytes is 64
  /// products of 4 x 16 bits whatever the code width: wider codes are split into nibbles.
  std::int64_t columnInterval(std::uint32_t vectors) const {
    const std::int64_t picoseconds = std::int64_t{vectors} * kProductsPerColumn * macClock;
    const std::int64_t perCycle = std::int64_t{macLanes} * clock.period();
    return (picoseconds + perCycle - 1) / perCycle;
  }

  static constexpr std::int64_t kProductsPerColumn = 2 * PIM_COLUMN_BYTES;
  // Pipeline depths of rtl_ref/bank: asserted there.
  static constexpr std::int64_t kDecodeCycles = 4;  ///< doorbell to the first DRAM command
  static constexpr std::int64_t kDrainCycles = 8;   ///< last column to the last result in BRAM
  static constexpr std::int64_t kSoftmaxFixed =
      64;  ///< per vector: pipeline fill of three passes and the divide
  static constexpr std::uint32_t kRoundLanes = 4;  ///< sums rounded in place per cycle, after the last column
  static constexpr std::uint32_t kClearBytes = 256;  ///< of BRAM that are cleared per cycle
};

/// A run of columns that a command reads or writes in BMEM.
struct ColumnRun {
  std::uint32_t offset = 0;  ///< bytes, a multiple of a column
  std::uint32_t columns = 0;
  bool write = false;
};

/// The work of one bank command in one bank, derived from its descriptor alone, so that it is the same with
/// and without data.
class BankWork {
 public:
  BankWork(const pim_command& command, std::uint32_t bankInDie) : m_command(command), m_bank(bankInDie) {}

  /// Visits the runs of columns in the order in which the bank makes them.
  template <typename Visit>
  void forEachRun(Visit visit) const;

  /// Vectors each column is multiplied with; 0 when the MAC array is not used.
  std::uint32_t vectors() const;
  /// Cycles between two columns. A column with codes of several cached tokens is worked on token by token:
  /// the bank finishes one score, weighs one token or stores one record per cycle.
  std::int64_t columnInterval(const BankCompute& compute) const;
  /// Cycles after the drain for results that no column completes: the rounding in place of a last K tile of
  /// several vectors, and the zeros of vectors that see none of this bank's tokens.
  std::int64_t resultCycles(const BankCompute& compute) const;
  /// Cycles of the softmax unit; 0 for other commands.
  std::int64_t softmaxCycles(const BankCompute& compute) const;
  /// 4-bit x 16-bit products with weights or cached codes: what the results are made of, without what the MAC
  /// array does while scales, meta bytes and padding stream through.
  std::uint64_t products() const;
  /// Bytes read from and written to BRAM.
  std::uint64_t bramBytes() const;
  /// Whether another bank of the command's banks has as much to do: banks of a head may hold more or fewer
  /// tokens.
  bool sameAs(const BankWork& other) const;

 private:
  std::uint32_t perHead() const { return m_command.banks_per_group; }
  std::uint32_t indexInHead() const { return m_bank % perHead(); }
  /// Cached tokens of this bank that a vector of the `tokenInTile`-th token sees.
  std::uint32_t tokensSeen(std::uint32_t tokenInTile) const {
    return pim_tokens_held(m_command.body.attention.length + tokenInTile, perHead(), indexInHead());
  }
  /// Tokens of the tile that see none of this bank's: the first ones.
  std::uint32_t blindTokens() const;
  /// Cached tokens whose codes lie in one column.
  std::uint32_t tokensPerColumn() const;
  std::uint32_t tokensStreamed() const { return tokensSeen(m_command.body.attention.tokens - 1); }

  const pim_command& m_command;
  std::uint32_t m_bank;
};

template <typename Visit>
void BankWork::forEachRun(Visit visit) const {
  switch (m_command.opcode) {
    case PIM_OP_MAC: {
      const pim_mac& mac = m_command.body.mac;
      const std::uint32_t row =
          pim_weight_row_bytes(mac.k, mac.group, mac.weight_bits, mac.scale_bits, mac.zero_bits);
      visit(ColumnRun{mac.bmem, mac.rows * (row / PIM_COLUMN_BYTES), false});
      break;
    }
    case PIM_OP_SCORE:
    case PIM_OP_PV: {
      const pim_attention& attention = m_command.body.attention;
      const std::uint32_t tokens = tokensStreamed();
      const std::uint32_t rest = tokens % PIM_KV_BLOCK_TOKENS;
      std::uint32_t columns = tokens / PIM_KV_BLOCK_TOKENS *
                              (pim_kv_block_bytes(attention.head_dim, attention.kv_bits) / PIM_COLUMN_BYTES);
      if (rest != 0) {
        columns += 1 + pim_ceil_div(rest * attention.head_dim * attention.kv_bits / 8, PIM_COLUMN_BYTES);
      }
      if (columns != 0) visit(ColumnRun{attention.bmem, columns, false});
      break;
    }
    case PIM_OP_STORE: {
      const pim_store& store = m_command.body.store;
      const std::uint32_t tokenBytes = store.head_dim * store.kv_bits / 8u;
      const std::uint32_t blockBytes = pim_kv_block_bytes(store.head_dim, store.kv_bits);
      const std::uint32_t begin = pim_tokens_held(store.first, perHead(), indexInHead());
      const std::uint32_t end = pim_tokens_held(store.first + store.tokens, perHead(), indexInHead());
      for (const std::uint32_t region : {store.bmem_k, store.bmem_v}) {
        for (std::uint32_t token = begin; token < end;) {
          const std::uint32_t block = region + token / PIM_KV_BLOCK_TOKENS * blockBytes;
          const std::uint32_t first = token % PIM_KV_BLOCK_TOKENS;
          const std::uint32_t count = std::min<std::uint32_t>(PIM_KV_BLOCK_TOKENS - first, end - token);
          const std::uint32_t from = first * tokenBytes / PIM_COLUMN_BYTES;
          const std::uint32_t to = pim_ceil_div((first + count) * tokenBytes, PIM_COLUMN_BYTES);
          visit(ColumnRun{block + (1 + from) * PIM_COLUMN_BYTES, to - from, true});
          visit(ColumnRun{block, 1, true});  // the meta bytes, masked: known once the records have been read
          token += count;
        }
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace pim
