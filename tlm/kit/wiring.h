#pragma once

#include "core/base/work_pool.h"
#include "core/dram/dram_command.h"
#include "core/link/die_engine.h"
#include "core/observe/activity.h"
#include "core/operations/alu_engine.h"
#include "tlm/kit/probe.h"

namespace pim {

/// What a module is wired to beside its sockets; parameters hold values alone. Each module takes what
/// concerns it. Whoever is named here outlives the modules; null: there is nobody.
struct Wiring {
  ActivityObserver* activity = nullptr;  ///< told what the units do, and when
  DramObserver* dram = nullptr;    ///< of a die: sees every DRAM command, so that streams are simulated one
                                   ///< by one
  WorkPool* workers = nullptr;     ///< compute the banks' data; null: at once, where a command is served
  DieEngine* dieEngine = nullptr;  ///< carries accesses instead of the model, or is compared with it
  AluEngine* aluEngine = nullptr;  ///< runs the ALUs' commands instead of the model; needs data
  Probe probe;                     ///< on every hop
};

}  // namespace pim
