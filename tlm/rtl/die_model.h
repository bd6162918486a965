#pragma once

#include <cstdint>
#include <deque>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "core/base/address_map.h"
#include "core/link/die_engine.h"
#include "tlm/rtl/rtl_stalls.h"

namespace pim {

/// The Verilated rtl_ref/die/pim_die.sv with room for 16 banks: 32 bytes a cycle on the link, 64 through the
/// DieRAM port, 64 KiB of DieRAM, two cycles through the interconnect.
///
/// Time is counted in cycles in which the die is not held by a partner that stalls; so it is the same with
/// and without stalls.
class DieModel {
 public:
  static constexpr std::uint32_t kBanks = 16;
  static constexpr std::uint32_t kLinkBytes = kRtlLinkBytes;  ///< per cycle
  static constexpr std::uint32_t kRamPortBytes = 64;          ///< per cycle
  static constexpr std::uint32_t kRamBytes = 64 * 1024;
  static constexpr std::uint32_t kHop = 2;  ///< cycles

  /// Other shapes of the same die, for benches.
  enum class Shape {
    Standard,
    NarrowRam  ///< 16 bytes a cycle through the DieRAM port, 2 KiB of DieRAM, three cycles
  };

  using Banks = DieBanks;

  struct Request {
    std::uint64_t id = 0;
    bool write = false;
    std::uint64_t address = 0;          ///< DieAddress
    std::uint32_t bytes = 0;            ///< gather: of each bank
    std::vector<std::uint8_t> data;     ///< writes
    std::vector<std::uint8_t> strobes;  ///< of data writes; empty: all bytes
  };

  struct Completion {
    std::uint64_t id = 0;
    BusError error = BusError::None;
    bool refused = false;               ///< at the door: it took no time
    std::int64_t begin = 0;             ///< cycle in which it was taken or refused
    std::int64_t done = 0;              ///< cycle with which it has arrived
    std::vector<std::uint8_t> data;     ///< reads: part after part; registers: a word
    std::vector<std::uint8_t> strobes;  ///< reads: 0 for bytes of banks that refused
  };

  DieModel(std::uint32_t banks, bool halfDuplex, Banks& partners, Shape shape = Shape::Standard,
           RtlStalls stalls = {});
  ~DieModel();
  DieModel(const DieModel&) = delete;
  DieModel& operator=(const DieModel&) = delete;

  /// Puts a request on the pins, where it stays until it is taken. One at a time.
  void present(Request request);
  bool presenting() const;
  /// One clock edge.
  void step();

  /// The edge that step() makes next, counted from reset without those at which the die was held.
  std::int64_t cycle() const;
  /// Makes FILE.vcd of the last edges, at least PinHistory::kSegment of them, with a save file for GTKWave
  /// beside; an edge is shown as a nanosecond. False where the file cannot be written.
  bool writeWaveform(const std::string& file);
  /// Writes the pins before every clock edge for pim_die_replay_tb; from the first edge on. The stream
  /// outlives the model.
  void record(std::ostream& to);
  /// All edges since reset.
  std::int64_t edges() const;
  /// Filled by step(); the reader takes them away.
  std::deque<Completion>& completions();

 private:
  class Pins;
  template <typename Verilated>
  class PinsOf;
  std::unique_ptr<Pins> m_pins;
};

}  // namespace pim
