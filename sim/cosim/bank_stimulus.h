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

  bool overlaps(const BramWindow& other) const {
    return offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

/// A random command with valid data.
struct BankStimulus {
  pim_command command{};
  std::uint32_t bram = 0;  ///< BRAM address of the operands
  std::vector<std::uint8_t> operands;
};

/// Generates random chips, commands and data from a seed: shapes from the smallest to ones that cross several
/// rows of the bank, every format and flag, and values that favour the limits of their ranges.
class BankStimuli {
 public:
  explicit BankStimuli(std::uint64_t seed) : m_random(seed) {}

  /// Restarts the random generator, as if the object had been made with this seed.
  void reseed(std::uint64_t seed) { m_random.seed(seed); }

  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(m_random() % n); }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  bool chance(std::uint32_t percent) { return below(100) < percent; }
  template <typename T, std::size_t N>
  T pick(const std::array<T, N>& choices) {
    return choices[below(N)];
  }

  /// Draws timings, refresh and rows of a small bank. `settings`: "key=value" replaces a drawn value:
  /// dram.row_buffers, dram.page_bytes, dram.refresh, dram.refresh_postpone_max, dram.t_*_ns, bank.mac_beat
  /// (cycles of tCK). UserError for other keys and values that no bank supports.
  BankParameters parameters(const std::vector<std::string>& settings = {});
  /// Draws a command for bank `bankInDie`; a few of them must be refused by the bank.
  BankStimulus command(const BankParameters& bank, std::uint32_t bankInDie, BramWindow window);
  /// Draws commands until one has this format or these weights; after 400 draws returns the last one.
  BankStimulus commandOf(const std::string& format, const BankParameters& bank, std::uint32_t bankInDie,
                         BramWindow window);
  void fill(std::uint8_t* bytes, std::size_t count);
  /// Draws the contents of a bank's cells; commands with sparse weights find valid ones there.
  std::vector<std::uint8_t> cells(const BankParameters& bank);

 private:
  BankStimulus mac(BramWindow window);
  BankStimulus attention(std::uint8_t opcode, std::uint32_t bankInDie, BramWindow window);
  BankStimulus store(BramWindow window);
  /// Draws the fields of a command until the bank accepts it; if not `acceptable`, until the bank refuses it.
  BankStimulus drawn(std::uint8_t opcode, const BankParameters& bank, std::uint32_t bankInDie,
                     BramWindow window, bool acceptable);
  /// Draws a value for the field of that name: an address in BRAM or BMEM, another number, or sometimes
  /// random bits.
  std::uint32_t field(const std::string& name, BramWindow window);
  std::uint32_t headDim(std::uint32_t kvBits);
  /// Draws a mask that sees at least one block, for a command whose other fields are drawn.
  void drawMask(pim_command& command);
  /// Draws two addresses in a window, multiples of 4, in either order; false if the two do not fit.
  bool place(BramWindow window, std::uint32_t first, std::uint32_t second, std::uint32_t& firstAt,
             std::uint32_t& secondAt);
  std::uint32_t placeCells(std::uint64_t bytes);
  /// Draws an address for rows of weights; false if they do not fit.
  bool placeWeights(pim_mac& mac);
  std::int16_t mantissa();

  std::mt19937_64 m_random;
};

}  // namespace pim::cosim
