#include "sim/cosim/bank_stimulus.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/base/fixed_point.h"
#include "core/operations/bank_operation.h"
#include "sim/cosim/bank_formats.h"
#include "sim/cosim/bank_spoiler.h"

namespace pim::cosim {
namespace {

/// What describes a command.
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
  const std::uint8_t opcode = chance(25) ? static_cast<std::uint8_t>(PIM_OP_MAC) : any;
  switch (opcode) {
    case PIM_OP_MAC:
      stimulus = mac(bank, window);
      break;
    case PIM_OP_SCORE:
    case PIM_OP_SOFTMAX:
    case PIM_OP_PV:
      stimulus = attention(opcode, bank, bankInDie, window);
      break;
    case PIM_OP_STORE:
      stimulus = store(bank, bankInDie, window);
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
  for (int i = 0;
       i < 400 && !(isBankOpcode(stimulus.command.opcode) && bankFormat(stimulus.command) == format); ++i)
    stimulus = command(bank, bankInDie, window);
  return stimulus;
}

std::uint32_t BankStimuli::field(const std::string& name, const BankParameters& bank, BramWindow window) {
  const std::uint32_t kind = below(8);
  if (kind == 0) return static_cast<std::uint32_t>(m_random());
  if (name.rfind("bram", 0) == 0) return window.offset + (kind < 7 ? 4 : 1) * below(window.bytes / 4);
  if (name.rfind("bmem", 0) == 0) return placeCells(bank, 0) + (kind < 7 ? 0 : below(PIM_COLUMN_BYTES));
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
    command.flags = static_cast<std::uint8_t>(chance(50) ? 0 : below(8));
    command.banks_per_group = static_cast<std::uint8_t>(chance(50) ? 1 : below(17));
#define PIM_FIELD(type, name) body.name = static_cast<type>(field(#name, bank, window));
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

std::uint32_t BankStimuli::placeCells(const BankParameters& bank, std::uint64_t bytes) {
  const std::uint64_t columns = (bank.dram.timing().organisation.bankBytes - bytes) / PIM_COLUMN_BYTES;
  return PIM_COLUMN_BYTES * below(static_cast<std::uint32_t>(columns) + 1);
}

BankStimulus BankStimuli::mac(const BankParameters& bank, BramWindow window) {
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
    mac.weight_bits = 4;
    mac.scale_bits = 16;
    mac.zero_bits = chance(50) ? 4 : 0;
    mac.activation_bits = chance(60) ? 16 : 8;
    mac.weight_exponent = static_cast<std::int16_t>(static_cast<int>(below(40)) - 40);
    const std::uint32_t record = pim_activation_record_bytes(mac.k, mac.group, mac.activation_bits);
    const std::uint32_t element = command.flags != 0 ? 8 : 4;
    if (place(window, record * mac.vectors, mac.vectors * mac.out_rows * element, mac.bram_in, mac.bram_out))
      break;
  }
  mac.bmem = placeCells(
      bank, std::uint64_t{mac.rows} * pim_weight_row_bytes(mac.k, mac.group, mac.weight_bits, mac.scale_bits,
                                                           mac.zero_bits, mac.sparsity));

  // All of the window, so that sums to add to have some value; then the records.
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
  const std::uint32_t column = 256 / kvBits;  // elements of a column
  if (chance(60)) return column * between(1, chance(80) ? 3 : 8);
  std::uint32_t shorter = column >> between(1, 4);
  return std::max<std::uint32_t>(shorter, 2);
}

BankStimulus BankStimuli::attention(std::uint8_t opcode, const BankParameters& bank, std::uint32_t bankInDie,
                                    BramWindow window) {
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
    attention.tokens = chance(50) ? 1 : between(2, 5);
    attention.heads_per_group = static_cast<std::uint8_t>(chance(60) ? 1 : between(2, 8));
    attention.kv_bits = pick(kKvBits);
    attention.head_dim = static_cast<std::uint16_t>(headDim(attention.kv_bits));
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
      outBytes = vectors * attention.head_dim * (command.flags != 0 ? 8 : 4);
    }
    if (vectors * attention.head_dim <= 8192 &&
        place(window, inBytes, outBytes, attention.bram_in, attention.bram_out))
      break;
  }
  const std::uint32_t held = pim_tokens_held(attention.length + attention.tokens - 1, command.banks_per_group,
                                             bankInDie % command.banks_per_group);
  attention.bmem = placeCells(bank, pim_kv_region_bytes(held + 1, attention.head_dim, attention.kv_bits));

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
    // Near each other, far apart, or all the same.
    const unsigned spread = chance(80) ? between(14, 22) : chance(50) ? 0 : 32;
    for (std::uint32_t i = 0; i < inBytes / 4; ++i) {
      const auto score =
          static_cast<std::int32_t>(spread == 0 ? 7 : static_cast<std::int64_t>(m_random()) >> (64 - spread));
      std::memcpy(bytes + 4 * i, &score, sizeof score);
    }
  } else if (chance(20)) {  // probabilities that add up to more than those of a SOFTMAX: sums saturate
    std::fill_n(bytes, inBytes, std::uint8_t{0xff});
  }
  return stimulus;
}

BankStimulus BankStimuli::store(const BankParameters& bank, std::uint32_t, BramWindow window) {
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
    store.bmem_k = placeCells(bank, region);
    store.bmem_v = placeCells(bank, region);
  } while (store.bmem_k < store.bmem_v + region && store.bmem_v < store.bmem_k + region);
  stimulus.bram = store.bram_in;
  stimulus.operands.resize(2 * store.tokens * pim_kv_record_bytes(store.head_dim, store.kv_bits));
  fill(stimulus.operands.data(), stimulus.operands.size());
  return stimulus;
}

}  // namespace pim::cosim
