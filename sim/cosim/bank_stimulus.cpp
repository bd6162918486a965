#include "sim/cosim/bank_stimulus.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "abi/pim_layout.h"
#include "core/base/error.h"
#include "core/base/fixed_point.h"
#include "core/operations/bank_operation.h"
#include "core/operations/command_names.h"

namespace pim::cosim {
namespace {

constexpr std::uint64_t kBmemBytes = 256 * 1024;
constexpr std::array<std::uint8_t, 3> kGroups = {32, 64, 128};
constexpr std::array<std::uint8_t, 3> kKvBits = {4, 8, 16};

template <typename T, std::size_t N>
T pick(BankStimuli& random, const std::array<T, N>& choices) {
  return choices[random.below(N)];
}

std::string flagNames(std::uint8_t flags) {
  return fmt::format("{}{}", (flags & PIM_FLAG_RAW) != 0 ? ", raw" : "",
                     (flags & PIM_FLAG_ACCUMULATE) != 0 ? ", accumulate" : "");
}

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

std::vector<std::uint8_t> bankOpcodes() {
#define PIM_OPCODE(name, value, body) value,
  return {PIM_BANK_COMMANDS(PIM_OPCODE)};
#undef PIM_OPCODE
}

}  // namespace

std::string bankFormat(const pim_command& command) {
  const pim_mac& mac = command.body.mac;
  const pim_attention& attention = command.body.attention;
  switch (command.opcode) {
    case PIM_OP_MAC:
      return fmt::format("MAC A{}, group {}{}{}", mac.activation_bits, mac.group,
                         mac.zero_bits != 0 ? ", zero points" : "", flagNames(command.flags));
    case PIM_OP_SCORE:
      return fmt::format("SCORE {} bits", attention.kv_bits);
    case PIM_OP_PV:
      return fmt::format("PV {} bits{}", attention.kv_bits, flagNames(command.flags));
    case PIM_OP_STORE:
      return fmt::format("STORE {} bits", command.body.store.kv_bits);
    default:  // without formats
      return opcodeName(command.opcode);
  }
}

std::vector<std::string> bankFormats() {
  std::vector<std::string> formats;
  pim_command command{};
  command.opcode = PIM_OP_MAC;
  constexpr std::array<std::uint8_t, 4> kMacFlags = {0, PIM_FLAG_RAW, PIM_FLAG_ACCUMULATE,
                                                     PIM_FLAG_RAW | PIM_FLAG_ACCUMULATE};
  for (const std::uint8_t flags : kMacFlags) {
    for (const std::uint8_t group : kGroups) {
      for (const std::uint8_t activationBits : std::array<std::uint8_t, 2>{8, 16}) {
        for (const std::uint8_t zeroBits : std::array<std::uint8_t, 2>{0, 4}) {
          command.flags = flags;
          command.body.mac.group = group;
          command.body.mac.activation_bits = activationBits;
          command.body.mac.zero_bits = zeroBits;
          formats.push_back(bankFormat(command));
        }
      }
    }
  }
  for (const std::uint8_t opcode : bankOpcodes()) {
    command = {};
    command.opcode = opcode;
    if (bankFormat(command) == opcodeName(opcode)) formats.push_back(bankFormat(command));
  }
  for (const std::uint8_t bits : kKvBits) {
    command.body = {};
    command.body.attention.kv_bits = bits;
    for (const std::uint8_t flags : std::array<std::uint8_t, 2>{0, PIM_FLAG_RAW}) {
      command.flags = flags;
      command.opcode = PIM_OP_PV;
      formats.push_back(bankFormat(command));
    }
    command.flags = 0;
    command.opcode = PIM_OP_SCORE;
    formats.push_back(bankFormat(command));
    command.opcode = PIM_OP_STORE;
    command.body.store.kv_bits = bits;
    formats.push_back(bankFormat(command));
  }
  return formats;
}

std::vector<pim_command> commandsBeyondRtl() {
  pim_command mac{};
  mac.opcode = PIM_OP_MAC;
  mac.banks_per_group = 1;
  mac.body.mac.rows = mac.body.mac.out_rows = mac.body.mac.vectors = 1;
  mac.body.mac.k = mac.body.mac.group = 32;
  mac.body.mac.weight_bits = 4;
  mac.body.mac.scale_bits = 16;
  mac.body.mac.activation_bits = 8;
  pim_command wideWeights = mac, noScales = mac, manyVectors = mac;
  wideWeights.body.mac.weight_bits = 16;
  noScales.body.mac.scale_bits = 0;
  manyVectors.body.mac.vectors = 65;

  pim_command pv{};
  pv.opcode = PIM_OP_PV;
  pv.banks_per_group = 1;
  pv.body.attention.length = pv.body.attention.tokens = pv.body.attention.pitch = 1;
  pv.body.attention.kv_bits = 16;
  pim_command manySums = pv, manyRows = pv, oddTokens = pv;
  manySums.body.attention.heads_per_group = 9;  // of 1024: 9216 sums
  manySums.body.attention.head_dim = 1024;
  manyRows.body.attention.heads_per_group = 65;
  manyRows.body.attention.head_dim = 16;
  oddTokens.body.attention.heads_per_group = 1;
  oddTokens.body.attention.head_dim = 24;  // 48 bytes: neither whole columns nor a part of one
  return {wideWeights, noScales, manyVectors, manySums, manyRows, oddTokens};
}

namespace {

[[noreturn]] void refuseSetting(const std::string& setting, const std::string& expected) {
  throw UserError(fmt::format("--set {}: expected {}", setting, expected));
}

/// `setting`: "key=value", in place of what was drawn.
void apply(const std::string& setting, DramSettings& dram, std::uint32_t& macBeat) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos) refuseSetting(setting, "KEY=VALUE");
  const std::string key = setting.substr(0, equals), text = setting.substr(equals + 1);
  if (key == "dram.refresh") {
    if (text != "off" && text != "all_bank" && text != "per_bank")
      refuseSetting(setting, "off, all_bank or per_bank");
    dram.refresh = text == "off"        ? DramRefresh::Off
                   : text == "per_bank" ? DramRefresh::PerBank
                                        : DramRefresh::AllBank;
    return;
  }
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != 0 || !(value >= 0 && value <= 1e6))
    refuseSetting(setting, "a number of 0 to 1000000");
  const auto whole = static_cast<std::uint32_t>(value);
  if (key == "dram.row_buffers") {
    dram.organisation.rowBuffers = whole;
  } else if (key == "dram.page_bytes") {
    dram.organisation.pageBytes = whole;
  } else if (key == "dram.refresh_postpone_max") {
    dram.refreshPostponeMax = whole;
  } else if (key == "bank.mac_beat") {
    macBeat = whole;
  } else {
    for (const DramTimingField& field : kDramTimingFields) {
      if (key != fmt::format("dram.{}", field.key)) continue;
      dram.ns.*field.ns = value;
      return;
    }
    refuseSetting(
        setting,
        "dram.row_buffers, dram.page_bytes, dram.refresh, dram.refresh_postpone_max, dram.t_*_ns or "
        "bank.mac_beat");
  }
}

}  // namespace

BankParameters BankStimuli::parameters(const std::vector<std::string>& settings) {
  DramSettings dram;
  dram.organisation.bankBytes = kBmemBytes;
  dram.organisation.banksPerDie = 16;
  dram.organisation.pageBytes =
      pick<std::uint32_t>(*this, std::array<std::uint32_t, 4>{256, 512, 1024, 2048});
  dram.organisation.rowBuffers = chance(40) ? 2 : 1;
  dram.refresh = pick(*this, std::array<DramRefresh, 4>{DramRefresh::AllBank, DramRefresh::AllBank,
                                                        DramRefresh::PerBank, DramRefresh::Off});
  dram.refreshPostponeMax = below(5);
  if (chance(60)) {  // otherwise those of aim8
    DramTimingNs& ns = dram.ns;
    ns.tRcdRead = 0.5 * between(1, 40);
    ns.tRcdMac = 0.5 * between(1, 60);
    ns.tRcdWrite = 0.5 * between(1, 40);
    ns.tRp = 0.5 * between(1, 40);
    ns.tRtp = 0.5 * between(1, 20);
    ns.tRas = ns.tRcdRead + ns.tRtp + 0.5 * below(20);
    ns.tRc = ns.tRas + ns.tRp + 0.5 * below(10);
    ns.tCcd = 0.5 * between(2, 6);
    ns.tWr = 0.5 * below(40);
    ns.tRfc = 0.5 * between(1, 200);
    ns.tRfcPb = 0.5 * between(1, 100);
  }
  // Often due, so that refreshes meet commands in every phase.
  const double shortest = dram.ns.tRfc + dram.ns.tRfcPb + 2 * dram.ns.tRc + 100;
  dram.ns.tRefi = shortest + 0.5 * below(2000);
  auto macBeat = pick<std::uint32_t>(*this, std::array<std::uint32_t, 4>{2, 2, 3, 5});
  for (const std::string& setting : settings) apply(setting, dram, macBeat);
  BankParameters parameters;
  parameters.dram = BankTiming(resolveDramTiming(dram));
  parameters.compute.clock = Clock(parameters.dram.timing().tCkPs);
  parameters.compute.macClock = parameters.dram.timing().tCkPs * macBeat;
  parameters.bramBytes = 64 * 1024;
  parameters.functional = true;
  return parameters;
}

BankStimulus BankStimuli::command(const BankParameters& bank, std::uint32_t bankInDie, BramWindow window) {
  static const std::vector<std::uint8_t> all = bankOpcodes();
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
  if (chance(5)) spoil(stimulus.command);
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
    mac.group = pick(*this, kGroups);
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
    attention.kv_bits = pick(*this, kKvBits);
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
    store.kv_bits = pick(*this, kKvBits);
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

void BankStimuli::spoil(pim_command& command) {
  pim_mac& mac = command.body.mac;
  pim_attention& attention = command.body.attention;
  pim_store& store = command.body.store;
  switch (command.opcode) {
    case PIM_OP_MAC:
      switch (below(10)) {
        case 0:
          mac.group = 48;
          break;
        case 1:
          mac.k += 1;
          break;
        case 2:
          mac.rows = mac.out_rows + 1;
          break;
        case 3:
          mac.bmem = static_cast<std::uint32_t>(kBmemBytes) - 32 * below(2);
          break;
        case 4:
          mac.bram_in = 64 * 1024 - 4 * below(8);
          break;
        case 5:
          mac.bram_out += 2;
          break;
        case 6:
          mac.vectors = 0;
          break;
        case 7:
          command.banks_per_group = 0;
          break;
        case 8:  // sums of 64 bits end beyond BRAM where results of 32 would fit, those a word too far
          mac.bram_out = 64 * 1024 - 4 * mac.vectors * mac.out_rows + (command.flags != 0 ? 0 : 4);
          break;
        default:
          do {
            command.opcode = static_cast<std::uint8_t>(below(256));
          } while (isBankOpcode(command.opcode));
          break;
      }
      break;
    case PIM_OP_STORE:
      switch (below(5)) {
        case 0:
          store.tokens = 0;
          break;
        case 1:
          store.kv_bits = 5;
          break;
        case 2:
          store.bmem_v += 16;
          break;
        case 3:
          store.bram_in = 64 * 1024;
          break;
        default:
          store.first = 1 << 20;
          break;
      }
      break;
    default:
      switch (below(4)) {
        case 0:
          attention.length = 0;
          break;
        case 1:
          attention.pitch = 0;
          break;
        case 2:
          attention.heads_per_group = 0;
          break;
        default:
          attention.bram_in = 64 * 1024;
          break;
      }
      break;
  }
}

}  // namespace pim::cosim
