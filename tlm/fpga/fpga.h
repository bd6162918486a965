#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "tlm/fpga/hbm.h"
#include "tlm/fpga/instruction_extension.h"
#include "tlm/fpga/unit.h"

namespace pim::fpga {

/// Takes the instructions of an operator at a time, in program order.
using InstructionSink = std::function<void(const std::vector<Instruction>&)>;

/// What the machine has to run.
struct ProgramSource {
  /// Hands out the next program, or returns false when there is none.
  std::function<bool(const InstructionSink&)> next;
  /// Is told what that program came to, before the next one.
  std::function<void(const StepUse&)> done;
};

/// Sees every instruction: `index` counts from the program's first.
using InstructionObserver = std::function<void(std::uint64_t index, const Instruction&, const Interval&)>;

/// FlightLLM's machine: cores in lock step, of which one is simulated, since all run the same program on
/// parts of the same data. A sequencer reads the program and hands each instruction to its unit; units run
/// ahead of simulated time and keep their own, as everywhere in this project, and the kernel sees a program
/// end.
class Fpga : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Fpga);
  Fpga(const sc_core::sc_module_name& name, const TimingParameters& timing, ProgramSource source);
  ~Fpga() override;

  /// Computes data, too; outlives the simulation.
  void attach(Datapath* datapath) { m_commons.datapath = datapath; }
  void observe(InstructionObserver observer) { m_observer = std::move(observer); }

  /// Throws what ended the simulation early, if anything did.
  void rethrow() const;

  const Hbm& hbm() const { return m_hbm; }

 private:
  void sequence();
  void issue(const Instruction& instruction);
  StepUse collect();

  CoreCommons m_commons;
  ProgramSource m_source;
  InstructionObserver m_observer;
  sc_core::sc_vector<tlm::tlm_initiator_socket<>> m_toUnits;
  Hbm m_hbm;
  std::vector<std::unique_ptr<UnitModule>> m_units;
  tlm::tlm_generic_payload m_payload;  // one for all: targets are done with it when they return
  InstructionExtension m_extension;
  std::exception_ptr m_failure;
  std::uint64_t m_issued = 0;
  std::uint64_t m_instructionBytes = 0;
};

}  // namespace pim::fpga
