#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/base/memory_rates.h"
#include "core/observe/rtl_work.h"
#include "core/operations/alu_engine.h"
#include "tlm/rtl/rtl_stalls.h"

namespace pim {

/// The Verilated rtl_ref/alu/pim_alu.sv with the parameters of the chip, and the memory behind its pins.
class AluModel : public AluEngine {
 public:
  /// Number of 32-bit elements in the row buffers: the longest row of a command (for REDUCE, half as many
  /// sums).
  static constexpr std::uint32_t kRowElements = 16384;

  struct Cycles {
    std::int64_t compute = 0;  ///< between the streams: equals aluCycles()
    std::int64_t streams = 0;  ///< requests and beats on the memory port
    std::int64_t beats = 0;    ///< handshakes of beats: the cycles of the streams without waits
    std::int64_t total = 0;    ///< from the edge that accepts the command to the one that reports its end
  };

  /// The memory behind the port; by default without a limit of its rate.
  struct Memory {
    MemoryRates rates;
    Clock clock{1000};  ///< of the ALU
  };

  explicit AluModel(RtlStalls stalls = {}) : AluModel(Memory{}, stalls) {}
  explicit AluModel(const Memory& memory, RtlStalls stalls = {});
  ~AluModel() override;
  AluModel(const AluModel&) = delete;
  AluModel& operator=(const AluModel&) = delete;

  /// Applies the command to the pins and clocks the block until it is done. The memory sees complete streams,
  /// in the order of the port. Throws a UserError for a row that exceeds the row buffers, RtlHang if the ALU
  /// hangs.
  std::int64_t run(const pim_command& command, AluMemory& memory) override;

  RtlWork work() const override;

  /// Returns the cycles of the last command.
  const Cycles& cycles() const { return m_cycles; }
  /// Returns the clock edges since reset.
  std::int64_t now() const;

  /// Records pins and registers in cycles [from, to), with a save file for GTKWave. A cycle is shown as a
  /// nanosecond, because the clock stops between commands.
  struct Window {
    std::string vcdFile;
    std::int64_t from;
    std::int64_t to;
  };
  /// Starts the recording. Returns false if the file cannot be written.
  bool trace(const Window& window);

  /// Writes the pins at every clock edge for pim_alu_tb, beginning with a reset. The stream must outlive the
  /// model.
  void record(std::ostream& to);

  /// The whole state, to be restored later; saved only while no command runs.
  struct Snapshot {
    std::vector<std::uint8_t> registers;
    std::int64_t cycle = 0;
    Picoseconds memoryFree = 0;
    std::mt19937_64 stalls;
  };
  /// Returns false in a build that counts coverage.
  static bool canBeSaved();
  void save(Snapshot& snapshot);
  void restore(const Snapshot& snapshot);

 private:
  class Pins;
  std::unique_ptr<Pins> m_pins;
  Cycles m_cycles;
  RtlWork m_work;
};

}  // namespace pim
