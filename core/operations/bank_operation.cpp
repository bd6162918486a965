#include "core/operations/bank_operation.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "abi/pim_layout.h"
#include "core/arith/activation.h"
#include "core/arith/attention.h"
#include "core/arith/mac.h"
#include "core/arith/saturation.h"
#include "core/arith/softmax.h"

namespace pim {
namespace {

/// Scratch of the calling thread: grows to the largest command once, so that commands allocate nothing.
template <typename T>
std::vector<T>& scratch(std::size_t elements) {
  thread_local std::vector<T> buffer;
  if (buffer.size() < elements) buffer.resize(elements);
  return buffer;
}

/// The vectors of an attention command: query head h of token t sees `tokens` cached tokens of this bank.
template <typename Visit>
void forEachVector(const pim_command& command, std::uint32_t bankInDie, Visit visit) {
  const pim_attention& attention = command.body.attention;
  const std::uint32_t banks = command.banks_per_group;
  for (std::uint32_t t = 0; t < attention.tokens; ++t) {
    const std::uint32_t tokens = pim_tokens_held(attention.length + t, banks, bankInDie % banks);
    for (std::uint32_t h = 0; h < attention.heads_per_group; ++h) {
      visit(t * attention.heads_per_group + h, t, h, tokens);
    }
  }
}

void multiply(const pim_command& command, const std::uint8_t* bmem, std::uint8_t* bram) {
  const pim_mac& mac = command.body.mac;
  const MacBlock block{mac.rows, mac.k, mac.vectors,
                       WeightFormat{mac.group, mac.weight_bits, mac.scale_bits, mac.zero_bits},
                       mac.activation_bits};
  const std::size_t elements = std::size_t{mac.vectors} * mac.out_rows;
  std::vector<std::int64_t>& sums = scratch<std::int64_t>(elements);
  std::uint8_t* out = bram + mac.bram_out;
  if ((command.flags & PIM_FLAG_ACCUMULATE) != 0) {
    std::memcpy(sums.data(), out, elements * sizeof(std::int64_t));
  } else {
    std::fill_n(sums.begin(), elements, 0);
  }
  const std::uint8_t* records = bram + mac.bram_in;
  macBlock(block, bmem + mac.bmem, records, sums.data(), mac.out_rows);
  if ((command.flags & PIM_FLAG_RAW) != 0) {
    for (std::uint32_t v = 0; v < mac.vectors; ++v) {
      const std::size_t first = std::size_t{v} * mac.out_rows;
      std::memcpy(out + first * sizeof(std::int64_t), sums.data() + first, mac.rows * sizeof(std::int64_t));
    }
    return;
  }
  const ActivationFormat format{mac.group, mac.activation_bits};
  const std::uint32_t recordBytes = activationRecordBytes(mac.k, format);
  std::uint64_t clipped = 0;
  for (std::uint32_t v = 0; v < mac.vectors; ++v) {
    const int base = ActivationView(records + v * recordBytes, mac.k, format).base();
    for (std::uint32_t r = 0; r < mac.rows; ++r) {
      const std::size_t element = std::size_t{v} * mac.out_rows + r;
      const Q16 y = macResult(sums[element], base, mac.weight_exponent);
      clipped += isAtLimit(y) ? 1 : 0;
      std::memcpy(out + element * sizeof y, &y, sizeof y);
    }
  }
  countClipped(ClippedAt::Matrix, clipped);
}

void score(const pim_command& command, std::uint32_t bankInDie, const std::uint8_t* bmem,
           std::uint8_t* bram) {
  const pim_attention& attention = command.body.attention;
  const CacheShape shape{attention.head_dim, KvFormat{attention.kv_bits}};
  const ScoreScale scale{attention.multiplier, attention.multiplier_shift};
  const std::uint32_t recordBytes = pim_query_record_bytes(attention.heads_per_group, attention.head_dim);
  std::vector<std::int32_t>& row = scratch<std::int32_t>(attention.pitch);
  forEachVector(
      command, bankInDie, [&](std::uint32_t v, std::uint32_t t, std::uint32_t h, std::uint32_t tokens) {
        const std::uint8_t* region =
            tokens == 0 ? nullptr : bmem + attention.bmem;  // no column, no view of the cells
        const QueryView query(bram + attention.bram_in + t * recordBytes, attention.heads_per_group,
                              attention.head_dim, h);
        scoreRow(query, region, tokens, shape, scale, row.data());
        countAtLimit(ClippedAt::Score, row.data(), tokens);
        std::memcpy(bram + attention.bram_out + 4ULL * v * attention.pitch, row.data(), 4ULL * tokens);
      });
}

void weightedSum(const pim_command& command, std::uint32_t bankInDie, const std::uint8_t* bmem,
                 std::uint8_t* bram) {
  const pim_attention& attention = command.body.attention;
  const CacheShape shape{attention.head_dim, KvFormat{attention.kv_bits}};
  std::vector<std::uint16_t>& probabilities = scratch<std::uint16_t>(attention.pitch);
  std::vector<std::int64_t>& sums = scratch<std::int64_t>(attention.head_dim);
  forEachVector(command, bankInDie, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
    std::memcpy(probabilities.data(), bram + attention.bram_in + 2ULL * v * attention.pitch, 2ULL * tokens);
    std::fill_n(sums.begin(), attention.head_dim, 0);
    const std::uint8_t* region = tokens == 0 ? nullptr : bmem + attention.bmem;
    pvAccumulate(probabilities.data(), region, tokens, shape, sums.data());
    const std::size_t first = std::size_t{v} * attention.head_dim;
    if ((command.flags & PIM_FLAG_RAW) != 0) {
      std::memcpy(bram + attention.bram_out + 8 * first, sums.data(), 8ULL * attention.head_dim);
      return;
    }
    std::uint64_t clipped = 0;
    for (std::uint32_t i = 0; i < attention.head_dim; ++i) {
      const Q16 y = pvResult(sums[i], shape.format);
      clipped += isAtLimit(y) ? 1 : 0;
      std::memcpy(bram + attention.bram_out + 4 * (first + i), &y, sizeof y);
    }
    countClipped(ClippedAt::Attention, clipped);
  });
}

void normalise(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bram) {
  const pim_attention& attention = command.body.attention;
  std::vector<std::int32_t>& scores = scratch<std::int32_t>(attention.pitch);
  std::vector<std::uint16_t>& probabilities = scratch<std::uint16_t>(attention.pitch);
  forEachVector(command, bankInDie, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
    std::uint8_t* row = bram + attention.bram_in + 4ULL * v * attention.pitch;
    std::memcpy(scores.data(), row, 4ULL * tokens);
    softmax(scores.data(), tokens, probabilities.data());
    std::memcpy(row, probabilities.data(), 2ULL * tokens);
  });
}

void append(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
            const std::uint8_t* bram) {
  const pim_store& store = command.body.store;
  const KvFormat format{store.kv_bits};
  const std::uint32_t banks = command.banks_per_group;
  const std::uint32_t recordBytes = pim_kv_record_bytes(store.head_dim, store.kv_bits);
  const std::uint8_t* record = bram + store.bram_in;
  for (const std::uint32_t region : {store.bmem_k, store.bmem_v}) {
    for (std::uint32_t t = 0; t < store.tokens; ++t, record += recordBytes) {
      const std::uint32_t token = store.first + t;
      if (token % banks == bankInDie % banks) {
        appendToken(bmem + region, token / banks, store.head_dim, format, record);
      }
    }
  }
}

void fill(const pim_command& command, std::uint8_t* bram) {
  const pim_fill& fill = command.body.fill;
  for (std::uint32_t i = 0; i < fill.words; ++i)
    std::memcpy(bram + fill.bram + 4 * i, &fill.value, sizeof fill.value);
}

struct Memories {
  std::uint64_t bram, bmem;
};

bool fits(std::uint64_t offset, std::uint64_t bytes, std::uint64_t size) {
  return bytes <= size && offset <= size - bytes;
}

template <typename... Allowed>
bool oneOf(std::uint32_t value, Allowed... allowed) {
  return ((value == allowed) || ...);
}

std::uint64_t regionBytes(std::uint32_t tokens, std::uint32_t headDim, std::uint32_t kvBits) {
  return std::uint64_t{pim_ceil_div(tokens, PIM_KV_BLOCK_TOKENS)} * pim_kv_block_bytes(headDim, kvBits);
}

bool isColumn(std::uint32_t bmem) {
  return bmem % PIM_COLUMN_BYTES == 0;
}

bool areWords(std::initializer_list<std::uint32_t> brams) {
  return std::all_of(brams.begin(), brams.end(), [](std::uint32_t bram) { return bram % 4 == 0; });
}

// Sizes come from the descriptor: each is bounded before it is multiplied, so that no product wraps around.
constexpr std::uint32_t kMostElements = 1u << 20;

bool acceptMac(const pim_command& command, const Memories& sizes) {
  const pim_mac& mac = command.body.mac;
  if (!oneOf(mac.group, 32u, 64u, 128u) || !oneOf(mac.weight_bits, 4u, 16u) ||
      !oneOf(mac.scale_bits, 0u, 16u) || !oneOf(mac.zero_bits, 0u, 4u) ||
      !oneOf(mac.activation_bits, 8u, 16u)) {
    return false;
  }
  if (mac.k == 0 || mac.k > kMaxK || mac.k % mac.group != 0 || mac.vectors == 0 ||
      mac.vectors > kMostElements) {
    return false;
  }
  if (mac.rows == 0 || mac.rows > mac.out_rows || mac.out_rows > kMostElements || !isColumn(mac.bmem) ||
      !areWords({mac.bram_in, mac.bram_out})) {
    return false;
  }
  const std::uint64_t row =
      pim_weight_row_bytes(mac.k, mac.group, mac.weight_bits, mac.scale_bits, mac.zero_bits);
  const std::uint64_t record = pim_activation_record_bytes(mac.k, mac.group, mac.activation_bits);
  const bool wide = (command.flags & (PIM_FLAG_RAW | PIM_FLAG_ACCUMULATE)) != 0;
  return fits(mac.bmem, mac.rows * row, sizes.bmem) && fits(mac.bram_in, mac.vectors * record, sizes.bram) &&
         fits(mac.bram_out, std::uint64_t{mac.vectors} * mac.out_rows * (wide ? 8 : 4), sizes.bram);
}

bool acceptStore(const pim_command& command, const Memories& sizes) {
  const pim_store& store = command.body.store;
  if (store.head_dim == 0 || store.head_dim > kMaxHeadDim || !oneOf(store.kv_bits, 4u, 8u, 16u)) return false;
  if (store.tokens == 0 || store.tokens > kMostElements || store.first > kMostElements) return false;
  const std::uint32_t held = pim_ceil_div(store.first + store.tokens, command.banks_per_group);
  const std::uint64_t region = regionBytes(held, store.head_dim, store.kv_bits);
  const std::uint64_t record = pim_kv_record_bytes(store.head_dim, store.kv_bits);
  return isColumn(store.bmem_k) && isColumn(store.bmem_v) && areWords({store.bram_in}) &&
         fits(store.bmem_k, region, sizes.bmem) && fits(store.bmem_v, region, sizes.bmem) &&
         fits(store.bram_in, 2 * store.tokens * record, sizes.bram);
}

bool acceptAttention(const pim_command& command, const Memories& sizes) {
  const pim_attention& attention = command.body.attention;
  if (attention.tokens == 0 || attention.tokens > kMostElements || attention.heads_per_group == 0)
    return false;
  if (attention.length == 0 || attention.length > kMostElements || attention.pitch > kMostElements)
    return false;
  const std::uint64_t vectors = std::uint64_t{attention.tokens} * attention.heads_per_group;
  const std::uint32_t held =
      pim_tokens_held(attention.length + attention.tokens - 1, command.banks_per_group, 0);
  const std::uint64_t rows = vectors * attention.pitch;
  if (attention.pitch < held || !areWords({attention.bram_in})) return false;
  if (command.opcode == PIM_OP_SOFTMAX) return fits(attention.bram_in, 4 * rows, sizes.bram);
  if (attention.head_dim == 0 || attention.head_dim > kMaxHeadDim || !oneOf(attention.kv_bits, 4u, 8u, 16u)) {
    return false;
  }
  if (!isColumn(attention.bmem) || !areWords({attention.bram_out}) ||
      !fits(attention.bmem, regionBytes(held, attention.head_dim, attention.kv_bits), sizes.bmem)) {
    return false;
  }
  if (command.opcode == PIM_OP_SCORE) {
    const std::uint64_t query = pim_query_record_bytes(attention.heads_per_group, attention.head_dim);
    return fits(attention.bram_in, attention.tokens * query, sizes.bram) &&
           fits(attention.bram_out, 4 * rows, sizes.bram);
  }
  const std::uint64_t element = (command.flags & PIM_FLAG_RAW) != 0 ? 8 : 4;
  // The last row need not be padded to the pitch.
  return fits(attention.bram_in, 2 * (rows - attention.pitch + held), sizes.bram) &&
         fits(attention.bram_out, vectors * attention.head_dim * element, sizes.bram);
}

bool acceptFill(const pim_command& command, const Memories& sizes) {
  const pim_fill& fill = command.body.fill;
  return fill.words != 0 && fill.words <= kMostElements && areWords({fill.bram}) &&
         fits(fill.bram, 4ULL * fill.words, sizes.bram);
}

bool accept(const pim_command& command, const Memories& sizes) {
  switch (command.opcode) {
    case PIM_OP_MAC:
      return acceptMac(command, sizes);
    case PIM_OP_STORE:
      return acceptStore(command, sizes);
    case PIM_OP_FILL:
      return acceptFill(command, sizes);
    default:
      return acceptAttention(command, sizes);
  }
}

}  // namespace

bool isBankOpcode(std::uint8_t opcode) {
#define PIM_OR(name, value, body) || opcode == value
  return false PIM_BANK_COMMANDS(PIM_OR);
#undef PIM_OR
}

void executeBankCommand(const pim_command& command, std::uint32_t bankInDie, std::uint8_t* bmem,
                        std::uint8_t* bram) {
  switch (command.opcode) {
    case PIM_OP_MAC:
      return multiply(command, bmem, bram);
    case PIM_OP_SCORE:
      return score(command, bankInDie, bmem, bram);
    case PIM_OP_SOFTMAX:
      return normalise(command, bankInDie, bram);
    case PIM_OP_PV:
      return weightedSum(command, bankInDie, bmem, bram);
    case PIM_OP_STORE:
      return append(command, bankInDie, bmem, bram);
    case PIM_OP_FILL:
      return fill(command, bram);
    default:
      break;
  }
}

std::vector<BramSpan> bankResults(const pim_command& command, std::uint32_t bankInDie) {
  std::vector<BramSpan> spans;
  const std::uint32_t element = (command.flags & PIM_FLAG_RAW) != 0 ? 8 : 4;
  const pim_attention& attention = command.body.attention;
  switch (command.opcode) {
    case PIM_OP_MAC: {
      const pim_mac& mac = command.body.mac;
      for (std::uint32_t v = 0; v < mac.vectors; ++v)
        spans.push_back({mac.bram_out + v * mac.out_rows * element, mac.rows * element});
      break;
    }
    case PIM_OP_SCORE:
      forEachVector(command, bankInDie,
                    [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
                      spans.push_back({attention.bram_out + 4 * v * attention.pitch, 4 * tokens});
                    });
      break;
    case PIM_OP_SOFTMAX:
      forEachVector(command, bankInDie,
                    [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t tokens) {
                      spans.push_back({attention.bram_in + 4 * v * attention.pitch, 2 * tokens});
                    });
      break;
    case PIM_OP_PV:
      forEachVector(command, bankInDie, [&](std::uint32_t v, std::uint32_t, std::uint32_t, std::uint32_t) {
        spans.push_back(
            {attention.bram_out + v * attention.head_dim * element, attention.head_dim * element});
      });
      break;
    case PIM_OP_FILL:
      spans.push_back({command.body.fill.bram, 4 * command.body.fill.words});
      break;
    default:  // STORE leaves nothing in BRAM
      break;
  }
  return spans;
}

BramSpan shrunkBlock(const pim_command& command) {
  const bool rounds = (command.flags & (PIM_FLAG_RAW | PIM_FLAG_ACCUMULATE)) == PIM_FLAG_ACCUMULATE;
  if (command.opcode != PIM_OP_MAC || !rounds) return {};
  const pim_mac& mac = command.body.mac;
  return {mac.bram_out, 8 * mac.vectors * mac.out_rows};
}

CommandCheck checkBankCommand(const pim_command& command, std::uint64_t bramBytes, std::uint64_t bmemBytes) {
  if (!isBankOpcode(command.opcode)) return CommandCheck::NotABankCommand;
  return command.banks_per_group != 0 && accept(command, {bramBytes, bmemBytes}) ? CommandCheck::Ok
                                                                                 : CommandCheck::OutOfRange;
}

}  // namespace pim
