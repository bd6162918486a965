#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "abi/pim_abi.h"
#include "tlm/bank/bank_parameters.h"

namespace pim::cosim {

constexpr std::uint64_t kBmemBytes = 256 * 1024;  ///< of a random bank

/// Part of BRAM that a command may use.
struct BramWindow {
  std::uint32_t offset;
  std::uint32_t bytes;
};

/// A random command with data that it makes sense of.
struct BankStimulus {
  pim_command command{};
  std::uint32_t bram = 0;  ///< where the operands lie
  std::vector<std::uint8_t> operands;
};

/// Seeded random chips, commands and data: shapes from the smallest to ones that cross several rows of the
/// bank, every format and flag, and values that favour the ends of their ranges.
class BankStimuli {
 public:
  explicit BankStimuli(std::uint64_t seed) : m_random(seed) {}

  /// From here on as if made with this seed.
  void reseed(std::uint64_t seed) { m_random.seed(seed); }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(m_random() % n); }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <typename T, std::size_t N>
  T pick(const std::array<T, N>& choices) {
    return choices[below(N)];
  }

  /// Timings, refresh and rows of a small bank. `settings`: "key=value" in place of what is drawn:
  /// dram.row_buffers, dram.page_bytes, dram.refresh, dram.refresh_postpone_max, dram.t_*_ns, bank.mac_beat
  /// (cycles of tCK). UserError for others and for what no bank can have.
  BankParameters parameters(const std::vector<std::string>& settings = {});
  /// A command for bank `bankInDie`; now and then one that the bank has to refuse.
  BankStimulus command(const BankParameters& bank, std::uint32_t bankInDie, BramWindow window);
  /// As command(), but of this format, or with these weights, where that comes up in a few hundred draws.
  BankStimulus commandOf(const std::string& format, const BankParameters& bank, std::uint32_t bankInDie,
                         BramWindow window);
  void fill(std::uint8_t* bytes, std::size_t count);
  /// Content of a bank's cells, where commands with sparse weights find such.
  std::vector<std::uint8_t> cells(const BankParameters& bank);

 private:
  BankStimulus mac(BramWindow window);
  BankStimulus attention(std::uint8_t opcode, std::uint32_t bankInDie, BramWindow window);
  BankStimulus store(BramWindow window);
  /// Any command at all: its fields are drawn until the bank takes it, or, for one that is not `acceptable`,
  /// refuses it.
  BankStimulus drawn(std::uint8_t opcode, const BankParameters& bank, std::uint32_t bankInDie,
                     BramWindow window, bool acceptable);
  /// A value for a field of that name: places in BRAM and BMEM, other numbers, now and then any bits.
  std::uint32_t field(const std::string& name, BramWindow window);
  std::uint32_t headDim(std::uint32_t kvBits);
  /// For a command whose other fields are drawn; something of it is seen.
  void drawMask(pim_command& command);
  /// Two places in a window, in either order, a multiple of 4 each; false if they do not fit.
  bool place(BramWindow window, std::uint32_t first, std::uint32_t second, std::uint32_t& firstAt,
             std::uint32_t& secondAt);
  std::uint32_t placeCells(std::uint64_t bytes);
  /// For rows of weights; false if they do not fit.
  bool placeWeights(pim_mac& mac);
  std::int16_t mantissa();

  std::mt19937_64 m_random;
};

}  // namespace pim::cosim
