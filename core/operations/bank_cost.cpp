#include "core/operations/bank_cost.h"

#include <algorithm>

namespace pim {

std::uint32_t BankWork::vectors() const {
  switch (m_command.opcode) {
    case PIM_OP_MAC:
      return m_command.body.mac.vectors;
    case PIM_OP_SCORE:
    case PIM_OP_PV:
      return m_command.body.attention.tokens * m_command.body.attention.heads_per_group;
    default:
      return 0;
  }
}

std::uint32_t BankWork::tokensPerColumn() const {
  std::uint32_t tokenBits = 0;
  if (m_command.opcode == PIM_OP_SCORE || m_command.opcode == PIM_OP_PV) {
    tokenBits = m_command.body.attention.head_dim * m_command.body.attention.kv_bits;
  } else if (m_command.opcode == PIM_OP_STORE) {
    tokenBits = m_command.body.store.head_dim * m_command.body.store.kv_bits;
  }
  return tokenBits == 0 ? 1 : pim_ceil_div(8 * PIM_COLUMN_BYTES, tokenBits);
}

std::uint32_t BankWork::blindTokens() const {
  std::uint32_t blind = 0;
  while (blind < m_command.body.attention.tokens && tokensSeen(blind) == 0) ++blind;
  return blind;
}

std::int64_t BankWork::columnInterval(const BankCompute& compute) const {
  const std::int64_t pieces = compute.overhead ? tokensPerColumn() : 0;
  if (m_command.opcode == PIM_OP_STORE) return pieces;
  return std::max(compute.columnInterval(vectors()), vectors() * pieces);
}

std::int64_t BankWork::resultCycles(const BankCompute& compute) const {
  if (!compute.overhead) return 0;
  const bool raw = (m_command.flags & PIM_FLAG_RAW) != 0;
  if (m_command.opcode == PIM_OP_MAC) {
    const pim_mac& mac = m_command.body.mac;
    const bool last = (m_command.flags & PIM_FLAG_ACCUMULATE) != 0 && !raw;
    return last && mac.vectors > 1
               ? std::int64_t{mac.vectors} * pim_ceil_div(mac.rows, BankCompute::kRoundLanes)
               : 0;
  }
  if (m_command.opcode == PIM_OP_PV) {
    const pim_attention& attention = m_command.body.attention;
    const std::uint32_t elements = blindTokens() * attention.heads_per_group * attention.head_dim;
    return pim_ceil_div(elements * (raw ? 8 : 4), BankCompute::kClearBytes);
  }
  if (m_command.opcode == PIM_OP_FILL)
    return pim_ceil_div(4 * m_command.body.fill.words, BankCompute::kClearBytes);
  return 0;
}

std::int64_t BankWork::softmaxCycles(const BankCompute& compute) const {
  if (m_command.opcode != PIM_OP_SOFTMAX) return 0;
  const pim_attention& attention = m_command.body.attention;
  std::int64_t cycles = 0;
  for (std::uint32_t token = 0; token < attention.tokens; ++token) {
    constexpr std::int64_t kPasses = 3;  // maximum, exponentials and their sum, probabilities
    const std::int64_t pass = pim_ceil_div(tokensSeen(token), compute.softmaxLanes);
    cycles +=
        attention.heads_per_group * (kPasses * pass + (compute.overhead ? BankCompute::kSoftmaxFixed : 0));
  }
  return cycles;
}

bool BankWork::sameAs(const BankWork& other) const {
  const std::uint32_t mine = indexInHead(), theirs = other.indexInHead();
  switch (m_command.opcode) {
    case PIM_OP_SCORE:
    case PIM_OP_PV:
      return tokensStreamed() == other.tokensStreamed() && blindTokens() == other.blindTokens();
    case PIM_OP_STORE: {
      const pim_store& store = m_command.body.store;
      const auto held = [&](std::uint32_t length, std::uint32_t index) {
        return pim_tokens_held(length, perHead(), index);
      };
      return held(store.first, mine) == held(store.first, theirs) &&
             held(store.first + store.tokens, mine) == held(store.first + store.tokens, theirs);
    }
    default:
      return true;
  }
}

std::uint64_t BankWork::products() const {
  constexpr std::uint64_t kCodeBits = 4;
  if (m_command.opcode == PIM_OP_MAC) {
    const pim_mac& mac = m_command.body.mac;
    return std::uint64_t{mac.rows} * mac.k * mac.vectors * (mac.weight_bits / kCodeBits);
  }
  if (m_command.opcode == PIM_OP_SCORE || m_command.opcode == PIM_OP_PV) {
    const pim_attention& attention = m_command.body.attention;
    return std::uint64_t{tokensStreamed()} * attention.head_dim * vectors() * (attention.kv_bits / kCodeBits);
  }
  return 0;
}

std::uint64_t BankWork::bramBytes() const {
  switch (m_command.opcode) {
    case PIM_OP_MAC: {
      // Each group of weights meets its activations anew for every row; results are written once.
      const pim_mac& mac = m_command.body.mac;
      const std::uint64_t results = std::uint64_t{mac.rows} * mac.vectors;
      return results * (std::uint64_t{mac.k} * mac.activation_bits / 8 + 8);
    }
    case PIM_OP_SCORE:
    case PIM_OP_PV: {
      // Per cached token: the query (SCORE) or nothing but the probability (PV), and the score.
      const std::uint64_t pairs = std::uint64_t{tokensStreamed()} * vectors();
      return pairs * (m_command.opcode == PIM_OP_SCORE ? m_command.body.attention.head_dim * 2u + 4u : 2u);
    }
    case PIM_OP_SOFTMAX:
      return std::uint64_t{tokensStreamed()} * m_command.body.attention.tokens *
             m_command.body.attention.heads_per_group * (3 * 4 + 2);
    case PIM_OP_STORE: {
      const pim_store& store = m_command.body.store;
      return 2ULL * store.tokens * pim_kv_record_bytes(store.head_dim, store.kv_bits);
    }
    case PIM_OP_FILL:
      return 4ULL * m_command.body.fill.words;
    default:
      return 0;
  }
}

}  // namespace pim
