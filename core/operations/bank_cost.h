#pragma once

#include <cstdint>

#include "abi/pim_abi.h"
#include "abi/pim_layout.h"
#include "core/base/time.h"
#include "core/formats/weight_format.h"

namespace pim {

/// The rates of a bank's units, per cycle of the DRAM clock.
struct BankCompute {
  Clock clock{500};                      ///< tCK
  std::uint32_t macLanes = 64;           ///< multipliers of weights of up to 5 bits by 16 bits
  std::uint32_t operandPortBits = 1024;  ///< of activations per macClock, from BRAM to the lanes
  Picoseconds macClock = 1000;     ///< period in which the MAC array accepts a beat of macLanes products
  std::uint32_t softmaxLanes = 4;  ///< scores per cycle of the softmax unit
  bool overhead = true;            ///< count decode, pipeline drain and the serial divide

  /// Returns the cycles between two columns of a matrix when each is multiplied by `vectors` vectors: the
  /// maximum of the time of the lanes for the products and the time of the port for the activations. Dense
  /// codes use their activations in order, so a gearbox combines lines across columns. The weights of a
  /// sparse column have any position among its activations, which are therefore read as whole lines.
  std::int64_t columnInterval(const WeightFormat& format, std::uint32_t activationBits,
                              std::uint32_t vectors) const;

  /// Returns the same for cached codes. A column of 32 bytes is 64 products of 4 x 16 bits for every code
  /// width, because wider codes are split into nibbles.
  std::int64_t columnInterval(std::uint32_t vectors) const {
    const std::int64_t picoseconds = std::int64_t{vectors} * kProductsPerColumn * macClock;
    const std::int64_t perCycle = std::int64_t{macLanes} * clock.period();
    return (picoseconds + perCycle - 1) / perCycle;
  }

  static constexpr std::int64_t kProductsPerColumn = 2 * PIM_COLUMN_BYTES;
  static constexpr std::uint32_t kCodeBits = 4;  ///< of a code per cycle of a multiplier
  // Pipeline depths of rtl_ref/bank, checked there by assertions.
  static constexpr std::int64_t kDecodeCycles = 4;  ///< doorbell to the first DRAM command
  static constexpr std::int64_t kDrainCycles = 8;   ///< last column to the last result in BRAM
  static constexpr std::int64_t kSoftmaxFixed =
      64;  ///< per vector: pipeline fill of three passes and the divide
  static constexpr std::uint32_t kRoundLanes = 4;  ///< sums rounded in place per cycle, after the last column
  static constexpr std::uint32_t kClearBytes = 256;  ///< bytes of BRAM cleared per cycle
};

/// Returns the format of the weights that a MAC reads.
inline WeightFormat weightFormat(const pim_mac& mac) {
  return {mac.group, mac.weight_bits, mac.scale_bits, mac.zero_bits, mac.sparsity};
}

/// A run of columns that a command reads or writes in BMEM.
struct ColumnRun {
  std::uint32_t offset = 0;  ///< bytes, a multiple of a column
  std::uint32_t columns = 0;
  bool write = false;
};

/// A bank command for one of the banks that share its work.
struct BankTask {
  const pim_command& command;
  std::uint32_t bankInDie;

  std::uint32_t banks() const { return command.banks_per_group; }
  /// Returns the index of the bank among those that share the work.
  std::uint32_t place() const { return bankInDie % banks(); }
};

}  // namespace pim
