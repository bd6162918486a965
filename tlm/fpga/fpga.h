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

/// Takes the instructions of one operator at a time, in program order.
using InstructionSink = std::function<void(const std::vector<Instruction>&)>;

/// The programs that the machine runs.
struct ProgramSource {
  /// Emits the next program, or returns false if there is none.
  std::function<bool(const InstructionSink&)> next;
  /// Called with the results of that program, before the next one.
  std::function<void(const StepUse&)> done;
};

/// Called for every instruction; `index` counts from the start of the program.
using InstructionObserver = std::function<void(std::uint64_t index, const Instruction&, const Interval&)>;

/// FlightLLM's machine. Its cores work in lock step: all run the same program on parts of the same data, so
/// one core is simulated. A sequencer reads the program and gives each instruction to its unit. Units run
/// ahead of simulated time and compute their own times; the kernel advances once per program.
class Fpga : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Fpga);
  Fpga(const sc_core::sc_module_name& name, const TimingParameters& timing, ProgramSource source);
  ~Fpga() override;

  /// Makes the machine compute data, too. `datapath` must outlive the simulation.
  void attach(Datapath* datapath) { m_commons.datapath = datapath; }
  void observe(InstructionObserver observer) { m_observer = std::move(observer); }

  /// Throws the error that ended the simulation early, if there was one.
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
  tlm::tlm_generic_payload m_payload;  // reused: targets do not access it after they return
  InstructionExtension m_extension;
  std::exception_ptr m_failure;
  std::uint64_t m_issued = 0;
  std::uint64_t m_instructionBytes = 0;
};

}  // namespace pim::fpga
