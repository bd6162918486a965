#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "sw/firmware/pim_firmware.h"
#include "sw/host/layout/layout.h"
#include "sw/host/layout/planner.h"
#include "sw/host/pack/packer.h"
#include "sw/host/quantise/quantized_model.h"
#include "tests/sw/firmware/command_interpreter.h"
#include "tests/sw/firmware/test_chip.h"

namespace pim::test {

/// What came out of a job.
struct Generated {
  int error = 0;
  std::uint32_t status = 0;
  std::vector<std::uint32_t> tokens;
  std::vector<std::vector<Q16>> logits;  ///< [token][vocab], as they lay in memory when the token was posted
  std::vector<std::uint32_t> marks;
};

/// A model packed into a chip, its firmware, and nothing that knows of time.
class Rig {
 public:
  Rig(const host::QuantizedModel& model, const ChipShape& chip, const host::MappingOptions& options,
      std::uint32_t context, Adversary adversary = Adversary::kRandom, std::uint32_t seed = 1)
      : m_layout(host::planModel(model.shape, chip, options, context)),
        m_chip(chip),
        m_machine(m_chip, adversary, seed) {
    host::bindModel(m_layout, model);
    host::packModel(m_layout, model, m_chip);
  }

  Generated run(const std::vector<std::uint32_t>& prompt, pim_job job) {
    Generated result;
    job.prompt = m_layout.promptAddress;
    job.prompt_tokens = static_cast<std::uint32_t>(prompt.size());
    m_chip.writeController(job.prompt, reinterpret_cast<const std::uint8_t*>(prompt.data()),
                           job.prompt_tokens * 4);
    m_chip.writeController(m_layout.jobAddress, reinterpret_cast<const std::uint8_t*>(&job), sizeof job);
    m_machine.onToken = [&](std::uint32_t id) {
      result.tokens.push_back(id);
      std::vector<Q16> logits(m_layout.plan.vocab);
      const std::size_t bytes = logits.size() * sizeof(Q16);
      std::memcpy(logits.data(), m_chip.controller(m_layout.plan.logits, bytes), bytes);
      result.logits.push_back(logits);
    };
    m_machine.onMark = [&](std::uint32_t mark) { result.marks.push_back(mark); };
    m_machine.ring(m_layout.jobAddress);
    result.error = pim_firmware_main(&m_machine.hal(), CommandInterpreter::kRegisters, m_layout.planAddress);
    result.status = m_machine.status();
    return result;
  }

  host::Layout& layout() { return m_layout; }
  TestChip& chip() { return m_chip; }
  CommandInterpreter& machine() { return m_machine; }

 private:
  host::Layout m_layout;
  TestChip m_chip;
  CommandInterpreter m_machine;
};

/// Grouped-query attention, matrices that do not divide evenly over banks, several groups a row.
inline ModelShape tinyShape() {
  return {"tiny", 3, 64, 8, 4, 8, 160, 99, 64, 10000.0, 1e-5, false};
}

/// Small enough that rows, heads and sequences do not fit it at once.
inline ChipShape tinyChip(std::uint32_t dies) {
  ChipShape chip;
  chip.dies = dies;
  chip.banksPerDie = 4;
  chip.bramBytes = 16u << 10;
  chip.bmemBytes = 256u << 10;
  chip.cramBytes = 8u << 10;
  chip.cmemBytes = 1u << 20;
  return chip;
}

}  // namespace pim::test
