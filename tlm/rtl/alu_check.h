#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tlm/rtl/alu_model.h"
#include "tlm/rtl/rtl_mismatch.h"

namespace pim {

/// Compares the RTL of the ALUs with the model. Runs commands on the RTL, whose accesses reach the memory,
/// and repeats each on AluOperation with the data that the RTL read. Each stream must have the same
/// direction, address, length and bytes, in the same order; the compute phases must take the cycles of
/// aluCycles(); and the whole command, without stalls, those of AluPort. At the first difference, runs the
/// command again to write a waveform of it, and throws an RtlMismatch.
class AluCheck : public AluEngine {
 public:
  explicit AluCheck(RtlStalls stalls = {}) : AluCheck(AluModel::Memory{}, stalls) {}
  /// `waveFile`: file for the waveform of a mismatch; empty: none.
  explicit AluCheck(const AluModel::Memory& memory, RtlStalls stalls = {}, std::string waveFile = {})
      : m_memory(memory),
        m_stalls(stalls.percent != 0),
        m_rtl(memory, stalls),
        m_waveFile(AluModel::canBeSaved() ? std::move(waveFile) : "") {}

  std::int64_t run(const pim_command& command, AluMemory& memory) override;
  RtlWork work() const override;

  /// Records the pins of the RTL: see AluModel::record().
  void record(std::ostream& to) { m_rtl.record(to); }

  std::uint64_t commands() const { return m_commands; }
  const AluModel& rtl() const { return m_rtl; }

 private:
  struct Stream {
    bool write;
    std::uint32_t address;
    std::vector<std::uint8_t> data;
    std::int64_t cycle;  ///< cycle of the RTL that completed it
  };
  class Recorder;
  class Replay;

  /// Runs the command again with a waveform around the difference, and throws the mismatch.
  [[noreturn]] void fail(const pim_command& command, const Mismatch& mismatch);

  AluModel::Memory m_memory;
  bool m_stalls;
  AluModel m_rtl;
  AluModel::Snapshot m_before;
  std::string m_waveFile;
  AluOperation m_model;
  std::vector<Stream> m_streams;  // of the current command
  std::uint64_t m_commands = 0;
};

}  // namespace pim
