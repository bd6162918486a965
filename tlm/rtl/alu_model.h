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

/// The Verilated rtl_ref/alu/pim_alu.sv as it stands on the chip, and the memory's side of its pins.
class AluModel : public AluEngine {
 public:
  /// Elements of 32 bits that the row buffers hold: the longest row of a command (of REDUCE, half as many
  /// sums).
  static constexpr std::uint32_t kRowElements = 16384;

  struct Cycles {
    std::int64_t compute = 0;  ///< between the streams: what aluCycles() says
    std::int64_t streams = 0;  ///< requests and beats on the memory port
    std::int64_t beats = 0;    ///< handshakes of beats: what the streams take if nobody waits
    std::int64_t total = 0;    ///< from the edge that takes the command to the one that tells of its end
  };

  /// The memory behind the port; by default it keeps pace.
  struct Memory {
    MemoryRates rates;
    Clock clock{1000};  ///< of the ALU
  };

  explicit AluModel(RtlStalls stalls = {}) : AluModel(Memory{}, stalls) {}
  explicit AluModel(const Memory& memory, RtlStalls stalls = {});
  ~AluModel() override;
  AluModel(const AluModel&) = delete;
  AluModel& operator=(const AluModel&) = delete;

  /// Gives the command to the pins and clocks until it is done. The memory sees every stream whole, in the
  /// order of the port. Throws UserError for a row that the row buffers cannot hold, RtlHang if the ALU
  /// hangs.
  std::int64_t run(const pim_command& command, AluMemory& memory) override;

  RtlWork work() const override;

  /// Of the last command.
  const Cycles& cycles() const { return m_cycles; }
  /// Clock edges since reset.
  std::int64_t now() const;

  /// Records pins and registers in cycles [from, to), with a save file for GTKWave beside; a cycle is shown
  /// as a nanosecond, as the clock does nothing between commands.
  struct Window {
    std::string vcdFile;
    std::int64_t from;
    std::int64_t to;
  };
  /// False where the file cannot be written.
  bool trace(const Window& window);

  /// Writes the pins at every clock edge for pim_alu_tb, from a reset on; the stream outlives the model.
  void record(std::ostream& to);

  /// The whole state, to come back to; taken while no command runs.
  struct Snapshot {
    std::vector<std::uint8_t> registers;
    std::int64_t cycle = 0;
    Picoseconds memoryFree = 0;
    std::mt19937_64 stalls;
  };
  /// False in a build that counts coverage.
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
