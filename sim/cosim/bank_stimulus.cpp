#include "sim/cosim/bank_stimulus.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/base/fixed_point.h"
#include "core/formats/sparse_block.h"
#include "core/formats/weight_format.h"
#include "core/operations/bank/seen_tokens.h"
#include "core/operations/bank_operation.h"
#include "sim/cosim/bank_formats.h"
#include "sim/cosim/bank_spoiler.h"

namespace pim::cosim {
namespace {

/// The columns in the last part of the cells are blocks of sparse weights, in each format in turn. No command
/// writes there.
constexpr std::array<std::uint8_t, 3> kSparsities = {8, 4, 2};
constexpr std::uint64_t kSparseBytes = 40 * 1024;
constexpr std::uint32_t kMostMasked = SeenTokens::kMostBlocks * PIM_MASK_TOKENS;
constexpr std::uint64_t kDenseBytes = kBmemBytes - kSparsities.size() * kSparseBytes;

/// Returns whether the probabilities of more tokens than a mask has bits for fit.
bool holdsLongRows(BramWindow window) {
  return window.bytes > 2 * kMostMasked;
}

std::uint32_t rowBytes(const pim_mac& mac) {
  return pim_weight_row_bytes(mac.k, mac.group, mac.weight_bits, mac.scale_bits, mac.zero_bits, mac.sparsity);
}

/// The kinds of command bodies.
enum class Body {
#define PIM_BODY(name, NAME) name,
  PIM_BODIES(PIM_BODY)
#undef PIM_BODY
};

Body bodyOf(std::uint8_t opcode) {
#define PIM_IF(name, value, body) \
  if (opcode == value) return Body::body;
  PIM_BANK_COMMANDS(PIM_IF)
#undef PIM_IF
  throw std::logic_error("not a bank command");
}

}  // namespace

BankStimulus BankStimuli::command(const BankParameters& bank, std::uint32_t bankInDie, BramWindow window) {
  const std::vector<std::uint8_t>& all = bankOpcodes();
  const std::uint8_t any = all[below(static_cast<std::uint32_t>(all.size()))];
  if (chance(2)) return drawn(any, bank, bankInDie, window, false);
  BankStimulus stimulus;
  const std::uint8_t often =
      holdsLongRows(window) && chance(50) ? std::uint8_t{PIM_OP_PV} : std::uint8_t{PIM_OP_MAC};
  const std::uint8_t opcode = chance(25) || often == PIM_OP_PV ? often : any;
  switch (opcode) {
    case PIM_OP_MAC:
      stimulus = mac(window);
      break;
    case PIM_OP_SCORE:
    case PIM_OP_SOFTMAX:
    case PIM_OP_PV:
      stimulus = attention(opcode, bankInDie, window);
      break;
    case PIM_OP_STORE:
      stimulus = store(window);
      break;
    default:
      return drawn(opcode, bank, bankInDie, window, true);
  }
  if (chance(5)) spoil(stimulus.command, bank, *this);
  return stimulus;
}

BankStimulus BankStimuli::commandOf(const std::string& format, const BankParameters& bank,
                                    std::uint32_t bankInDie, BramWindow window) {
  BankStimulus stimulus = command(bank, bankInDie, window);
  const auto fits = [&](const pim_command& command) {
    return isBankOpcode(command.opcode) && (bankFormat(command) == format || weightsOf(command) == format);
  };
  for (int i = 0; i < 400 && !fits(stimulus.command); ++i) stimulus = command(bank, bankInDie, window);
  return stimulus;
}

std::uint32_t BankStimuli::field(const std::string& name, BramWindow window) {
  const std::uint32_t kind = below(8);
  if (kind == 0) return static_cast<std::uint32_t>(m_random());
  if (name.rfind("bram", 0) == 0) return window.offset + (kind < 7 ? 4 : 1) * below(window.bytes / 4);
  if (name.rfind("bmem", 0) == 0) return placeCells(0) + (kind < 7 ? 0 : below(PIM_COLUMN_BYTES));
  return below(1u << between(0, 12));
}

BankStimulus BankStimuli::drawn(std::uint8_t opcode, const BankParameters& bank, std::uint32_t bankInDie,
                                BramWindow window, bool acceptable) {
  BankStimulus stimulus;
  pim_command& command = stimulus.command;
  const auto isWithin = [window](const BramSpan& span) {
    return span.offset >= window.offset && span.offset + span.bytes <= window.offset + window.bytes;
  };
  while (true) {
    command = {};
    command.opcode = opcode;
    command.flags = static_cast<std::uint8_t>(chance(50) ? 0 : below(64));
    command.banks_per_group = static_cast<std::uint8_t>(chance(50) ? 1 : below(17));
#define PIM_FIELD(type, name) body.name = static_cast<type>(field(#name, window));
#define PIM_BODY(name, NAME)              \
  if (bodyOf(opcode) == Body::name) {     \
    pim_##name& body = command.body.name; \
    PIM_##NAME##_FIELDS(PIM_FIELD)        \
  }
    PIM_BODIES(PIM_BODY)
#undef PIM_BODY
#undef PIM_FIELD
    const bool accepted = checkBankCommand(command, bank.bramBytes,
                                           bank.dram.timing().organisation.bankBytes) == CommandCheck::Ok;
    if (accepted != acceptable) continue;
    const std::vector<BramSpan> results =
        accepted ? bankOperation(opcode).results({command, bankInDie}) : std::vector<BramSpan>{};
    if (std::all_of(results.begin(), results.end(), isWithin)) return stimulus;
  }
}

std::int16_t BankStimuli::mantissa() {
  const std::uint32_t kind = below(16);
  if (kind == 0) return 32767;
  if (kind == 1) return -32767;
  if (kind == 2) return 0;
  return static_cast<std::int16_t>(m_random());
}

void BankStimuli::fill(std::uint8_t* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 8) {
    const std::uint64_t word = m_random();
    std::memcpy(bytes + i, &word, std::min<std::size_t>(8, count - i));
  }
}

bool BankStimuli::place(BramWindow window, std::uint32_t first, std::uint32_t second, std::uint32_t& firstAt,
                        std::uint32_t& secondAt) {
  first = pim_round_up(first, 4);
  second = pim_round_up(second, 4);
  if (first + second > window.bytes) return false;
  const std::uint32_t slack = (window.bytes - first - second) / 4;
  const std::uint32_t before = 4 * below(slack + 1);
  const std::uint32_t between = 4 * below(slack - before / 4 + 1);
  const bool swapped = chance(50);
  firstAt = window.offset + before + (swapped ? second + between : 0);
  secondAt = window.offset + before + (swapped ? 0 : first + between);
  return true;
}

std::uint32_t BankStimuli::placeCells(std::uint64_t bytes) {
  const std::uint64_t columns = (kDenseBytes - bytes) / PIM_COLUMN_BYTES;
  return PIM_COLUMN_BYTES * below(static_cast<std::uint32_t>(columns) + 1);
}

bool BankStimuli::placeWeights(pim_mac& mac) {
  const std::uint64_t bytes = std::uint64_t{mac.rows} * rowBytes(mac);
  const std::uint64_t size = mac.sparsity == 0 ? kBmemBytes : kSparseBytes;
  if (bytes > size) return false;
  mac.bmem = PIM_COLUMN_BYTES * below(static_cast<std::uint32_t>((size - bytes) / PIM_COLUMN_BYTES) + 1);
  if (mac.sparsity != 0) {
    const auto region = std::find(kSparsities.begin(), kSparsities.end(), mac.sparsity) - kSparsities.begin();
    mac.bmem += static_cast<std::uint32_t>(kDenseBytes + static_cast<std::uint64_t>(region) * kSparseBytes);
  }
  return true;
}

std::vector<std::uint8_t> BankStimuli::cells(const BankParameters& bank) {
  std::vector<std::uint8_t> cells(bank.dram.timing().organisation.bankBytes);
  fill(cells.data(), cells.size());
  std::uint64_t at = kDenseBytes;
  for (const std::uint8_t kept : kSparsities) {
    const std::uint32_t blocks = pim_sparse_blocks_per_column(kept);
    for (std::uint64_t end = at + kSparseBytes; at < end; at += PIM_COLUMN_BYTES) {
      for (std::uint32_t block = 0; block < blocks; ++block) {
        // No code has this zero point, so that the drawn codes are kept.
        constexpr std::uint8_t kDropped = 16;
        std::array<std::uint8_t, PIM_SPARSE_BLOCK> codes;
        codes.fill(kDropped);
        for (std::uint32_t n = 0; n < kept;) {
          std::uint8_t& code = codes[below(PIM_SPARSE_BLOCK)];
          if (code != kDropped) continue;
          code = static_cast<std::uint8_t>(below(16));
          ++n;
        }
        writeSparseBlock(codes.data(), kDropped, &cells[at], block, kept);
      }
    }
  }
  return cells;
}

BankStimulus BankStimuli::mac(BramWindow window) {
  BankStimulus stimulus;
  pim_command& command = stimulus.command;
  pim_mac& mac = command.body.mac;
  while (true) {
    command = {};
    command.opcode = PIM_OP_MAC;
    command.banks_per_group = 1;
    command.flags =
        static_cast<std::uint8_t>((chance(40) ? PIM_FLAG_RAW : 0) | (chance(40) ? PIM_FLAG_ACCUMULATE : 0));
    mac.group = pick(kWeightGroups);
    mac.k = mac.group * (chance(90) ? between(1, 6) : between(7, 40));
    mac.rows = chance(85) ? between(1, 7) : between(8, 40);
    mac.out_rows = mac.rows + (chance(50) ? 0 : below(5));
    mac.vectors = chance(50) ? 1 : chance(80) ? between(2, 6) : between(7, 64);
    if (mac.k > 1024 || mac.rows > 8) mac.vectors = std::min(mac.vectors, 4u);
    const Weights weights = chance(25) ? kWeights.front() : pick(kWeights);
    // A row of 5 bits that ends with a line and a half.
    if (weights.bits == 5 && mac.group == 32 && chance(50)) mac.k = 32 * (3 + 8 * below(chance(80) ? 2 : 5));
    mac.weight_bits = weights.bits;
    mac.sparsity = weights.sparsity;
    mac.scale_bits = 16;
    mac.zero_bits = static_cast<std::uint8_t>(chance(50) ? storedZeroBits(mac.weight_bits) : 0);
    mac.activation_bits = chance(60) ? 16 : 8;
    mac.weight_exponent = static_cast<std::int16_t>(static_cast<int>(below(40)) - 40);
    const std::uint32_t record = pim_activation_record_bytes(mac.k, mac.group, mac.activation_bits);
    const std::uint32_t element = command.flags != 0 ? 8 : 4;
    if (place(window, record * mac.vectors, mac.vectors * mac.out_rows * element, mac.bram_in,
              mac.bram_out) &&
        placeWeights(mac))
      break;
  }

  // Fills the whole window, so that sums to accumulate have a value, and then writes the records.
  stimulus.bram = window.offset;
  std::vector<std::uint8_t>& bytes = stimulus.operands;
  const bool accumulate = (command.flags & PIM_FLAG_ACCUMULATE) != 0;
  const std::uint32_t record = pim_activation_record_bytes(mac.k, mac.group, mac.activation_bits);
  const std::uint32_t end = std::max(mac.bram_in + mac.vectors * record,
                                     accumulate ? mac.bram_out + 8 * mac.vectors * mac.out_rows : 0);
  bytes.resize(end - window.offset);
  fill(bytes.data(), bytes.size());
  if (accumulate) {
    for (std::uint32_t i = 0; i < mac.vectors * mac.out_rows; ++i) {
      const std::int64_t sum = static_cast<std::int64_t>(m_random()) >> between(2, 50);
      std::memcpy(bytes.data() + mac.bram_out - window.offset + 8 * i, &sum, sizeof sum);
    }
  }
  for (std::uint32_t v = 0; v < mac.vectors; ++v) {
    std::uint8_t* at = bytes.data() + mac.bram_in - window.offset + v * record;
    for (std::uint32_t i = 0; i < mac.k; ++i) {
      if (mac.activation_bits == 16) {
        storeS16(at + 2 * i, mantissa());
      } else {
        at[i] = static_cast<std::uint8_t>(mantissa() >> 8);
      }
    }
    std::uint8_t* shifts = at + mac.k * mac.activation_bits / 8;
    for (std::uint32_t g = 0; g < mac.k / mac.group; ++g) shifts[g] = static_cast<std::uint8_t>(below(13));
    shifts[mac.k / mac.group] = static_cast<std::uint8_t>(static_cast<int>(below(40)) - 16);
  }
  return stimulus;
}

std::uint32_t BankStimuli::headDim(std::uint32_t kvBits) {
  const std::uint32_t column = 256 / kvBits;  // elements per column
  if (chance(60)) return column * between(1, chance(80) ? 3 : 8);
  std::uint32_t shorter = column >> between(1, 4);
  return std::max<std::uint32_t>(shorter, 2);
}

void BankStimuli::drawMask(pim_command& command) {
  pim_attention& attention = command.body.attention;
  const std::uint32_t blocks = pim_ceil_div(attention.length, PIM_MASK_TOKENS);
  attention.mask_blocks = chance(50) ? blocks : between(1, chance(80) ? blocks + 1 : SeenTokens::kMostBlocks);
  attention.mask_blocks = std::min(attention.mask_blocks, SeenTokens::kMostBlocks);
  const std::uint32_t kind = below(4);  // long runs, random blocks, few blocks, one hole
  std::uint32_t words[PIM_MASK_WORDS];
  bool kept = chance(50);
  for (std::uint32_t block = 0; block < SeenTokens::kMostBlocks; ++block) {
    if (kind == 0 && chance(20)) kept = !kept;
    if (kind == 1) kept = chance(50);
    if (kind == 2) kept = chance(10);
    if (kind == 3) kept = true;
    std::uint32_t& word = words[block / 32];
    word = (block % 32 == 0 ? 0 : word) | (kept ? 1u : 0u) << block % 32;
  }
  const std::uint32_t odd =
      below(blocks);  // the only dropped block; otherwise always seen, so that some block is
  if (kind == 3 && blocks > 1)
    words[odd / 32 % PIM_MASK_WORDS] &= ~(1u << odd % 32);
  else
    words[odd / 32 % PIM_MASK_WORDS] |= 1u << odd % 32;
  std::uint32_t* const fields[] = {&attention.mask0, &attention.mask1, &attention.mask2, &attention.mask3,
                                   &attention.mask4, &attention.mask5, &attention.mask6, &attention.mask7};
  for (std::uint32_t w = 0; w < PIM_MASK_WORDS; ++w) *fields[w] = words[w];
}

BankStimulus BankStimuli::attention(std::uint8_t opcode, std::uint32_t bankInDie, BramWindow window) {
  BankStimulus stimulus;
  pim_command& command = stimulus.command;
  pim_attention& attention = command.body.attention;
  std::uint32_t inBytes = 0;
  while (true) {
    command = {};
    command.opcode = opcode;
    command.banks_per_group = static_cast<std::uint8_t>(chance(50) ? 1 : between(2, 16));
    command.flags = static_cast<std::uint8_t>(opcode == PIM_OP_PV && chance(50) ? PIM_FLAG_RAW : 0);
    attention.length = chance(85) ? between(1, 40) : between(41, 150);
    if (chance(40)) {
      command.banks_per_group = 1;
      command.flags |= PIM_FLAG_MASKED;
      attention.length = chance(50) ? between(1, 300) : chance(80) ? between(301, 1200) : between(1201, 8000);
    }
    attention.tokens = chance(50) ? 1 : between(2, 5);
    attention.heads_per_group = static_cast<std::uint8_t>(chance(60) ? 1 : between(2, 8));
    attention.kv_bits = pick(kKvBits);
    attention.head_dim = static_cast<std::uint16_t>(headDim(attention.kv_bits));
    if (opcode == PIM_OP_PV && holdsLongRows(window) && chance(80)) {
      command.banks_per_group = 1;
      attention.length = between(kMostMasked + 1, kMostMasked + 4000);
      attention.tokens = attention.heads_per_group = 1;
      attention.kv_bits = 4;
      attention.head_dim = 8;
    }
    attention.multiplier = static_cast<std::uint16_t>(between(32768, 65535));
    attention.multiplier_shift = static_cast<std::uint16_t>(chance(80) ? between(15, 21) : below(40));
    const std::uint32_t held =
        pim_tokens_held(attention.length + attention.tokens - 1, command.banks_per_group, 0);
    attention.pitch = held + (chance(50) ? 0 : below(9));
    const std::uint32_t vectors = attention.tokens * attention.heads_per_group;
    const std::uint32_t rows = vectors * attention.pitch;
    std::uint32_t outBytes = 0;
    if (opcode == PIM_OP_SCORE) {
      inBytes = attention.tokens * pim_query_record_bytes(attention.heads_per_group, attention.head_dim);
      outBytes = 4 * rows;
    } else if (opcode == PIM_OP_SOFTMAX) {
      inBytes = 4 * rows;
    } else {
      inBytes = 2 * rows;
      outBytes = vectors * attention.head_dim * ((command.flags & PIM_FLAG_RAW) != 0 ? 8 : 4);
    }
    const std::uint32_t region = pim_kv_region_bytes(held + 1, attention.head_dim, attention.kv_bits);
    if (vectors * attention.head_dim <= 8192 && region <= kDenseBytes &&
        place(window, inBytes, outBytes, attention.bram_in, attention.bram_out))
      break;
  }
  // Without the flag, a mask means nothing.
  if ((command.flags & PIM_FLAG_MASKED) != 0 || chance(30)) drawMask(command);
  const std::uint32_t held = pim_tokens_held(attention.length + attention.tokens - 1, command.banks_per_group,
                                             bankInDie % command.banks_per_group);
  attention.bmem = placeCells(pim_kv_region_bytes(held + 1, attention.head_dim, attention.kv_bits));

  stimulus.bram = attention.bram_in;
  stimulus.operands.resize(inBytes);
  std::uint8_t* bytes = stimulus.operands.data();
  fill(bytes, inBytes);
  if (opcode == PIM_OP_SCORE) {
    for (std::uint32_t t = 0; t < attention.tokens; ++t) {
      const std::uint32_t elements = attention.heads_per_group * attention.head_dim;
      std::uint8_t* record =
          bytes + t * pim_query_record_bytes(attention.heads_per_group, attention.head_dim);
      for (std::uint32_t i = 0; i < elements; ++i) storeS16(record + 2 * i, mantissa());
      for (std::uint32_t h = 0; h < attention.heads_per_group; ++h)
        record[2 * elements + h] = static_cast<std::uint8_t>(below(18));
    }
  } else if (opcode == PIM_OP_SOFTMAX) {
    // Values close to each other, far apart, or all equal.
    const unsigned spread = chance(80) ? between(14, 22) : chance(50) ? 0 : 32;
    for (std::uint32_t i = 0; i < inBytes / 4; ++i) {
      const auto score =
          static_cast<std::int32_t>(spread == 0 ? 7 : static_cast<std::int64_t>(m_random()) >> (64 - spread));
      std::memcpy(bytes + 4 * i, &score, sizeof score);
    }
  } else if (chance(20)) {  // the sum exceeds that of any SOFTMAX: results saturate
    std::fill_n(bytes, inBytes, std::uint8_t{0xff});
  }
  return stimulus;
}

BankStimulus BankStimuli::store(BramWindow window) {
  BankStimulus stimulus;
  pim_command& command = stimulus.command;
  pim_store& store = command.body.store;
  std::uint32_t unused = 0;
  while (true) {
    command = {};
    command.opcode = PIM_OP_STORE;
    command.banks_per_group = static_cast<std::uint8_t>(chance(50) ? 1 : between(2, 16));
    store.first = below(100);
    store.tokens = chance(50) ? 1 : chance(80) ? between(2, 8) : between(9, 70);
    store.kv_bits = pick(kKvBits);
    store.head_dim = static_cast<std::uint16_t>(headDim(store.kv_bits));
    if (place(window, 2 * store.tokens * pim_kv_record_bytes(store.head_dim, store.kv_bits), 0, store.bram_in,
              unused))
      break;
  }
  const std::uint32_t held = pim_ceil_div(store.first + store.tokens, command.banks_per_group);
  const std::uint32_t region = pim_kv_region_bytes(held, store.head_dim, store.kv_bits);
  do {
    store.bmem_k = placeCells(region);
    store.bmem_v = placeCells(region);
  } while (store.bmem_k < store.bmem_v + region && store.bmem_v < store.bmem_k + region);
  stimulus.bram = store.bram_in;
  stimulus.operands.resize(2 * store.tokens * pim_kv_record_bytes(store.head_dim, store.kv_bits));
  fill(stimulus.operands.data(), stimulus.operands.size());
  return stimulus;
}

}  // namespace pim::cosim
