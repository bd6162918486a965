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

/// The Verilated rtl_ref/die/pim_die.sv with room for 16 banks: 32 bytes per cycle on the link, 64 at the
/// DieRAM port, 64 KiB of DieRAM, two cycles through the interconnect.
///
/// Time is counted in cycles in which no partner stalls the die, so it is the same with and without stalls.
class DieModel {
 public:
  static constexpr std::uint32_t kBanks = 16;
  static constexpr std::uint32_t kLinkBytes = kRtlLinkBytes;  ///< per cycle
  static constexpr std::uint32_t kRamPortBytes = 64;          ///< per cycle
  static constexpr std::uint32_t kRamBytes = 64 * 1024;
  static constexpr std::uint32_t kHop = 2;  ///< cycles

  /// Variants of the same die, for benches.
  enum class Shape {
    Standard,
    NarrowRam  ///< 16 bytes per cycle at the DieRAM port, 2 KiB of DieRAM, three cycles
  };

  using Banks = DieBanks;

  struct Request {
    std::uint64_t id = 0;
    bool write = false;
    std::uint64_t address = 0;          ///< DieAddress
    std::uint32_t bytes = 0;            ///< gather: per bank
    std::vector<std::uint8_t> data;     ///< writes
    std::vector<std::uint8_t> strobes;  ///< of data writes; empty: all bytes
  };

  struct Completion {
    std::uint64_t id = 0;
    BusError error = BusError::None;
    bool refused = false;               ///< by the die itself, without taking time
    std::int64_t begin = 0;             ///< cycle in which it was accepted or refused
    std::int64_t done = 0;              ///< cycle at whose end it has arrived
    std::vector<std::uint8_t> data;     ///< reads: part by part; registers: one word
    std::vector<std::uint8_t> strobes;  ///< reads: 0 for bytes of banks that refused
  };

  DieModel(std::uint32_t banks, bool halfDuplex, Banks& partners, Shape shape = Shape::Standard,
           RtlStalls stalls = {});
  ~DieModel();
  DieModel(const DieModel&) = delete;
  DieModel& operator=(const DieModel&) = delete;

  /// Applies a request to the pins, where it stays until it is accepted. One at a time.
  void present(Request request);
  bool presenting() const;
  /// Makes one clock edge.
  void step();

  /// Returns the number of the next edge, counted from reset without those at which the die was stalled.
  std::int64_t cycle() const;
  /// Writes FILE.vcd with the last edges, at least PinHistory::kSegment of them, and a save file for GTKWave.
  /// An edge is shown as a nanosecond. Returns false if the file cannot be written.
  bool writeWaveform(const std::string& file);
  /// Writes the pins before every clock edge, from the first one on, for pim_die_replay_tb. The stream must
  /// outlive the model.
  void record(std::ostream& to);
  /// Returns all edges since reset.
  std::int64_t edges() const;
  /// Returns the completions that step() added; the caller removes them.
  std::deque<Completion>& completions();

 private:
  class Pins;
  template <typename Verilated>
  class PinsOf;
  std::unique_ptr<Pins> m_pins;
};

}  // namespace pim
