#pragma once

#include <cstdint>
#include <vector>

#include "rtl_ref/model/alu_model.h"
#include "rtl_ref/model/rtl_mismatch.h"

namespace pim {

/// Runs commands on the RTL, whose streams are the ones the memory sees, and each once more on AluOperation,
/// which is fed with what the RTL read: every stream must have the same direction, address, length and bytes,
/// in the same order, and the compute phases the cycles of aluCycles(). Throws RtlMismatch at the first
/// difference.
class AluCheck : public AluEngine {
 public:
  explicit AluCheck(RtlStalls stalls = {}) : AluCheck(AluModel::Memory{}, stalls) {}
  explicit AluCheck(const AluModel::Memory& memory, RtlStalls stalls = {})
      : m_memory(memory), m_rtl(memory, stalls) {}

  std::int64_t run(const pim_command& command, AluMemory& memory) override;

  std::uint64_t commands() const { return m_commands; }
  /// What the model says the last command takes; AluPort comes close to the RTL's cycles, not more.
  std::int64_t modelCycles() const { return m_modelCycles; }
  const AluModel& rtl() const { return m_rtl; }

 private:
  struct Stream {
    bool write;
    std::uint32_t address;
    std::vector<std::uint8_t> data;
  };
  class Recorder;
  class Replay;

  AluModel::Memory m_memory;
  AluModel m_rtl;
  AluOperation m_model;
  std::int64_t m_modelCycles = 0;
  std::vector<Stream> m_streams;  // of the running command
  std::uint64_t m_commands = 0;
};

}  // namespace pim
