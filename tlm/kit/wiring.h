#pragma once

#include "core/base/work_pool.h"
#include "core/dram/dram_command.h"
#include "core/link/die_engine.h"
#include "core/observe/activity.h"
#include "core/operations/alu_engine.h"
#include "tlm/kit/probe.h"

namespace pim {

/// The connections of a module beside its sockets; parameters hold values alone. A module uses the
/// connections that concern it and ignores the others. All objects outlive the modules; null: not connected.
struct Wiring {
  ActivityObserver* activity = nullptr;  ///< is told of the work of the units and its times
  DramObserver* dram = nullptr;    ///< of a die: sees every DRAM command, so that streams are simulated one
                                   ///< by one
  WorkPool* workers = nullptr;     ///< compute the banks' data; null: at once, where a command is served
  DieEngine* dieEngine = nullptr;  ///< serves accesses in place of the model, or for comparison with it
  AluEngine* aluEngine = nullptr;  ///< executes the ALUs' commands in place of the model; needs data
  Probe probe;                     ///< placed on every hop
};

}  // namespace pim
