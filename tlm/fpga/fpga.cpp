#include "tlm/fpga/fpga.h"

#include <string>

#include "tlm/fpga/fpga_time.h"
#include "tlm/kit/fatal.h"

namespace pim::fpga {
namespace {

constexpr const char* kReporter = "/pimtlm/fpga";

/// Binds the backward path of a socket whose target never calls back.
class NoBackwardCalls : public tlm::tlm_bw_transport_if<> {
 public:
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&) override {
    fatal(kReporter, "nb_transport_bw called on an initiator that uses b_transport only");
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};
NoBackwardCalls& noBackwardCalls() {
  static NoBackwardCalls calls;
  return calls;
}

}  // namespace

Fpga::Fpga(const sc_core::sc_module_name& name, const TimingParameters& timing, ProgramSource source)
    : sc_module(name),
      m_commons(timing),
      m_source(std::move(source)),
      m_toUnits("to_unit", kUnits),
      m_hbm("hbm", m_commons.timing) {
  std::size_t port = 0;
  for (std::size_t i = 0; i < kUnits; ++i) {
    const auto unit = static_cast<Unit>(i);
    m_units.push_back(std::make_unique<UnitModule>(unitName(unit), unit, m_commons));
    m_toUnits[i].bind(noBackwardCalls());
    m_toUnits[i].bind(m_units.back()->instructions);
    if (m_units.back()->memory == nullptr) continue;
    m_units.back()->memory->bind(noBackwardCalls());
    m_units.back()->memory->bind(m_hbm.ports[port++]);
  }
  m_payload.set_extension(&m_extension);
  SC_THREAD(sequence);
  set_stack_size(1 << 20);  // the compiler runs in this thread
}

void Fpga::issue(const Instruction& instruction) {
  m_extension.instruction = &instruction;
  m_payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay;
  m_toUnits[static_cast<std::size_t>(instruction.unit)]->b_transport(m_payload, delay);
  if (!m_payload.is_response_ok()) fatal(kReporter, std::string("refused: ") + unitName(instruction.unit));
  if (m_observer) m_observer(m_issued, instruction, m_extension.ran);
  ++m_issued;
  m_instructionBytes += instructionBytes(instruction.unit);
}

StepUse Fpga::collect() {
  if (m_commons.schedule.pending() != 0) fatal(kReporter, "a program leaves tokens behind");
  StepUse use;
  for (std::size_t i = 0; i < kUnits; ++i) {
    use.units[i] = m_units[i]->use();
    m_units[i]->resetUse();
  }
  use.time = m_commons.schedule.end();
  use.instructions = m_issued;
  use.instructionBytes = m_instructionBytes;
  m_commons.schedule.reset();
  m_issued = m_instructionBytes = 0;
  return use;
}

void Fpga::sequence() {
  const InstructionSink sink = [this](const std::vector<Instruction>& instructions) {
    for (const Instruction& instruction : instructions) issue(instruction);
  };
  // The kernel would convert an exception within a process to a report of its text; the caller needs the
  // exception itself.
  try {
    while (m_source.next(sink)) {
      const StepUse use = collect();
      sc_core::wait(toScTime(use.time));
      m_source.done(use);
    }
  } catch (...) {
    m_failure = std::current_exception();
  }
  sc_core::sc_stop();
}

void Fpga::rethrow() const {
  if (m_failure) std::rethrow_exception(m_failure);
}

Fpga::~Fpga() {
  m_payload.clear_extension(&m_extension);
}

}  // namespace pim::fpga
